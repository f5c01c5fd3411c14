"""Falcon with nothing but an answer: the bytes of the file BENCH_BODY."""

import os
from pathlib import Path

import falcon
from tests.load.peers.in_worker import InWorker

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


class Response:
    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = "application/json"
        resp.data = BODY


routes = falcon.App()
routes.add_route("/", Response())
app = InWorker(routes)
