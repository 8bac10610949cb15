// axe-core over pages, on a desktop and on a phone: `make accessibility`.
//
//     CHROMIUM=/usr/bin/chromium node check.mjs build/*.html
//
// Fails where axe finds a serious or critical fault, where an id is there twice, where a page asks
// another server for anything, and where it is wider than the window. Lesser faults are listed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const flags = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function faultsOf(browser, path, size) {
  const page = await browser.newPage({ viewport: size });
  const faults = [];
  await page.route(/^(?!file:|data:)/, (route) => {
    faults.push({ impact: "serious", text: `asks for ${route.request().url()}` });
    return route.abort();
  });
  await page.goto(pathToFileURL(resolve(path)).href);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of violations) {
    const where = nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ");
    faults.push({ impact, text: `${id}: ${help} (${nodes.length} times: ${where})` });
  }
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return [...new Set(ids.filter((id, place) => ids.indexOf(id) !== place))];
  });
  if (twice.length) {
    faults.push({ impact: "serious", text: `ids that are there twice: ${twice.slice(0, 5).join(", ")}` });
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 1) faults.push({ impact: "serious", text: `wider than the window by ${wide} pixels` });
  await page.close();
  return faults;
}

const pages = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: flags,
  chromiumSandbox: process.getuid?.() !== 0, // Chromium has no sandbox for root
});
let grave = 0;
let lesser = 0;
for (const path of pages) {
  for (const [name, size] of Object.entries(sizes)) {
    for (const { impact, text } of await faultsOf(browser, path, size)) {
      console.log(`${path}, ${name}, ${impact}: ${text}`);
      if (impact === "serious" || impact === "critical") grave += 1;
      else lesser += 1;
    }
  }
}
await browser.close();
console.log(`${pages.length} pages: ${grave} serious or critical faults, ${lesser} lesser ones.`);
process.exit(grave ? 1 : 0);
