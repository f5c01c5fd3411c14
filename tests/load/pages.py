"""Pages of the web beside the same answers as JSON, in the gateway's own code with made-up services: processor time of
a response, bytes and requests of a first visit, memory; and, where Chromium is, the time to the largest part on slow
networks.

Processor time, which other load on the machine distorts less than the clock. The store and the bus are not in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from shutil import which
from socketserver import ThreadingMixIn
from typing import Any, NamedTuple
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psutil
from tests.load import wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import ROOT, gunicorn_as_gateway, wait_for_answer
from tests.load.memory import MEGABYTE, written
from tests.load.wrk import Target
from wsis_local.ports import LOOPBACK, Ports
from wsis_shared.reference import action_lines
from wsis_testkit.pages import Pages

from wsis_gateway.settings import API, BOTH

CONNECTIONS, SECONDS, ROUNDS = 8, 2, 5
SAME, GZIP = {"Sec-Fetch-Site": "same-origin"}, {"Accept-Encoding": "gzip"}
URL_ENCODED = "application/x-www-form-urlencoded"
NOMINEES = 19
EDITION = "/editions/2017"
PUBLIC, BALLOT, VOTE = f"{EDITION}/categories/C1", f"{EDITION}/vote", f"{EDITION}/vote/C1"
HTML_KB, VISIT_KB, REQUESTS = 14.0, 25.0, 4
CACHED, WITH_READS, BY_FORM, MEGABYTES = 0.8, 0.4, 0.7, 20.0
LINES = tuple(line.code for line in action_lines())  # the categories of a whole ballot
PATIENCE_MS = 120_000
PAGE_SECONDS = 2.0


class Network(NamedTuple):
    """Kilobits a second, a round trip, how many times slower the processor is, and the bar of the largest part."""

    kilobits: float
    milliseconds: float
    slower: float
    most_seconds: float


NETWORKS = {"slow 3G": Network(400, 400, 1, 2.5), "2G": Network(280, 800, 6, 4.5)}
LARGEST = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: "largest-contentful-paint", buffered: true}))"""
OPEN_BALLOT: dict[str, Any] = {
    "edition": "2017",
    "complete": False,
    "counts": False,
    "done": 0,
    "of": 18,
    "excluded": None,
    "message": "0 of 18: your votes do not count yet.",
    "state": "open",
    "order": 5,
    "voted": [],
    "missing": [f"C{number}" for number in range(1, 12)],
    "opens_at": "2017-03-15T08:00:00Z",
    "closes_at": "2017-04-30T21:00:00Z",
}
TEXT = "Projects that put information and communication technologies to work for development, in one community each. "


def run(folder: Path) -> Iterator[Figure]:
    """All figures of pages."""
    pages = site()
    yield from sizes(pages)
    yield from times(folder)
    yield from memory()
    if which("chromium") and find_spec("playwright"):
        yield from paints(pages)


def site(**answers: Any) -> Pages:
    """The gateway over services that answer at once; `answers` take the place of theirs."""
    nominees = [
        {
            "project": f"p{number}",
            "title": f"Connected schools of district {number}",
            "organization": f"Institute {number}",
            "country": "KE",
            "language": "en",
            "short_description": TEXT * 3,
        }
        for number in range(NOMINEES)
    ]
    pages = Pages(
        {
            "prizes.list_nominees": {"items": nominees, "next": None, "edition": "2017", "order": 5},
            "voting.read_voting": {"edition": "2017", "state": "open", "closes_at": OPEN_BALLOT["closes_at"]},
            "voting.read_ballot": OPEN_BALLOT,
            "voting.cast": {**OPEN_BALLOT, "repeated": False, "receipt": None},
            **answers,
        },
        "accounts",
        "prizes",
        "voting",
        WSIS_LIMIT_FACTOR="1000000",
    )
    return pages.sign_in()


def sizes(pages: Pages) -> Iterator[Figure]:
    """What travels: the HTML alone, and with all that a first visit brings."""
    for name, path in (("nominees", PUBLIC), ("ballot", BALLOT), ("vote", VOTE)):
        shown = pages.get(f"/en{path}")
        html = len(gzip.compress(shown.html.encode(), 6))
        yield Figure(f"HTML of {name}, compressed", html / 1000, "kB", at_most=HTML_KB)
        files = {str(href) for href in shown.all("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src")}
        rest = sum(len(gzip.compress(pages.get(href).html.encode(), 6)) for href in files)
        yield Figure(f"first visit to {name}", (html + rest) / 1000, "kB", at_most=VISIT_KB)
        yield Figure(f"requests of it, {name}", 1 + len(files), "requests", at_most=REQUESTS)


def times(folder: Path) -> Iterator[Figure]:
    """Answers of JSON for each answer of a page, by the processor time of the gateway under load."""
    folder.mkdir(parents=True, exist_ok=True)
    with served(folder) as (uri, pid):
        with urllib.request.urlopen(f"{uri}/bench-token", timeout=30) as answer:
            token = answer.read().decode()
        bearer, cookie = {"Authorization": f"Bearer {token}"}, {"Cookie": f"__Host-wsis={token}", **SAME}
        vote = {"category": "C1", "project": "p1"}

        def target(path: str, headers: Mapping[str, str], body: str = "", kind: str = "") -> Target:
            more = {"Content-Type": kind} if kind else {}
            script = posting(folder, body) if body else wrk.REPORT
            return Target(uri + path, {**GZIP, **headers, **more}, script, {"web": pid})

        targets = {
            "cached page": target(f"/en{PUBLIC}", {}),
            "cached JSON": target(f"/v1{EDITION}/nominees?category=C1&limit=100", {}),
            "page with reads": target(f"/en{VOTE}", cookie),
            "ballot": target(f"/v1{EDITION}/ballot", bearer),
            "nominees": target(f"/v1{EDITION}/nominees?category=C1&order=5&limit=100", {}),
            "vote by form": target(
                f"/en{VOTE}", cookie, urlencode({"_form": "vote", "_checked": "1", **vote}), URL_ENCODED
            ),
            "vote": target(f"/v1{EDITION}/votes", bearer, json.dumps(vote), "application/json"),
        }
        measured = wrk.side_by_side(targets, connections=CONNECTIONS, seconds=SECONDS, rounds=ROUNDS)
    spent = {name: statistics.median(each.spent["web"] for each in rounds) for name, rounds in measured.items()}
    for name, figure in spent.items():
        yield Figure(f"{name}, processor time of the web", figure, "ms each")
    cached, reads = spent["cached JSON"] / spent["cached page"], spent["ballot"] + spent["nominees"]
    yield Figure("cached page / cached JSON", cached, "times", at_least=CACHED)
    yield Figure("page with reads / its reads as JSON", reads / spent["page with reads"], "times", at_least=WITH_READS)
    yield Figure("vote by form / vote as JSON", spent["vote"] / spent["vote by form"], "times", at_least=BY_FORM)


def posting(folder: Path, body: str) -> Path:
    """A script for wrk that sends this body."""
    script = folder / f"post-{hashlib.sha256(body.encode()).hexdigest()[:8]}.lua"
    script.write_text(f"dofile({json.dumps(str(wrk.REPORT))})\nwrk.method = 'POST'\nwrk.body = {json.dumps(body)}\n")
    return script


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """The pages in a worker with the gateway's own configuration: its address and process id."""
    port = str(Ports.free()["gateway"])
    arguments = [part.replace("{port}", port) for part in gunicorn_as_gateway("tests.load.peers.pages:app")]
    env = {**os.environ, "WSIS_SECRET": secrets.token_hex(32), "WSIS_GATEWAY_METRICS_PORT": "0"}
    with (folder / "pages.log").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=env, stdout=out, stderr=out, cwd=ROOT)
    try:
        wait_for_answer(f"http://{LOOPBACK}:{port}/en/contact", 60)
        yield f"http://{LOOPBACK}:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)


def memory() -> Iterator[Figure]:
    """Of a gateway's worker with every template and all words, above one of the same plugins and as many requests that
    serves the API alone. The texts of pages, 4 MB, are in both: they are in the files that the texts of errors are in.
    """
    subprocess.run([sys.executable, "-m", "wsis_gateway.web"], check=True)  # as the build of an image does
    held = {serves: _held(serves) / MEGABYTE for serves in (API, BOTH)}
    yield Figure("memory of a worker without pages", held[API], "MB")
    yield Figure("memory with pages above memory without", held[BOTH] - held[API], "MB", at_most=MEGABYTES)


def _held(serves: str) -> int:
    """Bytes that such a process has written."""
    env = {
        **os.environ,
        "WSIS_SECRET": secrets.token_hex(32),
        "WSIS_AMQP_URI": f"amqp://{LOOPBACK}:1",
        "WSIS_GATEWAY_METRICS_PORT": "0",
        "WSIS_GATEWAY_SERVES": serves,
        "WSIS_LIMIT_FACTOR": "1000",
    }
    command = [sys.executable, "-m", "gevent.monkey", "--module", "tests.load.peers.held"]
    with subprocess.Popen(
        command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        if not any(line == "ready\n" for line in process.stdout):
            raise NotMeasured(f"a worker that serves {serves} did not start")
        bytes_written = written(psutil.Process(process.pid))
        process.communicate()
    return bytes_written


def paints(pages: Pages) -> Iterator[Figure]:
    """The largest part of the ballot in Chromium, on throttled networks; and a whole ballot on the slowest."""
    with _serving(pages) as address, _chromium() as browser:
        for name, network in NETWORKS.items():
            with _slowed(browser, pages, network) as tab:
                tab.goto(f"{address}/en{BALLOT}", timeout=PATIENCE_MS)
                largest = tab.evaluate(LARGEST) / 1000
            yield Figure(f"largest part of the ballot on {name}", largest, "s", at_most=network.most_seconds)
    votes = Votes()
    voter = site(**{"voting.read_ballot": votes.read, "voting.cast": votes.cast})
    with _serving(voter) as address, _chromium() as browser, _slowed(browser, voter, NETWORKS["2G"]) as tab:
        seconds = _fill(tab, f"{address}/en{BALLOT}")
    shown = 1 + 3 * len(LINES)
    yield Figure(f"ballot of {len(LINES)} on 2G, without the voter's own time", seconds, "s")
    yield Figure("of it, one of its pages", seconds / shown, "s", at_most=PAGE_SECONDS)


def _fill(tab: Any, ballot: str) -> float:
    """Vote in each category as the links lead. The seconds from the ballot to the last stored vote."""
    began = time.perf_counter()
    tab.goto(ballot, timeout=PATIENCE_MS)
    for line in LINES:
        tab.locator(f"main a[href$='/vote/{line}']").first.click()
        tab.locator("main label").first.click()
        tab.locator("main form button").first.click()
        tab.locator("main dl").wait_for()
        tab.locator("main form button").first.click()
        tab.locator("main .notice.done[role=status]").wait_for()
    return time.perf_counter() - began


class Votes:
    """The made-up ballot of one voter, which keeps votes."""

    def __init__(self) -> None:
        self._voted: list[dict[str, Any]] = []

    def read(self, _arguments: object) -> dict[str, Any]:
        """What is voted, and what is left."""
        done = [row["category"] for row in self._voted]
        missing = [line for line in LINES if line not in done]
        return {**OPEN_BALLOT, "done": len(done), "voted": self._voted, "missing": missing}

    def cast(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a vote."""
        self._voted.append({**arguments["body"], "receipt": None})
        return {**self.read(arguments), "repeated": False, "receipt": None}


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=which("chromium"), chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


@contextmanager
def _slowed(browser: Any, pages: Pages, network: Network) -> Iterator[Any]:
    """A tab of a phone on that network, signed in as the pages' voter."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    context.set_default_timeout(PATIENCE_MS)
    session = {"name": "__Host-wsis", "value": pages.cookies["__Host-wsis"], "domain": LOOPBACK, "path": "/"}
    context.add_cookies([{**session, "secure": True}])
    tab = context.new_page()
    tools = context.new_cdp_session(tab)
    tools.send("Network.enable")
    speed = network.kilobits * 1000 / 8
    emulated = {
        "offline": False,
        "latency": network.milliseconds,
        "downloadThroughput": speed,
        "uploadThroughput": speed,
    }
    tools.send("Network.emulateNetworkConditions", emulated)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": network.slower})
    yield tab
    context.close()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _serving:
    """The pages on a port of this machine."""

    def __init__(self, pages: Pages) -> None:
        def whole(environ: dict[str, Any], start: Any) -> Any:
            """What a form sends: this server's stream has no end."""
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
            return pages.app(environ, start)

        self._server = make_server("127.0.0.1", 0, whole, _Server, _Quiet)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
