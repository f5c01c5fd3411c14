"""The pages and routes of the gateway over services that answer at once: neither bus nor store is in it. Its garbage is
collected as that of the gateway is.

Its keys are of this process alone, so it says the token of its voter.
"""

from collections import deque

import falcon
from tests.load.pages import site
from tests.load.peers.in_worker import InWorker
from wsis_shared import gc_tuning

gc_tuning.pause()
pages = site()
pages.bus.calls = deque(maxlen=0)  # nobody asks for them, and what is kept would be collected again and again
app = InWorker(pages.app)


class Token:
    """The access token of the voter, as a text."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = pages.cookies["__Host-wsis"]


falcon.App.add_route(pages.app, "/bench-token", Token())  # its own one shares the routes of all of the tests
gc_tuning.freeze()
