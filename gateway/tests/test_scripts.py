"""The script of the start page in a browser: what services return is text, whatever it says."""

import json
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

import pytest

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

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            media_type, body = served.get(self.path, ("application/json", items))
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


def test_what_a_list_returns_is_shown_as_text(start_page, tmp_path):
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=10000",
        "--dump-dom",
        start_page,
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True).stdout
    links = re.findall(r'<a href="(/v1/notes/[^"]*)">([^<]*)</a>', shown)
    assert ("/v1/notes/javascript%3A1", "javascript:1") in links, "the script has run"
    assert (
        "/v1/notes/%3C%2Fa%3E%3Cscript%3Edocument.title%3D'run'%3C%2Fscript%3E",
        "&lt;/a&gt;&lt;script&gt;document.title='run'&lt;/script&gt;",
    ) in links
    assert "<title>WSIS suite</title>" in shown
    assert re.findall(r"<img[^>]*>|<script(?! src=\"/docs/start.js\")", shown) == []
