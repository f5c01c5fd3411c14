"""Who loses power loses it within a second, whatever their access token says. Runs late: it replaces keys."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from wsis_shared.mongo_connection import connect
from wsis_testkit import wait_for

from wsis_demo.client import Person

SOON = 3.0  # seconds: one, and more for a busy machine
REVOKED = (401, "gateway.token_revoked")
Act = Callable[[], tuple[int, str]]


@pytest.fixture
def with_token(suite: Any) -> Callable[..., Act]:
    """`with_token(person, method, path, body)`: sends it with the access token that the person has now, again and
    again."""

    def acting(who: Person, method: str, path: str, body: Any = None) -> Act:
        headers = {"Authorization": f"Bearer {who.token}"}

        def act() -> tuple[int, str]:
            response: httpx.Response = suite.http.request(method, suite.address + path, json=body, headers=headers)
            return response.status_code, "" if response.is_success else response.json()["code"]

        return act

    return acting


def is_refused_in_a_second(*acts: Act) -> None:
    """Each of them, and from then on."""
    for act in acts:
        wait_for(lambda act=act: act() == REVOKED, SOON, "the token to be refused")
    assert [act() for act in acts] == [REVOKED] * len(acts)


def kid_of(token: str) -> str:
    """The name of the key that signed it."""
    return str(json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))["kid"])


@pytest.fixture
def friend(people: Any) -> Person:
    """A member whom somebody would like to promote."""
    person: Person = people.member()
    return person


def test_a_blocked_officer_gives_no_roles(
    officer: Person, second: Person, people: Any, friend: Person, with_token: Any
):
    rogue = people.with_role("officer")
    path = f"/v1/accounts/{friend.account}"
    roles = with_token(rogue, "PUT", f"{path}/roles", {"roles": ["juror"], "reason": "A friend"})
    assert roles() == (200, "")
    block = with_token(rogue, "POST", f"{path}/block", {"reason": "No friend"})
    unblock = with_token(rogue, "POST", f"{path}/unblock", {"reason": "A friend"})
    for one in (officer, second):
        one.post(f"/v1/accounts/{rogue.account}/block", {"reason": "Sold roles"})
    is_refused_in_a_second(roles, block, unblock)
    assert officer.get(f"/v1/accounts/{friend.account}")["state"] == "active"


def test_a_demoted_officer_is_none(officer: Person, second: Person, people: Any, friend: Person, with_token: Any):
    former = people.with_role("officer")
    acts = (
        with_token(former, "PUT", f"/v1/accounts/{friend.account}/roles", {"roles": ["juror"], "reason": "A friend"}),
        with_token(former, "GET", "/v1/accounts"),
    )
    for one in (officer, second):
        one.put(f"/v1/accounts/{former.account}/roles", {"roles": [], "reason": "Another task"})
    is_refused_in_a_second(*acts)
    assert former.refresh().send("GET", "/v1/accounts").status_code == 403, "the next token says what it may"
    assert former.get("/v1/me")["roles"] == ["member"]


def test_an_erased_account_does_nothing_more(contest: Any, people: Any, with_token: Any):
    contest.submit(people.member(), "C1")
    contest.limit_to("C1")
    leaver = people.member()
    draft = {"title": "A project", "contact": {"given_name": "A", "family_name": "B", "email": "a@entity.example"}}
    acts = (
        with_token(leaver, "POST", f"{contest.path}/projects", draft),
        with_token(leaver, "GET", "/v1/me/export"),
        with_token(leaver, "PATCH", "/v1/me", {"given_name": "Back"}),
    )
    assert acts[1]() == (200, "")
    contest.nominate()
    contest.open_voting()
    project = contest.projects["C1"][0]
    ballot = with_token(leaver, "POST", f"{contest.path}/ballots", {"votes": [{"category": "C1", "project": project}]})
    leaver.delete("/v1/me")
    is_refused_in_a_second(ballot, *acts)


def test_signed_out_everywhere_is_everywhere(suite: Any, people: Any, with_token: Any):
    person = people.member()
    elsewhere = suite.sign_in(person.email)
    acts = [
        with_token(who, method, path)
        for who in (person, elsewhere)
        for method, path in (("GET", "/v1/me/export"), ("DELETE", "/v1/me"))
    ]
    person.post("/v1/sign-out/everywhere")
    is_refused_in_a_second(*acts)
    again = suite.sign_in(person.email)
    assert again.get("/v1/me")["account"] == person.account, "the account is as it was, and a new sign-in works"


def test_signing_out_ends_this_session_alone(suite: Any, people: Any, with_token: Any):
    person = people.member()
    elsewhere = suite.sign_in(person.email)
    act = with_token(person, "GET", "/v1/me")
    person.post("/v1/sign-out")
    is_refused_in_a_second(act)
    assert with_token(elsewhere, "GET", "/v1/me")() == (200, "")


def test_people_see_their_sessions_and_end_one_of_them(suite: Any, people: Any, with_token: Any):
    lost = people.member()
    here = suite.sign_in(lost.email)
    act = with_token(lost, "GET", "/v1/me")
    current, other = here.get("/v1/me/sessions")["items"]
    assert (current["current"], other["current"]) == (True, False)
    here.delete(f"/v1/me/sessions/{other['session']}")
    is_refused_in_a_second(act)
    assert [row["session"] for row in here.get("/v1/me/sessions")["items"]] == [current["session"]]


def test_a_friend_does_not_become_operator_through_one_officer(officer: Person, second: Person, friend: Person):
    path, body = f"/v1/accounts/{friend.account}/roles", {"roles": ["officer", "operator"], "reason": "A friend"}
    for _ in range(2):
        answer = officer.put(path, body)
        assert (answer["roles"], answer["proposed"]) == (["member"], ["officer", "operator"])
    assert friend.refresh().send("GET", "/v1/accounts").status_code == 403
    assert second.put(path, body)["roles"] == ["member", "officer", "operator"]
    assert friend.refresh().send("GET", "/v1/accounts").status_code == 200


def test_no_kept_answer_outlives_its_account(stage: Any, new_contest: Any, people: Any):
    leaver, contest = people.member(), new_contest()
    leaver.post(f"{contest.path}/projects", {"title": "Mine"})
    leaver.patch("/v1/me", {"given_name": "Unmistakable"})

    def kept() -> list[str]:
        prefix = stage.environment.get("WSIS_MONGO_PREFIX", "wsis_")
        with connect(stage.environment["WSIS_MONGO_URI"]) as store:
            services = [name for name in store.list_database_names() if name.startswith(prefix)]
            query = {"_id": {"$regex": f"^{leaver.account}"}, "response": {"$ne": None}}
            return [name for name in services if store[name]["idempotency"].find_one(query)]

    assert len(kept()) == 2
    leaver.delete("/v1/me")
    wait_for(lambda: kept() == [], 10, "the answers to be forgotten")


def test_replaced_keys_end_every_token(
    stage: Any, officer: Person, second: Person, people: Any, friend: Person, with_token: Any
):
    former = kid_of(friend.token)
    signed_in = with_token(friend, "GET", "/v1/me"), with_token(officer, "GET", "/v1/accounts")
    assert [act() for act in signed_in] == [(200, "")] * 2
    wsis = str(Path(sys.executable).with_name("wsis"))
    subprocess.run([wsis, "accounts", "replace-keys", "--yes"], env=stage.environment, check=True, timeout=60)
    is_refused_in_a_second(*signed_in)
    keys = KeySet.import_key_set(officer.suite.visitor.get("/.well-known/jwks.json")).keys
    assert keys, "a new key is published"
    assert former not in {key.kid for key in keys}, "and the former is not"
    for person in (officer, second):
        person.refresh()
    wait_for(lambda: officer.send("GET", "/v1/accounts").status_code == 200, 12, "the new key to be fetched")


def test_no_token_lives_longer_than_a_quarter_of_an_hour(suite: Any, people: Any):
    token = people.member().token
    keys = KeySet.import_key_set(suite.visitor.get("/.well-known/jwks.json"))
    claims = jwt.decode(token, keys, algorithms=["Ed25519"]).claims
    assert 0 < claims["exp"] - claims["iat"] <= 15 * 60
