"""A public list from the gateway's memory, beside the same bytes from Falcon with nothing around it."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

from tests.load import wrk
from tests.load.figures import Figure
from tests.load.ground import Ground, gunicorn_as_gateway
from tests.load.wrk import Target

CONNECTIONS, SECONDS, ROUNDS = 32, 3, 7
BAR = 0.5
OURS, BARE = "cached list of the gateway", "bare Falcon answer of the same bytes"


def run(ground: Ground) -> Iterator[Figure]:
    """One worker each, on the same configuration of gunicorn."""
    uri = f"{ground.stack.gateway_uri}/v1/bench/nominees"
    with urllib.request.urlopen(uri, timeout=10) as answer:
        body = answer.read()
    file = ground.folder / "body.json"
    file.write_bytes(body)
    yield Figure("bytes of the list", len(body), "bytes")
    with ground.web("bare", gunicorn_as_gateway("tests.load.peers.bare:app"), "/", BENCH_BODY=str(file)) as (bare, pid):
        measured = wrk.side_by_side(
            {
                OURS: Target(uri, processes={"web": ground.stack.pids()["gateway"]}),
                BARE: Target(f"{bare}/", processes={"web": pid}),
            },
            connections=CONNECTIONS,
            seconds=SECONDS,
            rounds=ROUNDS,
        )
    yield from wrk.figures(measured, "requests/s")
    yield from wrk.ratios(measured, OURS, BARE, BAR)
