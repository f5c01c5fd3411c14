"""A call over the bus and back, HTTP to HTTP, with a method that does nothing.

Ours with all that the gateway does: token, permission, limits, headers, schemas, access log. The others do nothing
beside the call. One web worker and one service worker each, on one broker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from tests.load import wrk
from tests.load.figures import Figure
from tests.load.ground import LOOPBACK, Ground, gunicorn

CONNECTIONS, SECONDS, ROUNDS = 32, 3, 7
BAR = 2.0
OURS = "call through the gateway"
PLAIN = "plain nameko: gunicorn gthread, ClusterRpcProxy per thread"
FASTSTREAM = "Starlette, uvicorn, FastStream request"
# A thread for each connection: with fewer some wait for a thread, and more change nothing.
PLAIN_WEB = gunicorn("tests.load.peers.plain_web:app", "--worker-class", "gthread", "--threads", str(CONNECTIONS))
PLAIN_SERVICE = ["nameko", "run", "--config", "tests/load/peers/plain.yaml", "tests.load.peers.plain_service:Plain"]
FASTSTREAM_WEB = [
    "uvicorn",
    "--host",
    LOOPBACK,
    "--port",
    "{port}",
    "--no-access-log",
    "--log-level",
    "warning",
    "tests.load.peers.faststream_web:app",
]
FASTSTREAM_SERVICE = ["faststream", "run", "--log-level", "warning", "tests.load.peers.faststream_service:app"]


def run(ground: Ground) -> Iterator[Figure]:
    """All three in turn."""
    signed_in = {"Authorization": f"Bearer {ground.token()}"}
    with ExitStack() as ends:
        plain_service = ends.enter_context(ground.server("plain-service", PLAIN_SERVICE))
        plain, plain_web = ends.enter_context(ground.web("plain-web", PLAIN_WEB, "/echo/x"))
        faststream_service = ends.enter_context(ground.server("faststream-service", FASTSTREAM_SERVICE))
        faststream, faststream_web = ends.enter_context(ground.web("faststream-web", FASTSTREAM_WEB, "/echo/x"))
        measured = wrk.side_by_side(
            {
                OURS: ground.target("/v1/bench/echo/x", headers=signed_in),
                PLAIN: ground.other(f"{plain}/echo/x", plain_web, plain_service),
                FASTSTREAM: ground.other(f"{faststream}/echo/x", faststream_web, faststream_service),
            },
            connections=CONNECTIONS,
            seconds=SECONDS,
            rounds=ROUNDS,
        )
    yield from wrk.figures(measured, "calls/s")
    yield from wrk.ratios(measured, OURS, PLAIN, BAR)
    yield from wrk.ratios(measured, OURS, FASTSTREAM, BAR)
