"""The script of the start page in a browser: what services return is text, whatever it says."""

import json
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import parse_qs

import pytest
from wsis_shared import clock, proof_of_work

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is in Debian's package chromium")
HOSTILE = ["<img src=x onerror=\"document.title='run'\">", "</a><script>document.title='run'</script>", "javascript:1"]


@pytest.fixture
def start_page(http):
    """The address of the gateway's start page where every list has hostile texts, and no policy stops a script."""
    page = http.get("/docs/start", headers={"Accept": "text/html"}).text
    variables = set(re.findall(r"\{(\w+)\}", page))
    served = {
        "/": ("text/html", page.encode()),
        "/docs/start.js": ("text/javascript", (files("wsis_gateway") / "data/start.js").read_bytes()),
    }
    items = json.dumps({"items": [dict.fromkeys(variables, text) for text in HOSTILE]}).encode()
    with serving(served, items) as address:
        yield address


@contextmanager
def serving(served, json_text, forms=None, asked=None):
    """The address of a server with these paths; every other one has the JSON, "/later" not before a form is sent.
    `asked` gets each path that is asked for."""
    sent = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            forms.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(204)
            self.end_headers()
            sent.set()

        def do_GET(self):
            if asked is not None:
                asked.append(self.path)
            if self.path == "/later":
                sent.wait(60)
            media_type, body = served.get(self.path, ("application/json", json_text))
            self.send_response(200)
            self.send_header("Content-Type", f"{media_type}; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def shown_at(address, folder, seconds=10):
    """What Chromium has made of a page, so many seconds of its own clock later."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder}",
        f"--virtual-time-budget={seconds * 1000}",
        "--dump-dom",
        address,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=True).stdout


def test_what_a_list_returns_is_shown_as_text(start_page, tmp_path):
    shown = shown_at(start_page, tmp_path)
    links = re.findall(r'<a href="(/v1/notes/[^"]*)">([^<]*)</a>', shown)
    assert ("/v1/notes/javascript%3A1", "javascript:1") in links, "the script has run"
    assert (
        "/v1/notes/%3C%2Fa%3E%3Cscript%3Edocument.title%3D'run'%3C%2Fscript%3E",
        "&lt;/a&gt;&lt;script&gt;document.title='run'&lt;/script&gt;",
    ) in links
    assert "<title>WSIS suite</title>" in shown
    assert re.findall(r"<img[^>]*>|<script(?! src=\"/docs/start.js\")", shown) == []


LINK = "0123456789abcdef" * 2 + ".012345"
WITH_LINK = """<!doctype html><main id="main"><form><input type="hidden" name="challenge" data-fragment="0">
<p data-without-fragment><input name="email"></p></form></main><script src="/site.js"></script>"""


@pytest.mark.parametrize("fragment", [LINK, "main"])
def test_only_a_mailed_link_fills_in_a_form(tmp_path, fragment):
    """As "#main" is the link to the content of each page."""
    served = {
        "/": ("text/html", WITH_LINK.encode()),
        "/site.js": ("text/javascript", site_script()),
    }
    with serving(served, b"{}") as address:
        shown = shown_at(f"{address}#{fragment}", tmp_path)
    filled = f'value="{LINK.partition(".")[0]}"' in shown
    assert (filled, 'hidden=""' in shown, 'disabled=""' in shown) == ((fragment == LINK),) * 3


WITH_WORK = """<!doctype html><form method="post" target="answer"><input type="hidden" name="challenge">
<p data-challenge="/v1/challenges" data-solving="Solving" data-solved="Solved">By hand</p></form>
<iframe name="answer"></iframe><img src="/later" alt=""><script src="/site.js"></script>
<script>document.forms[0].requestSubmit()</script>"""


def test_a_form_waits_for_its_proof_of_work(tmp_path):
    key = b"k" * 32
    given = proof_of_work.give(key, clock.now(), timedelta(minutes=5), cost=10)
    served = {"/": ("text/html", WITH_WORK.encode()), "/site.js": ("text/javascript", site_script())}
    forms = []
    with serving(served, json.dumps({**given, "required": False}).encode(), forms) as address:
        shown = shown_at(address, tmp_path)
    [form] = forms
    assert proof_of_work.check(form["challenge"][0], key)
    assert ">Solved</p>" in shown


LIVE = """<!doctype html><main id="main"><div data-live="/news" data-seen="1" data-text="Follows" data-lost="Does not">
<p><span role="status"></span><label hidden><input type="checkbox"></label></p></div></main>
<script src="/site.js"></script>"""


def test_a_page_says_that_it_follows_nothing_more_and_tries_again(tmp_path):
    asked, served = [], {"/": ("text/html", LIVE.encode()), "/site.js": ("text/javascript", site_script())}
    with serving(served, b"{}", asked=asked) as address:  # JSON is no stream, as a problem is none
        shown = shown_at(address, tmp_path, seconds=45)
    assert '<span role="status">Does not</span>' in shown
    assert asked.count("/news") in (2, 3), "half a minute later"


class Ending(dict):
    """A page that follows what changes, until it has been looked at once."""

    def get(self, path, default=None):
        found = super().get(path, default)
        if path == "/":
            self[path] = ("text/html", b'<!doctype html><main id="main"><p>All done</p></main>')
        return found


def test_a_page_follows_what_has_ended_no_more(tmp_path):
    news = ("text/event-stream", b"retry: 1000\nid: 2\ndata: changed\n\n")
    served = Ending({"/": ("text/html", LIVE.encode()), "/site.js": ("text/javascript", site_script()), "/news": news})
    asked = []
    with serving(served, b"{}", asked=asked) as address:
        shown = shown_at(address, tmp_path, seconds=20)
    assert "<p>All done</p>" in shown
    assert "data-live" not in shown
    assert (asked.count("/"), asked.count("/news")) == (2, 1)


WITH_WORDS = """<!doctype html><html lang="en"><main id="main"><form><textarea id="t"></textarea></form>
<p data-words="/words.js" data-of="t" data-text="So far:"></p></main>
<script src="/site.js"></script><script>const field = document.querySelector("#t");
const typed = (text, after) => setTimeout(() => {
  field.value = text;
  field.dispatchEvent(new Event("input"));
}, after);
typed("one", 1000); typed("one – two", 1200);</script></html>"""


def test_words_are_counted_as_they_are_typed_by_the_rule_of_the_form(tmp_path):
    rule = (files("wsis_prizes") / "projects/rules/word-count.js").read_bytes()
    served = {
        "/": ("text/html", WITH_WORDS.encode()),
        "/site.js": ("text/javascript", site_script()),
        "/words.js": ("text/javascript", rule),
    }
    with serving(served, b"{}") as address:
        assert ">So far: 2</p>" in shown_at(address, tmp_path)


def site_script():
    """The script of all pages."""
    return (files("wsis_gateway") / "data/web/site.js").read_bytes()
