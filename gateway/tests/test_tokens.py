"""Only unexpired tokens signed by accounts are accepted (reliability S4)."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from wsis_testkit import wait_for


def encode(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")


def forged(keys, header, signature=b"", **claims):
    """A token with any header and signature."""
    now = int(time.time())
    payload = {
        "iss": "wsis",
        "aud": "wsis-api",
        "sub": "eve",
        "iat": now,
        "exp": now + 600,
        "roles": ["officer"],
        **claims,
    }
    signed = encode({"typ": "at+jwt", "kid": "k1", **header}) + b"." + encode(payload)
    return (signed + b"." + encode(signature(signed) if callable(signature) else signature)).decode()


def hs256_with(secret):
    return lambda signed: hmac.digest(secret, signed, hashlib.sha256)


@pytest.fixture(scope="module")
def foreign_key():
    """A key of somebody else, under the name of ours."""
    return OKPKey.generate_key("Ed25519", parameters={"kid": "k1"})


@pytest.fixture(scope="module")
def rejected(http):
    def check(authorization):
        response = http.get("/v1/me/echo", headers={"Authorization": authorization})
        assert response.status_code == 401, response.text
        assert response.json()["code"] in ("gateway.token_invalid", "gateway.token_expired")
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
        return response.json()["code"]

    return check


def test_a_missing_token_gets_401(http):
    response = http.get("/v1/me/echo")
    assert response.status_code == 401
    assert response.json()["code"] == "gateway.token_missing"
    assert response.headers["www-authenticate"] == 'Bearer realm="wsis"'


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "HS256", "Ed25519 ", "RS256"])
def test_an_unsigned_token_is_rejected(rejected, keys, algorithm):
    rejected(f"Bearer {forged(keys, {'alg': algorithm})}")


def test_the_public_key_is_not_accepted_as_an_hmac_secret(rejected, keys):
    public = keys.key.as_dict(private=False)
    secrets = [
        json.dumps(public).encode(),
        public["x"].encode(),
        base64.urlsafe_b64decode(public["x"] + "=="),
        keys.key.as_pem(private=False),
    ]
    for secret in secrets:
        rejected(f"Bearer {forged(keys, {'alg': 'HS256'}, hs256_with(secret))}")
    rejected(f"Bearer {jwt.encode({'alg': 'HS256', 'kid': 'k1'}, {'sub': 'eve'}, OctKey.import_key(public['x']))}")


def test_a_foreign_key_is_rejected(rejected, keys, foreign_key):
    rejected(f"Bearer {keys.token(key=foreign_key)}")


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "k2"},
        {"kid": "../../dev/null"},
        {"kid": "https://evil.example/k"},
        {"kid": ""},
        {"kid": "k" * 2000},
        {"typ": "JWT"},
        {"typ": "rt+jwt"},
        {"typ": ""},
        {"kid": "k1' OR 1=1"},
    ],
)
def test_unexpected_headers_are_rejected(rejected, keys, header):
    rejected(f"Bearer {keys.token(header=header)}")


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": ["x"], "x": 1}, {"b64": False, "crit": ["b64"]}])
def test_an_unknown_critical_header_is_rejected(rejected, keys, header):
    rejected(f"Bearer {forged(keys, {'alg': 'Ed25519', **header}, keys.key.private_key.sign)}")


def test_keys_inside_the_token_are_ignored(rejected, keys, foreign_key):
    published = foreign_key.as_dict(private=False)
    for header in (
        {"jwk": published},
        {"jku": "http://127.0.0.1:1/jwks"},
        {"x5u": "http://127.0.0.1:1/"},
        {"x5c": ["AA=="]},
    ):
        rejected(f"Bearer {keys.token(key=foreign_key, header=header)}")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": None},
        {"aud": ["wsis-api", "other"]},
        {"iss": "other"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"exp": None},
        {"exp": "9999999999"},
        {"nbf": time.time() + 3600},
        {"iat": time.time() + 3600},
        {"exp": {}},
        {"exp": True},
    ],
)
def test_unexpected_claims_are_rejected(rejected, keys, claims):
    rejected(f"Bearer {keys.token(**claims)}")


def test_an_expired_token_has_its_own_code(rejected, keys):
    assert rejected(f"Bearer {keys.token(exp=int(time.time()) - 1)}") == "gateway.token_expired"


def test_a_cached_token_expires(http, keys):
    headers = {"Authorization": f"Bearer {keys.token(exp=time.time() + 8)}"}

    def refusal():
        response = http.get("/v1/me/echo", headers=headers)
        return response.status_code != 200 and response.json()["code"]

    assert not refusal()
    assert wait_for(refusal, 20, "the token to expire") == "gateway.token_expired"


def test_a_truncated_or_changed_token_is_rejected(rejected, keys):
    token = keys.token()
    head, claims, signature = token.split(".")
    other = keys.token("officer").split(".")[1]
    for changed in (
        token[:-4],
        f"{head}.{claims}",
        f"{head}..{signature}",
        f"{head}.{other}.{signature}",
        f".{claims}.{signature}",
        f"{token}.",
        "a.b.c",
        "....",
        "x",
        f"{head}.{claims}.{'A' * 86}",
    ):
        rejected(f"Bearer {changed}")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Token x", "Bearer a b", "Bearer \xe9"])
def test_other_authentication_schemes_are_rejected(rejected, header):
    rejected(header.encode("latin-1"))


def test_a_token_of_a_megabyte_is_rejected(gateway):
    head = b"GET /v1/me/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b"a" * 1_000_000 + b"\r\n\r\n"
    assert gateway.raw(head).startswith(b"HTTP/1.1 431")
    response = gateway.http.get("/v1/me/echo", headers={"Authorization": f"Bearer {'a' * 8000}"})
    assert response.status_code == 401


def test_roles_grant_permissions(http, signed_in):
    assert http.get("/v1/staff", headers=signed_in("officer")).status_code == 200
    response = http.get("/v1/staff", headers=signed_in("juror"))
    assert response.status_code == 403
    assert response.json()["code"] == "gateway.forbidden"
    assert http.get("/v1/staff").status_code == 401


def test_an_invalid_token_is_rejected_on_public_routes(http, keys, foreign_key):
    headers = {"Authorization": f"Bearer {keys.token(key=foreign_key)}"}
    assert http.get("/v1/echo", headers=headers).status_code == 401
    # A cached route ignores the token, on a hit and on a miss.
    assert http.get("/v1/count", headers=headers).status_code == 200


def test_without_keys_a_token_gets_503(run_gateway, environment, keys, sample):
    # Another virtual host has no accounts service, so no keys.
    from wsis_local.broker import Broker

    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    alone = run_gateway(WSIS_AMQP_URI=node.make_vhost("alone"))
    try:
        response = alone.http.get("/v1/me/echo", headers={"Authorization": f"Bearer {keys.token()}"})
        assert response.status_code == 503, alone.log.read_text()[-1500:]
        assert response.headers["retry-after"]
    finally:
        node.drop_vhost("alone")
