// Looks an authority up by name, former or short name, or code; close spellings count, too.
(function () {
  "use strict";
  const plain = (text) =>
    text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/&/g, " and ")
      .replace(/[^a-z0-9 ]/g, " ").replace(/\b(the|of|council|county|city|borough|london|metropolitan|royal)\b/g, " ")
      .replace(/\s+/g, " ").trim();
  const pairs = (text) => {
    const padded = ` ${text} `;
    return Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2));
  };
  const likeness = (one, other) => {
    const left = pairs(one), right = pairs(other);
    const all = left.length + right.length;
    let both = 0;
    for (const pair of left) {
      const at = right.indexOf(pair);
      if (at >= 0) { both += 1; right.splice(at, 1); }
    }
    return (2 * both) / all;
  };
  const score = (asked, name) => {
    const own = plain(name) || name.toLowerCase();
    if (own === asked) return 3;
    if (own.startsWith(asked)) return 2;
    if (asked.length > 2 && own.includes(asked)) return 1.5;
    return likeness(asked, own);
  };
  const find = (text) => {
    const asked = plain(text) || text.toLowerCase().trim();
    if (!asked) return [];
    return window.AUTHORITIES
      .map((who) => ({ who, best: Math.max(...[who.name, ...who.also].map((name) => score(asked, name))) }))
      .filter(({ best }) => best >= 0.45)
      .sort((a, b) => b.best - a.best || a.who.name.localeCompare(b.who.name))
      .slice(0, 8).map(({ who }) => who);
  };
  const form = document.getElementById("look-up");
  const input = document.getElementById("who");
  const out = document.getElementById("found");
  const address = (who) => `authorities/${who.id}.html`;
  const show = () => {
    out.replaceChildren();
    if (!input.value.trim()) return;
    const found = find(input.value);
    if (!found.length) {
      out.textContent = "No authority is called that, or nearly that.";
      return;
    }
    const list = document.createElement("ul");
    for (const who of found) {
      const link = document.createElement("a");
      link.href = address(who);
      link.textContent = who.closed ? `${who.name} (to ${who.closed})` : who.name;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    out.append(list);
  };
  input.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = find(input.value);
    if (first) window.location.href = address(first);
  });
})();
