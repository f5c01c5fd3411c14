"""A network over its rate: what a stranger used up, a proof of work opens."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import SuiteError

from .conftest import Client, challenge_of
from .test_challenges import solve


@pytest.fixture
def crowded(accounts: Any) -> Client:
    """A person in a network from which too many requests come."""
    return Client(Crowded(accounts), accounts.events)


class Crowded:
    """The service as that network sees it."""

    def __init__(self, served: Any) -> None:
        self._served, self.database = served, served.database

    def call(self, name: str, *who: Any, **arguments: Any) -> Any:
        return self._served.call(name, *who, context={"over_rate": True}, **arguments)


def refusal(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(SuiteError) as refused:
        call(*arguments, **more)
    return str(refused.value.code)


def test_in_a_crowded_network_a_proof_of_work_opens_what_a_stranger_used_up(accounts: Any, crowded: Client) -> None:
    for call in ("renew", "request_code"):
        assert refusal(crowded.post, call, email=crowded.address) == "accounts.proof_of_work_needed"
        assert refusal(crowded.post, call, email=crowded.address, challenge="x") == "accounts.proof_of_work_invalid"
    assert refusal(crowded.register) == "accounts.proof_of_work_needed"
    assert accounts.database.mailboxes.find_one({"email": crowded.address}) is None

    def proof() -> str:
        return solve(accounts.call("give_challenge"))

    crowded.register(challenge=proof())
    mail = crowded.mail()
    typed = {"email": crowded.address, "code": mail["code"]}
    assert refusal(crowded.post, "confirm", **typed) == "accounts.codes_locked"
    tokens = crowded.post("confirm", challenge=challenge_of(mail), code=mail["code"])
    assert crowded.post("refresh", refresh_token=tokens["refresh_token"])["access_token"]
    crowded.post("request_code", email=crowded.address, challenge=proof())
    assert crowded.mail("sign_in_requested")["code"]
