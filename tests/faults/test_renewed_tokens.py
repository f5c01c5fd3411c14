"""Of the kit: runs that take longer than an access token lives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.faults.kit import people
from tests.faults.kit.http import Connection

# A token lives so long, and a third of it is more than a request takes on a busy machine; more votes than that time has
# room for.
SECONDS, VOTERS, CONNECTIONS, PAUSE = 12, 60, 8, 0.5


def test_voters_go_on_when_their_first_tokens_have_ended(
    suite: Any, crowd: Any, settled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "TOKEN_SECONDS", SECONDS)
    some = crowd(VOTERS)
    for voter in some.voters:
        voter.sign()
    last = {"Authorization": f"Bearer {some.voters[-1].token}"}  # of those signed now the one that ends last

    async def ended() -> None:
        connection, status = Connection("127.0.0.1", some.port), 0
        while status != 401:
            assert not some.idle, "the votes were too few"
            await some.until(20)
            status = (await connection.request("GET", f"{some.contest.path}/ballot", None, last)).status

    jobs = asyncio.run(some.meanwhile(some.jobs(range(VOTERS)), ended, CONNECTIONS, PAUSE))
    settled("renewed tokens", some, jobs)
