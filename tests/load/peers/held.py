"""A gateway's worker that has shown its pages in each language and loaded every template, but for the server of HTTP.

`python -m gevent.monkey --module tests.load.peers.held` says "ready" and ends with its input. It has neither broker nor
services.
"""

import gc
import sys

from falcon.testing import TestClient
from wsis_shared.reference import languages

from wsis_gateway import wsgi
from wsis_gateway.settings import Settings

WITHOUT_READS = ("contact", "accessibility", "privacy", "docs/components")

client = TestClient(wsgi.app._app)
shown = [
    client.simulate_get(f"/{each.code}/{name}", remote_addr="127.0.0.1").status_code
    for each in languages()
    for name in WITHOUT_READS
]
if Settings.load().has_pages:
    from wsis_gateway.web import rendering
    from wsis_gateway.web.__main__ import templates

    for template in templates():
        rendering.template(*template)
    if set(shown) != {200}:
        raise SystemExit(f"not each page was shown: {shown}")
elif set(shown) != {404} or "wsis_gateway.web" in sys.modules:
    raise SystemExit("it has pages")
gc.collect()
print("ready", flush=True)
sys.stdin.read()
