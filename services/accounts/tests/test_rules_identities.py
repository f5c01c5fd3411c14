"""Settings of identity providers, ID tokens and their times: pure rules."""

from datetime import timedelta

import pytest
import yaml
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from wsis_shared.settings import SettingError

from wsis_accounts.rules import id_tokens, identities
from wsis_accounts.rules.id_tokens import MAX_AGE, SKEW, Identity, KeyUnknown, TokenRefused
from wsis_accounts.settings import Settings

from .conftest import NOON

ROW = {"name": "ITU", "issuer": "https://login.itu.example", "client_id": "wsis"}
KEY = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
SECOND = timedelta(seconds=1)


def load(text, secrets="", *, loopback=False):
    return Settings(sign_in_providers=text, sign_in_keys=secrets, sign_in_loopback=loopback).providers


def read(row=ROW, secrets="", *, loopback=False, id="itu"):
    try:
        return load(yaml.safe_dump({id: row}), secrets, loopback=loopback)
    except SettingError as error:
        return str(error)


PROVIDER = read()["itu"]


def claims(**more):
    at = int(NOON.timestamp())
    said = {"iss": PROVIDER.issuer, "aud": "wsis", "sub": "a", "nonce": "n", "iat": at, "exp": at + 300, **more}
    return {name: value for name, value in said.items() if value is not None}


def check(said, *, key=KEY, keys=None, now=NOON, provider=PROVIDER, algorithm="RS256", **header):
    token = jwt.encode({"alg": algorithm, "kid": key.kid, **header}, said, key, algorithms=[algorithm])
    known = id_tokens.read_keys({"keys": [key.as_dict(private=False)]}) if keys is None else keys
    try:
        return id_tokens.verified(token, known, provider, "n", now)
    except TokenRefused as refused:
        return str(refused)


def test_no_setting_is_no_provider():
    assert load("") == {}


def test_a_provider_is_read_with_its_secret():
    row = {**ROW, "name": {"en": "ITU", "fr": "UIT"}, "domains": ["ITU.int"], "amr": ["mfa"]}
    found = read(row, 'itu: "a,b: c"')["itu"]
    assert (found.names["fr"], found.secret, found.domains, found.amr) == ("UIT", "a,b: c", {"itu.int"}, {"mfa"})
    assert "a,b: c" not in repr(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": "http://login.itu.example"}, "issuer must be https"),
        ({"issuer": "https://10.0.0.1"}, "issuer must be https"),
        ({"issuer": "https://login.internal"}, "issuer must be https"),
        ({"issuer": "https://login.itu.example?x=1"}, "issuer has no query"),
        ({"issuer": None}, "issuer must be a text"),
        ({"client_id": ""}, "client_id must be a text"),
        ({"name": {"fr": "UIT"}}, "English at least"),
        ({"name": {"en": "ITU", "xx": "?"}}, "English at least"),
        ({"domains": "itu.int"}, "domains must be a list"),
        ({"domain": ["itu.int"]}, "unknown: domain"),
    ],
    ids=str,
)
def test_a_setting_that_is_wrong_is_named(change, said):
    refused = read({**ROW, **change})
    assert refused.startswith("WSIS_SIGN_IN_PROVIDERS: itu: ")
    assert said in refused


def test_a_setting_that_is_no_list_of_providers_is_refused_without_its_secrets():
    assert read(id="I T U").startswith("WSIS_SIGN_IN_PROVIDERS: I T U")
    assert read("text") == "WSIS_SIGN_IN_PROVIDERS: itu: no fields"
    assert read(secrets="ilo: s3cret") == "WSIS_SIGN_IN_KEYS names ilo, which WSIS_SIGN_IN_PROVIDERS does not"
    assert read(secrets="s3cret: {") == "WSIS_SIGN_IN_KEYS must be YAML"
    twice = yaml.safe_dump({"itu": ROW, "uit": ROW})
    with pytest.raises(SettingError, match="twice"):
        load(twice)


def test_loopback_is_for_tests_alone():
    row = {**ROW, "issuer": "http://127.0.0.1:8080"}
    assert "issuer must be https" in read(row)
    assert read(row, loopback=True)["itu"].issuer == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (KEY, "RS256"),
        (KEY, "PS512"),
        (ECKey.generate_key("P-256", {"kid": "2"}, private=True), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "3"}, private=True), "Ed25519"),
    ],
)
def test_a_token_names_who_signed_in(key, algorithm):
    assert check(claims(), key=key, algorithm=algorithm) == Identity("a", second_factor=False)


def test_clocks_may_differ_by_a_minute_and_no_more():
    assert check(claims(exp=int(NOON.timestamp())), now=NOON + SKEW - SECOND) == Identity("a", second_factor=False)
    assert check(claims(exp=int(NOON.timestamp())), now=NOON + SKEW) == "expired"
    assert check(claims(), now=NOON - SKEW) == Identity("a", second_factor=False)
    assert check(claims(), now=NOON - SKEW - SECOND) == "not yet"
    assert check(claims(nbf=int(NOON.timestamp())), now=NOON - SKEW - SECOND) == "not yet"
    late = claims(exp=int((NOON + 2 * MAX_AGE).timestamp()))
    assert check(late, now=NOON + MAX_AGE + SKEW) == Identity("a", second_factor=False)
    assert check(late, now=NOON + MAX_AGE + SKEW + SECOND) == "old"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"iss": PROVIDER.issuer + "/"}, "issuer"),
        ({"aud": None}, "audience"),
        ({"aud": []}, "audience"),
        ({"azp": "another"}, "audience"),
        ({"aud": ["wsis", "b"]}, "audience"),
        ({"exp": None}, "expired"),
        ({"exp": True}, "expired"),
        ({"iat": None}, "expired"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["n"]}, "nonce"),
        ({"sub": None}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "x" * 256}, "subject"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(change, said):
    assert check(claims(**change)) == said


def test_a_token_for_several_names_us_as_its_party():
    assert check(claims(aud=["wsis", "b"], azp="wsis")) == Identity("a", second_factor=False)


def test_keys_are_found_by_their_name_or_as_the_only_one():
    known = id_tokens.read_keys({"keys": [KEY.as_dict(private=False)]})
    assert check(claims(), kid="2", keys=known) == "key"
    token = jwt.encode({"alg": "RS256"}, claims(), KEY)
    assert id_tokens.verified(token, known, PROVIDER, "n", NOON).subject == "a"
    with pytest.raises(KeyUnknown):
        id_tokens.verified(token, known * 2, PROVIDER, "n", NOON)


def test_a_key_that_is_shared_signs_nothing():
    token = jwt.encode({"alg": "HS256", "kid": "1"}, claims(), OctKey.generate_key(256))
    known = id_tokens.read_keys({"keys": [KEY.as_dict(private=False)]})
    with pytest.raises(TokenRefused, match="algorithm"):
        id_tokens.verified(token, known, PROVIDER, "n", NOON)


def test_keys_that_sign_in_secret_or_encrypt_are_none():
    secret = OctKey.generate_key(256, {"kid": "s"}).as_dict()
    encrypts = {**KEY.as_dict(private=False), "use": "enc"}
    assert id_tokens.read_keys({"keys": [secret, encrypts, {"kty": "RSA"}, 7, KEY.as_dict(private=True)]}) == ()
    assert id_tokens.read_keys({"keys": 7}) == id_tokens.read_keys([]) == ()


@pytest.mark.parametrize("token", [None, 7, "", "a.b", "a.b.c", "x" * 40_000, "e30.e30."])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(TokenRefused):
        id_tokens.verified(token, (), PROVIDER, "n", NOON)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"email": "a@ITU.int"}, False),
        ({"email": "a@ITU.int", "email_verified": True}, False),
        ({"email": "a@itu.int", "email_verified": False}, True),
        ({"email": "a@evil.example"}, True),
        ({"email": "a@itu.int.evil.example"}, True),
        ({"email": "a@itu.int@evil.example"}, True),
        ({"email": ["a@itu.int"]}, True),
        ({}, True),
    ],
    ids=str,
)
def test_domains_keep_out_others(said, refused):
    provider = read({**ROW, "domains": ["itu.int"]})["itu"]
    assert (check(claims(**said), provider=provider) == "domain") is refused


@pytest.mark.parametrize(
    ("said", "counts"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "high"}, True), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False)]
    + [({"acr": ["high"]}, False), ({"amr": [["mfa"]]}, False), ({}, False)],
    ids=str,
)
def test_a_second_factor_counts_where_the_setting_says_so(said, counts):
    provider = read({**ROW, "amr": ["mfa"], "acr": ["high"]})["itu"]
    assert check(claims(**said), provider=provider).second_factor is counts
    assert check(claims(**said)).second_factor is False


def test_the_way_there_has_all_that_it_needs():
    secrets = identities.Secrets("sstate", "nonce", "v" * 64)
    fields = identities.fields(PROVIDER, secrets, "https://wsis.example/r", "fr")
    assert (fields["response_type"], fields["code_challenge_method"]) == ("code", "S256")
    assert (fields["redirect_uri"], fields["client_id"]) == ("https://wsis.example/r", "wsis")
    assert (fields["state"], fields["nonce"], fields["ui_locales"]) == ("sstate", "nonce", "fr")
    assert "v" * 64 not in fields.values()
