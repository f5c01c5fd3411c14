"""Proof of work at registration: by setting, once for each solution, with the time that the form took."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest
from wsis_shared import clock, proof_of_work
from wsis_shared.errors import Invalid
from wsis_testkit import wait_for

from .conftest import Client, registration

KEY = b"k" * 32
CHEAP = 10


def solve(challenge: dict[str, Any]) -> str:
    """What ALTCHA's widget does in a browser."""
    given = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(given)
    assert solution is not None
    return altcha.Payload(given, solution).to_base64()


def changed(payload: str, **parameters: Any) -> str:
    told = json.loads(base64.b64decode(payload))
    told["challenge"]["parameters"].update(parameters)
    return base64.b64encode(json.dumps(told).encode()).decode()


def given(now: datetime | None = None, minutes: float = 5) -> dict[str, Any]:
    return proof_of_work.give(KEY, now or clock.now(), timedelta(minutes=minutes), CHEAP)


def test_solution_tells_when_its_challenge_was_given_out() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    solved = proof_of_work.check(solve(given(now)), KEY)
    assert (solved.issued_at, solved.expires_at) == (now, now + timedelta(minutes=5))


def test_what_does_not_fit_is_refused() -> None:
    good = solve(given())
    told = json.loads(base64.b64decode(good))
    unsolved = {**told, "solution": {"counter": told["solution"]["counter"] + 1, "derivedKey": "00" * 32}}
    bad = [
        "",
        "x",
        "e30=",
        "bnVsbA==",
        "W10=",
        good[:-9],
        changed(good, cost=1),
        changed(good, expiresAt=2**40),
        changed(good, data={"issued_at": 0}),
        base64.b64encode(json.dumps(unsolved).encode()).decode(),
        solve(given(clock.now() - timedelta(hours=1))),
    ]
    for payload in bad:
        with pytest.raises(proof_of_work.Unsolved):
            proof_of_work.check(payload, KEY)
    with pytest.raises(proof_of_work.Unsolved):
        proof_of_work.check(good, b"another key, another suite")


def test_another_spelling_of_a_solution_is_the_same_one() -> None:
    good = solve(given())
    spelled = base64.b64encode(json.dumps(json.loads(base64.b64decode(good)), indent=1).encode()).decode()
    assert spelled != good
    assert proof_of_work.check(spelled, KEY).id == proof_of_work.check(good, KEY).id


# -- the service -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(serve: Any, database: Any, published: Any) -> Any:
    """The service with the setting on."""
    events = published("accounts")
    served = serve(
        "accounts",
        WSIS_REGISTRATION_CHALLENGE="yes",
        WSIS_CHALLENGE_COST=str(CHEAP),
        WSIS_PUBLIC_URL="https://wsis.example",
    )
    served.database, served.events = database("accounts"), events
    return served


@pytest.fixture
def newcomer(guarded: Any) -> Client:
    return Client(guarded, guarded.events)


def code_of(newcomer: Client, **more: Any) -> str:
    with pytest.raises(Invalid) as refused:
        newcomer.register(**more)
    return str(refused.value.code)


def test_registration_demands_a_solution_and_takes_it_once(guarded: Any, newcomer: Client) -> None:
    told = guarded.call("give_challenge")
    assert told["required"] is True
    payload = solve(told)
    assert code_of(newcomer) == "accounts.proof_of_work_needed"
    assert code_of(newcomer, challenge="nonsense") == "accounts.proof_of_work_invalid"
    assert guarded.database.mailboxes.find_one({"email": newcomer.address}) is None
    assert newcomer.register(challenge=payload)["message"]
    # The answer was lost: the same form again is no second registration.
    assert newcomer.register(challenge=payload)["message"]
    assert code_of(Client(guarded, guarded.events), challenge=payload) == "accounts.proof_of_work_used"
    assert "challenge" not in guarded.database.mailboxes.find_one({"email": newcomer.address})["registration"]


def test_spent_challenges_are_forgotten_when_they_are_too_old_to_work(guarded: Any) -> None:
    index = guarded.database.spent_challenges.index_information()["expires_at"]
    assert index["expireAfterSeconds"] == 3600
    spent = guarded.database.spent_challenges.find_one({})
    assert spent["expires_at"].replace(tzinfo=UTC) < clock.now() + timedelta(hours=1)


def test_signals_tell_what_can_be_compared_and_no_address(guarded: Any, newcomer: Client) -> None:
    newcomer.address = f"{newcomer.address.partition('@')[0]}x0042+wsis@mailinator.com"
    context = {"network": "198.51.100.0/24"}
    guarded.call(
        "register",
        context=context,
        body=registration(
            newcomer.address,
            challenge=solve(
                guarded.call("give_challenge", context={"received_at": clock.now() - timedelta(seconds=30)})
            ),
        ),
    )
    tokens = newcomer.post("confirm", email=newcomer.address, code=newcomer.mail()["code"])
    told = wait_for(lambda: [e for e in guarded.events.of("voter_signals") if e["subject"] == tokens["account"]])
    data = told[0]["data"]
    assert (data["account"], data["domain"], data["throwaway"]) == (tokens["account"], "mailinator.com", True)
    assert 29 <= data["seconds_to_fill"] <= 40
    assert all(len(data[name]) == 64 for name in ("alias", "sequence", "network"))
    assert newcomer.address.partition("@")[0] not in str(told)
    assert "198.51.100" not in str(told)


def test_equal_patterns_have_equal_hashes(guarded: Any) -> None:
    def signals(address: str) -> dict[str, Any]:
        client = Client(guarded, guarded.events, address)
        client.register(challenge=solve(guarded.call("give_challenge")))
        account = client.post("confirm", email=address, code=client.mail()["code"])["account"]
        told = wait_for(lambda: [e for e in guarded.events.of("voter_signals") if e["subject"] == account])
        return dict(told[0]["data"])

    first, second, other = (
        signals(address) for address in ("choir001@own.example", "choir002@own.example", "choir003@other.example")
    )
    assert first["sequence"] == second["sequence"] != other["sequence"]
    assert (first["alias"], first["throwaway"]) == (None, False)
