"""An imitation of Ofsted's site on this machine: its pages as they are described, and its faults.

Run as a program with a folder, it answers from there on a port of its own, which it prints. In the
folder each imitation has a folder with ``answers.json``: for each address what is answered the
first time, the second, and so on; the last again and again. ``asked.txt`` says what was asked.
"""

import json
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

INSPECTION, VISIT = "Children's services inspection", "Children's services focused visit"


class Imitation:
    """A site that lists some authorities and their publications, and then whatever a test wants.

    Attributes
    ----------
    base
        Its address.
    authorities
        The name of each authority, by URN.
    listed
        What the page of each lists, by URN: number of the file, what it is called, day.
    answers
        What else is answered, by address below the base: one or several of those `answer` makes.
    """

    def __init__(self, folder, port):
        self.base = f"http://127.0.0.1:{port}/{folder.name}"
        self.folder = folder
        folder.mkdir()
        self.authorities, self.listed, self.answers = {}, {}, {}

    def publish(self, urn, number, day, content=None, words=INSPECTION):
        """List a publication first on the page of an authority, and have its file."""
        self.listed.setdefault(urn, []).insert(0, (number, words, day))
        if content is not None:
            self.answers[f"/v1/file/{number}"] = answer(content, kind="application/pdf")

    def link(self, number, words, day):
        """A publication on a page."""
        said = f"{day:%d %B %Y}"
        return (
            f'<li class="timeline__day"><a class="publication-link" target="_blank" '
            f'href="{self.base}/v1/file/{number}">{words.split()[0]}<span class="nonvisual">'
            f"{words}, pdf - {said}</span></a></li>"
        )

    def open(self):
        """Write down all that is answered; returns the address."""
        names = list(self.authorities.items())
        found = {}
        for start in range(0, len(names) + 100, 100):
            items = "".join(
                f'<li class="search-result"><h3><a href="/provider/44/{urn}">{name}</a></h3></li>'
                for urn, name in names[start : start + 100]
            )
            found[f"/search {start}"] = page(f"<ul>{items}</ul>")
        for urn, name in names:
            links = "".join(self.link(*one) for one in self.listed.get(urn, ()))
            found[f"/provider/44/{urn}"] = page(f"<h1>{name}</h1><ol>{links}</ol>")
        found |= self.answers
        whole = {key: one if isinstance(one, list) else [one] for key, one in found.items()}
        (self.folder / "answers.json").write_text(json.dumps(whole))
        return self.base

    def asked(self):
        """When it was asked, began to answer, by whom and for what."""
        with suppress(FileNotFoundError):
            lines = (self.folder / "asked.txt").read_text().splitlines()
            return [(float(a), float(b), *rest) for a, b, *rest in (li.split("\t") for li in lines)]
        return []


def answer(
    content=b"", status=200, *, kind="text/html", wait=0.0, drip=0.0, length=None, **headers
):
    """An answer: after a wait, at a byte a drip, with another length than it has, headers."""
    return {
        "content": content.decode("latin-1"),
        "status": status,
        "wait": wait,
        "drip": drip,
        "headers": {
            "Content-Type": kind,
            "Content-Length": str(len(content) if length is None else length),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    }


def page(body, **more):
    """An answer that is a page."""
    html = f"<!DOCTYPE html><html><head><title>Ofsted</title></head><body>{body}</body></html>"
    return answer(html.encode(), **more)


class _Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1
    root, sites, times = Path(), {}, {}

    def do_GET(self):
        began = time.time()
        parts = urlsplit(self.path)
        _, name, place = parts.path.split("/", 2)
        told = self.root / name / "answers.json"
        if self.sites.get(name, {}).get("told") != (now := told.stat().st_mtime_ns):
            self.sites[name] = {"told": now, **json.loads(told.read_text())}
        key = f"/{place}"
        if place == "search":
            key = f"/search {parse_qs(parts.query)['start'][0]}"
        answers = self.sites[name].get(key, [answer(b"Not found", 404)])
        count = self.times[name, key] = self.times.get((name, key), -1) + 1
        chosen = answers[min(count, len(answers) - 1)]
        time.sleep(chosen["wait"])
        with (self.root / name / "asked.txt").open("a") as file:
            file.write(f"{began}\t{time.time()}\t{self.headers['User-Agent']}\t{self.path}\n")
        with suppress(ConnectionError):
            self._send(chosen)

    def _send(self, chosen):
        content = chosen["content"].encode("latin-1")
        self.send_response(chosen["status"])
        for header, value in chosen["headers"].items():
            self.send_header(header, value)
        self.end_headers()
        if not chosen["drip"]:
            self.wfile.write(content)
        for byte in content if chosen["drip"] else b"":
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(chosen["drip"])
        self.wfile.flush()
        self.close_connection = int(chosen["headers"]["Content-Length"]) != len(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(folder):
    """The port on which what stands in a folder is answered, in a process of its own."""
    command = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    _Handler.root = Path(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
