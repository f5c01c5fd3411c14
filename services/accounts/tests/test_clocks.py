"""A process whose clock is five minutes wrong, beside one whose clock is right: here that of the tests."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from wsis_shared.revocations import Kind
from wsis_testkit import skewed

from wsis_accounts.store.revocations import Revocations


@pytest.fixture(params=[300, -300], ids=["fast", "slow"])
def accounts(serve: Any, database: Any, published: Any, request: pytest.FixtureRequest) -> Any:
    events = published("accounts")
    served = serve("accounts", WSIS_CHALLENGE_COST="10", **skewed(request.param))
    served.database, served.events = database("accounts"), events
    yield served
    served.stop()


def test_what_one_process_revokes_the_other_finds(accounts: Any, client: Any) -> None:
    """A gateway asks any of them, with the moment that any of them has named."""
    right = Revocations(accounts.database)
    until = accounts.call("revocations")["until"]
    mine = right.revoke(Kind.SESSION, uuid.uuid4().hex)
    assert mine.id in {row["id"] for row in accounts.call("revocations", since=until)["revocations"]}
    member, moment = client.member(), right.moment()
    accounts.call("sign_out", member)
    assert member.session in {row["id"] for row in right.revocations(right.moment(), moment)}
