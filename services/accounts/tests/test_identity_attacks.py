"""What a dishonest browser, a stolen return and a broken provider do not get: nobody is signed in."""

import base64
import hmac
import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from wsis_shared import clock
from wsis_testkit import wait_for

from .conftest import outcome
from .test_identities import accounts as _accounts
from .test_identities import add, ask, brought, enter
from .test_log_lines import lines
from .test_second_factor import session

accounts = _accounts  # the same service, in a process of its own
OVER, REFUSED = "accounts.identity_request_over", "accounts.identity_refused"


@pytest.fixture
def member(client, accounts, provider):
    """A member with an identity, who signs in by it while nobody does wrong."""
    tokens = client.tokens()
    add(accounts, provider, tokens)
    assert enter(accounts, provider)["account"] == tokens["account"]
    return tokens


def send(accounts, body):
    return outcome(accounts.call, "sign_in_by_identity", body=body)


def unsigned(claims, key):
    head = {"alg": "none", "kid": key.kid}
    return f"{'.'.join(encoded(json.dumps(part).encode()) for part in (head, claims))}."


def by_public_key(claims, key):
    """HS256, with what everybody knows of the provider as its secret. Libraries refuse to make it."""
    head = {"alg": "HS256", "kid": key.kid}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{encoded(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"


def encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def by_another_key(claims, key):
    other = RSAKey.generate_key(2048, {"kid": key.kid}, private=True)
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, other)


def with_its_own_key(claims, _key):
    other = RSAKey.generate_key(2048, private=True)
    return jwt.encode({"alg": "RS256", "jwk": other.as_dict(private=False)}, claims, other)


@pytest.mark.parametrize("sign", [unsigned, by_public_key, by_another_key, with_its_own_key, lambda *_: "made.up"])
def test_only_the_key_of_the_provider_signs(accounts, provider, member, sign):
    provider.sign = sign
    assert enter(accounts, provider) == REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["wsis", "another"]},
        {"aud": ["wsis", "another"], "azp": "another"},
        {"exp": time.time() - 3600},
        {"iat": time.time() + 3600},
        {"sub": ""},
        {"email": "amina@evil.example"},
        {"email_verified": False},
    ],
    ids=str,
)
def test_a_token_for_others_or_of_another_time_signs_nobody_in(accounts, provider, member, wrong):
    provider.spoil = lambda claims: {**claims, **wrong}
    assert enter(accounts, provider) == REFUSED


def test_a_return_works_once(accounts, provider, member):
    body = brought(provider, ask(accounts))
    assert send(accounts, body)["account"] == member["account"]
    assert send(accounts, body) == OVER


def test_a_code_works_once_and_for_its_own_request_alone(accounts, provider, member):
    used = brought(provider, ask(accounts))
    send(accounts, used)
    assert send(accounts, {**brought(provider, ask(accounts)), "code": used["code"]}) == REFUSED
    stolen = brought(provider, ask(accounts))
    assert send(accounts, {**brought(provider, ask(accounts)), "code": stolen["code"]}) == REFUSED, "PKCE"


def test_a_return_of_another_browser_is_refused_and_stays_good_for_its_own(accounts, provider, member):
    """Whoever has somebody open the address of a return signs them in to no account, nor themselves."""
    theirs, own = brought(provider, ask(accounts)), brought(provider, ask(accounts))
    assert send(accounts, {**theirs, "binding": own["binding"]}) == OVER
    assert send(accounts, {**theirs, "binding": "none"}) == OVER
    assert send(accounts, theirs)["account"] == member["account"]


def test_a_return_is_good_for_what_it_was_asked_for(accounts, provider, member, people):
    who = session(member)
    for_adding, for_entering = brought(provider, ask(accounts, who)), brought(provider, ask(accounts))
    assert send(accounts, for_adding) == OVER
    assert outcome(accounts.call, "add_identity", who, body=for_entering) == OVER


def test_a_return_adds_to_the_account_of_its_own_session(accounts, provider, member, people):
    """Else whoever has another open the address adds an identity of theirs to the other's account."""
    attacker, victim = session(people().tokens()), session(member)
    provider.person = {**provider.person, "sub": "attacker"}
    body = brought(provider, ask(accounts, attacker))
    assert outcome(accounts.call, "add_identity", victim, body=body) == OVER
    assert len(accounts.call("list_identities", victim)["identities"]) == 1


@pytest.mark.parametrize(
    ("collection", "change", "refused"),
    [("sessions", {"ended_at": clock.now()}, OVER), ("accounts", {"state": "blocked"}, "accounts.blocked")],
)
def test_nothing_is_added_where_the_session_ends_while_the_provider_is_asked(
    accounts, provider, people, collection, change, refused
):
    """Whoever has stolen a session, and is found out, would keep a way in."""
    who = session(people().tokens())
    body, sign = brought(provider, ask(accounts, who)), provider.sign

    def found_out(claims, key):
        accounts.database[collection].update_many({"$or": [{"_id": who.id}, {"account": who.id}]}, {"$set": change})
        return sign(claims, key)

    provider.sign = found_out
    assert outcome(accounts.call, "add_identity", who, body=body) == refused
    assert accounts.database.identities.find_one({"account": who.id}) is None


def test_a_return_that_is_late_is_over(accounts, provider, member):
    body = brought(provider, ask(accounts))
    past = {"$set": {"expires_at": clock.now()}}
    accounts.database.identity_requests.update_one({"_id": body["state"]}, past)
    assert send(accounts, body) == OVER


@pytest.mark.parametrize("issuer", ["https://evil.example", None])
def test_a_return_names_the_provider_that_was_asked(accounts, provider, member, issuer):
    """Two providers, of which one is dishonest, are not mixed up (RFC 9207)."""
    assert send(accounts, {**brought(provider, ask(accounts)), "iss": issuer}) == REFUSED


def test_a_code_that_came_back_to_the_page_of_another_provider_is_sent_to_nobody(accounts, provider, member):
    """A dishonest provider leads the browser on to another one, and would be sent its code. Not all name themselves."""
    asked = ask(accounts)
    assert dict(parse_qsl(urlsplit(asked["url"]).query))["redirect_uri"].endswith("/sign-in/return/itu")
    body = {**brought(provider, asked), "provider": "ilo"}
    provider.calls.clear()
    assert send(accounts, body) == REFUSED
    assert "/token" not in provider.calls


def test_made_up_keys_do_not_have_the_provider_asked_each_time(accounts, provider, member):
    provider.sign = lambda claims, key: jwt.encode({"alg": "RS256", "kid": "made-up"}, claims, key)
    provider.calls.clear()
    assert [enter(accounts, provider) for _ in range(3)] == [REFUSED] * 3
    assert provider.calls.count("/keys") <= 1


def test_a_log_line_says_why_and_names_nobody(accounts, provider, member):
    provider.spoil = lambda claims: {**claims, "aud": "another"}
    enter(accounts, provider)

    def refused():
        return [line for line in lines(accounts) if line.get("event") == "identity refused"]

    line = wait_for(lambda: [each for each in refused() if each["reason"] == "audience"], what="the line")[-1]
    assert line["provider"] == "itu"
    for secret in (member["account"], provider.person["sub"], provider.person["email"]):
        assert secret not in str(line)
