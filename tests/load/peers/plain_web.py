"""HTTP in front of a plain nameko service: Falcon on gthread, and a ClusterRpcProxy for each thread.

Nameko's own advice for threads: a proxy is not to be shared between them, and one for each request makes a connection
for each request.
"""

import os
import threading
from typing import Any

import falcon
from nameko.standalone.rpc import ClusterRpcProxy

_local = threading.local()


def plain() -> Any:
    if not hasattr(_local, "proxy"):
        _local.proxy = ClusterRpcProxy({"AMQP_URI": os.environ["WSIS_AMQP_URI"]}).start()
    return _local.proxy.plain


class Echo:
    def on_get(self, _req: falcon.Request, resp: falcon.Response, value: str) -> None:
        resp.media = plain().echo(value)


class Votes:
    """The voter's name comes in a header and is believed: there is no token to check."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = plain().cast(req.get_header("X-Voter"), **req.media)
        resp.status = 201


app = falcon.App()
app.add_route("/echo/{value}", Echo())
app.add_route("/votes", Votes())
