"""What is done again while the store is away, and what is not."""

from __future__ import annotations

import pytest
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, WriteError
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import KEYS_NOT_READ, retry_while_unavailable

HELD = PyMongoError()
HELD._add_error_label("TransientTransactionError")
AWAY = [AutoReconnect("no primary"), OperationFailure("No keys found for HMAC", KEYS_NOT_READ), HELD]


@pytest.mark.parametrize("error", AWAY, ids=["no primary", "keys not read", "held by a dead process"])
def test_work_is_done_again_while_the_store_is_away(error: PyMongoError) -> None:
    raised = [error]

    def work() -> str:
        if raised:
            raise raised.pop()
        return "done"

    assert retry_while_unavailable(work, seconds=5) == "done"


@pytest.mark.parametrize("error", AWAY, ids=["no primary", "keys not read", "held by a dead process"])
def test_a_store_that_stays_away_is_said_to_be(error: PyMongoError) -> None:
    def work() -> str:
        raise error

    with pytest.raises(Unavailable, match="store_away"):
        retry_while_unavailable(work, seconds=0.05)


def test_a_refusal_is_not_asked_for_again() -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        raise WriteError("refused", 13)

    with pytest.raises(WriteError):
        retry_while_unavailable(work, seconds=5)
    assert len(tries) == 1
