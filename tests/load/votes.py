"""Votes, answered after they are stored: through the command queue, beside an RPC with one insert each.

Each vote is another voter's or in another category; each voter has a token of her own, which the gateway checks.
Afterwards the store must hold every vote that was answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from tests.load import wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from tests.load.rpc import PLAIN_SERVICE, PLAIN_WEB
from wsis_shared.mongo_connection import connect

CONNECTIONS, SECONDS, ROUNDS = 128, 3, 7
CATEGORIES = 18
VOTERS_PER_ROUND = 1000  # 18,000 votes: more than a round can send
BAR = 3.0
OURS = "votes through the command queue"
PLAIN = "votes as plain nameko RPC with one insert each"
SCRIPT = wrk.REPORT.with_name("votes.lua")


def run(ground: Ground) -> Iterator[Figure]:
    """Both in turn, then the count of what is stored."""
    tokens = ground.folder / "tokens"
    count = VOTERS_PER_ROUND * (ROUNDS + 1)
    tokens.write_text("".join(f"{ground.token(f'voter-{number}')}\n" for number in range(count)))
    rounds = [(str(tokens), str(number * VOTERS_PER_ROUND), str(CATEGORIES)) for number in range(ROUNDS + 1)]
    with ExitStack() as ends:
        service = ends.enter_context(ground.server("plain-service", PLAIN_SERVICE))
        plain, web = ends.enter_context(ground.web("plain-web", PLAIN_WEB, "/echo/x"))
        measured = wrk.side_by_side(
            {
                OURS: ground.target("/v1/bench/votes", script=SCRIPT),
                PLAIN: ground.other(f"{plain}/votes", web, service, script=SCRIPT),
            },
            connections=CONNECTIONS,
            seconds=SECONDS,
            rounds=ROUNDS,
            arguments=rounds,
        )
    answered = sum(each.statuses.get("201", 0) for each in measured[OURS])
    later = sum(each.statuses.get("202", 0) for each in measured[OURS])
    environment = ground.stack.environment()
    store = connect(environment["WSIS_MONGO_URI"])
    stored = store[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}bench"]["votes"].count_documents({})
    if stored < answered:
        raise NotMeasured(f"{answered} votes answered, {stored} stored")
    yield from wrk.figures(measured, "votes/s")
    yield Figure("votes answered as stored", answered, "votes")
    yield Figure("of all stored, with warm-up and what was on the way when a round ended", stored, "votes")
    yield Figure("answered 202, to be looked at later", later, "votes", at_most=0)
    yield from wrk.ratios(measured, OURS, PLAIN, BAR)
