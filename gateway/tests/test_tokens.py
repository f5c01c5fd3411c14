"""Who asks: only a token that accounts signed, and only for as long as it says (reliability S4)."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey


def encode(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")


def forged(keys, header, signature=b"", **claims):
    """A token with any header, under any signature."""
    now = int(time.time())
    whole = {
        "iss": "wsis",
        "aud": "wsis-api",
        "sub": "eve",
        "iat": now,
        "exp": now + 600,
        "roles": ["officer"],
        **claims,
    }
    signed = encode({"typ": "at+jwt", "kid": "k1", **header}) + b"." + encode(whole)
    return (signed + b"." + encode(signature(signed) if callable(signature) else signature)).decode()


def hs256_with(secret):
    return lambda signed: hmac.digest(secret, signed, hashlib.sha256)


@pytest.fixture(scope="module")
def refused(http):
    def check(authorization):
        answer = http.get("/v1/me/echo", headers={"Authorization": authorization})
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] in ("gateway.token_invalid", "gateway.token_expired")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        return answer.json()["code"]

    return check


def test_no_token_asks_for_one(http):
    answer = http.get("/v1/me/echo")
    assert answer.status_code == 401
    assert answer.json()["code"] == "gateway.token_missing"
    assert answer.headers["www-authenticate"] == 'Bearer realm="wsis"'


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "HS256", "Ed25519 ", "RS256"])
def test_an_unsigned_token_is_refused(refused, keys, algorithm):
    refused(f"Bearer {forged(keys, {'alg': algorithm})}")


def test_the_public_key_is_no_shared_secret(refused, keys):
    public = keys.key.as_dict(private=False)
    secrets = [json.dumps(public).encode(), public["x"].encode(), base64.urlsafe_b64decode(public["x"] + "=="),
               keys.key.as_pem(private=False)]  # fmt: skip
    for secret in secrets:
        refused(f"Bearer {forged(keys, {'alg': 'HS256'}, hs256_with(secret))}")
    refused(f"Bearer {jwt.encode({'alg': 'HS256', 'kid': 'k1'}, {'sub': 'eve'}, OctKey.import_key(public['x']))}")


def test_a_stranger_cannot_sign(refused, keys):
    refused(f"Bearer {keys.token(key=keys.stranger)}")


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "k2"}, {"kid": "../../dev/null"}, {"kid": "https://evil.example/k"}, {"kid": ""}, {"kid": "k" * 2000},
        {"typ": "JWT"}, {"typ": "rt+jwt"}, {"typ": ""}, {"kid": "k1' OR 1=1"},
    ],
)  # fmt: skip
def test_headers_that_are_not_ours_are_refused(refused, keys, header):
    refused(f"Bearer {keys.token(header=header)}")


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": ["x"], "x": 1}, {"b64": False, "crit": ["b64"]}])
def test_a_header_that_must_be_understood_and_is_not_is_refused(refused, keys, header):
    refused(f"Bearer {forged(keys, {'alg': 'Ed25519', **header}, keys.key.private_key.sign)}")


def test_keys_that_come_with_the_token_are_not_looked_at(refused, keys):
    stranger = keys.stranger.as_dict(private=False)
    for header in (
        {"jwk": stranger},
        {"jku": "http://127.0.0.1:1/jwks"},
        {"x5u": "http://127.0.0.1:1/"},
        {"x5c": ["AA=="]},
    ):
        refused(f"Bearer {keys.token(key=keys.stranger, header=header)}")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"}, {"aud": None}, {"aud": ["wsis-api", "other"]}, {"iss": "other"}, {"iss": None}, {"sub": None},
        {"sub": 7}, {"exp": None}, {"exp": "9999999999"}, {"nbf": time.time() + 3600}, {"iat": time.time() + 3600},
        {"exp": {}}, {"exp": True},
    ],
)  # fmt: skip
def test_claims_that_are_not_ours_are_refused(refused, keys, claims):
    refused(f"Bearer {keys.token(**claims)}")


def test_an_expired_token_says_so(refused, keys):
    assert refused(f"Bearer {keys.token(exp=int(time.time()) - 1)}") == "gateway.token_expired"


def test_a_token_ends_while_it_is_remembered(http, keys):
    headers = {"Authorization": f"Bearer {keys.token(exp=time.time() + 1.5)}"}
    assert http.get("/v1/me/echo", headers=headers).status_code == 200
    until = time.monotonic() + 5
    while (answer := http.get("/v1/me/echo", headers=headers)).status_code == 200:
        assert time.monotonic() < until
    assert answer.json()["code"] == "gateway.token_expired"


def test_a_token_that_is_cut_or_changed_is_refused(refused, keys):
    token = keys.token()
    head, claims, signature = token.split(".")
    other = keys.token("officer").split(".")[1]
    for changed in (
        token[:-4], f"{head}.{claims}", f"{head}..{signature}", f"{head}.{other}.{signature}", f".{claims}.{signature}",
        f"{token}.", "a.b.c", "....", "x", f"{head}.{claims}.{'A' * 86}",
    ):  # fmt: skip
        refused(f"Bearer {changed}")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Token x", "Bearer a b", "Bearer \xe9"])
def test_other_kinds_of_sign_in_are_refused(refused, header):
    refused(header.encode("latin-1"))


def test_a_token_of_a_megabyte_is_refused_at_once(gateway):
    head = b"GET /v1/me/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b"a" * 1_000_000 + b"\r\n\r\n"
    assert gateway.raw(head).startswith(b"HTTP/1.1 431")
    refusal = gateway.http.get("/v1/me/echo", headers={"Authorization": f"Bearer {'a' * 8000}"})
    assert refusal.status_code == 401


def test_roles_decide(http, signed_in):
    assert http.get("/v1/staff", headers=signed_in("officer")).status_code == 200
    answer = http.get("/v1/staff", headers=signed_in("juror"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "gateway.forbidden"
    assert http.get("/v1/staff").status_code == 401


def test_a_bad_token_is_refused_on_open_routes_too(http, keys):
    headers = {"Authorization": f"Bearer {keys.token(key=keys.stranger)}"}
    assert http.get("/v1/echo", headers=headers).status_code == 401
    # What is equal for everybody is not asked for a token, whether it is kept already or not.
    assert http.get("/v1/count", headers=headers).status_code == 200


def test_a_token_that_cannot_be_checked_is_not_called_bad(run_gateway, environment, keys, sample):
    # Another virtual host knows no accounts: nobody can say whose token this is.
    from wsis_local.broker import Broker

    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    alone = run_gateway(WSIS_AMQP_URI=node.make_vhost("alone"))
    try:
        answer = alone.http.get("/v1/me/echo", headers={"Authorization": f"Bearer {keys.token()}"})
        assert answer.status_code == 503, alone.log.read_text()[-1500:]
        assert answer.headers["retry-after"]
    finally:
        node.drop_vhost("alone")
