"""What a process must be given, line by line, without starting one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from wsis_shared import settings, start_rules
from wsis_shared.settings import PRODUCTION, SettingError, Suite, setting

SECRET = "0" * 32
SOUND = replace(
    Suite(),
    profile=PRODUCTION,
    secret=SECRET,
    amqp_uri="amqps://a:b@one;amqps://a:b@two",
    broker_nodes=2,
    mongo_uri="mongodb://a:b@store/?tls=true",
    public_url="https://wsis.example.org",
    manifests=("accounts",),
)


@dataclass(frozen=True)
class Own(settings.Settings):
    """Of a service."""

    agencies_management_uri: str = setting("", "Management API")
    limits_uri: str = setting("redis://:word@127.0.0.1", "Limits")


def said(**changed: object) -> list[str]:
    own = {name: value for name, value in changed.items() if name in Own.__dataclass_fields__}
    rest = {name: value for name, value in changed.items() if name not in own}
    return start_rules.broken(replace(SOUND, **rest), Own(**own))  # type: ignore[arg-type]


def test_what_is_sound_starts() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [
        ("profile", "prod", "must be development or production"),
        ("secret", "0" * 31, "must be set, to 32 characters or more"),
        ("amqp_uri", "amqps://a:b@one", "must have 2 addresses"),
        ("amqp_uri", "amqps://guest:b@one;amqps://a:b@two", "must not have the user guest"),
        ("amqp_uri", "amqps://a:b@one;amqps://a@two", "must have a user and a password"),
        ("amqp_uri", "amqp://a:b@127.0.0.1;amqp://a:b@two", "must use TLS to two"),
        ("mongo_uri", "mongodb://a:b@[::1],[2001:db8::1]:27017", "must use TLS to 2001:db8::1"),
        ("mongo_uri", "mongodb://a:b@store/?tls=true&tlsAllowInvalidCertificates=true", "must use TLS to store"),
        ("agencies_management_uri", "file://a:b@127.0.0.1/etc/passwd", "must begin with http:// or https://"),
        ("public_url", "http://wsis.example.org", "must be where people reach the gateway"),
        ("public_url", "https://localhost", "must be where people reach the gateway"),
        ("public_url", "https://wsis.invalid", "must be where people reach the gateway"),
        ("manifests", ("absent",), "names absent, whose manifest is not installed"),
        ("limits_uri", "memory://", "must name a shared store"),
        ("mail_web_uri", "http://127.0.0.1:8025/", "must not be set"),
    ],
)
def test_what_is_wrong_is_said_with_its_setting(name: str, value: object, must: str) -> None:
    (line,) = said(**{name: value})
    assert line.startswith(f"WSIS_{name.upper()} {must}")


def test_development_asks_for_a_secret_alone() -> None:
    assert start_rules.broken(Suite(), Own(limits_uri="memory://")) == [
        "WSIS_SECRET must be set, to 32 characters or more"
    ]
    files = Own(agencies_management_uri="file:///etc/passwd")
    assert start_rules.broken(replace(Suite(), secret=SECRET), files) == [
        "WSIS_AGENCIES_MANAGEMENT_URI must begin with http:// or https://"
    ]


def test_a_network_of_ones_own_needs_no_tls() -> None:
    assert said(mongo_uri="mongodb://a:b@store", private_network=True) == []


def test_keys_take_the_place_of_the_secret_where_all_are_given() -> None:
    given = replace(Suite(), keys=(f"cursors={'0' * 64}",))
    assert start_rules.broken(given, purposes=("cursors",)) == []
    (line,) = start_rules.broken(given, purposes=("cursors", "tokens"))
    assert line.endswith("or WSIS_KEYS (tokens)")
    start_rules.check_secret(SECRET)
    with pytest.raises(SettingError):
        start_rules.check_secret("")
