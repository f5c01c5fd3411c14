"""No token works but those that the suite made, and those only for their time."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from wsis_testkit import wait_for

from wsis_demo.client import Person


@pytest.fixture(scope="module")
def staff(people: Any) -> dict[str, Person]:
    """An officer and a member."""
    return {"officer": people.with_role("officer"), "member": people.member()}


def _with(suite: Any, token: str) -> httpx.Response:
    return suite.http.get(f"{suite.address}/v1/accounts", headers={"Authorization": f"Bearer {token}"})


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    head, claims, signature = token.split(".")
    return json.loads(_raw(head)), json.loads(_raw(claims)), signature


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_forged_tokens_are_refused_alike(suite: Any, staff: dict[str, Person]):
    head, claims, signature = _parts(staff["officer"].token)
    member = _parts(staff["member"].token)
    own = OKPKey.generate_key("Ed25519")
    public = json.dumps(next(iter(suite.visitor.get("/.well-known/jwks.json")["keys"])))
    forged = {
        "alg none": f"{_text(head | {'alg': 'none'})}.{_text(claims)}.",
        "alg None, signed": f"{_text(head | {'alg': 'None'})}.{_text(claims)}.{signature}",
        "another's claims": f"{_text(head)}.{_text(claims)}.{member[2]}",
        "more roles": f"{_text(member[0])}.{_text(member[1] | {'roles': ['member', 'officer']})}.{member[2]}",
        "later end": f"{_text(head)}.{_text(claims | {'exp': claims['exp'] + 3600})}.{signature}",
        "own key": jwt.encode(head, claims, own, algorithms=[head["alg"]]),
        "own key in the header": jwt.encode(
            head | {"jwk": own.as_dict(private=False)}, claims, own, algorithms=[head["alg"]]
        ),
        "public key as a secret": jwt.encode(
            {"alg": "HS256", "kid": head["kid"]}, claims, OctKey.import_key(public), algorithms=["HS256"]
        ),
        "no signature": f"{_text(head)}.{_text(claims)}",
        "nothing in it": "..",
        "not a token": "x" * 4000,
    }
    assert _with(suite, staff["officer"].token).status_code == 200
    answers = {}
    for name, token in forged.items():
        answer = _with(suite, token)
        told = answer.json()
        answers[name] = (answer.status_code, told["code"], told["title"], told.get("detail"))
    assert set(answers.values()) == {next(iter(answers.values()))}
    assert next(iter(answers.values()))[:2] == (401, "gateway.token_invalid")


def test_an_expired_token_is_refused(suite: Any, first_token: tuple[Person, str]):
    person, token = first_token
    wait_for(lambda: _with(suite, token).status_code == 401, 90, "the first token of the session to expire")
    assert _with(suite, token).json()["code"] == "gateway.token_expired"
    assert person.get("/v1/me")["account"] == person.account, "a fresh token works"


def test_a_session_that_is_over_cannot_be_refreshed(suite: Any, people: Any):
    person = people.member()
    refresh = person._tokens["refresh_token"]
    person.post("/v1/sign-out")
    answer = suite.visitor.send("POST", "/v1/sign-in/refresh", {"refresh_token": refresh})
    assert (answer.status_code, answer.json()["code"]) == (401, "accounts.refresh_invalid")
