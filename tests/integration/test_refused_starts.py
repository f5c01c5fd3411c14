"""What is set wrong is said at the start, in one line that names the setting, and not later in the face of a user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from wsis_shared import start_rules
from wsis_shared.plugin import discover

from wsis_gateway.settings import Settings as Gateway

FOUND = list(discover())
SERVICES = [[sys.executable, "-m", "wsis_shared.serve", plugin.name] for plugin in FOUND]
PROCESSES = [
    [sys.executable, "-m", "wsis_shared.serve_process", plugin.name, process.name]
    for plugin in FOUND
    for process in plugin.processes
]
AGENCIES = next(command for command in SERVICES if command[3] == "agencies")
WEBHOOKS = next(command for command in PROCESSES if command[4] == "webhooks")
SENDS = next(command for command in PROCESSES if command[4] == "sender")
GATEWAY = [sys.executable, "-m", "gunicorn", "-c", str(files("wsis_gateway").joinpath("gunicorn.conf.py"))]


def said_at_start(command: list[str], **settings: str) -> tuple[int, str]:
    """The exit status of a program that must not start, and all that it wrote."""
    mail = {"WSIS_MAIL_DOMAIN": "mail.example.org", "WSIS_INBOUND_LMTP": "127.0.0.1:0"}
    env = {
        **os.environ,
        **mail,
        "WSIS_SMTP_URI": "smtp://127.0.0.1",
        "WSIS_MAIL_WEB_URI": "",
        **settings,
    }
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("command", [*SERVICES, *PROCESSES, GATEWAY], ids=lambda command: " ".join(command[2:])[-40:])
def test_nothing_starts_without_a_secret(command: list[str]) -> None:
    status, said = said_at_start(command, WSIS_SECRET="")
    assert (status, said.count("\n")) == (2, 1)
    assert said.startswith("WSIS_SECRET must be set, to 32 characters or more")


def test_a_short_secret_is_none() -> None:
    line = "WSIS_SECRET must be set, to 32 characters or more\n"
    assert said_at_start(GATEWAY, WSIS_SECRET="x" * 31) == (2, line)


def test_what_sends_mails_does_not_start_without_a_relay() -> None:
    refused = [command for command in [*SERVICES, *PROCESSES] if _needs_relay(command)]
    assert len(refused) == 2  # the service and its sender
    for command in refused:
        said = said_at_start(command, WSIS_SECRET="x" * 32, WSIS_SMTP_URI="")
        assert said == (2, "WSIS_SMTP_URI must be set: the relay that takes the mails\n")


def test_files_in_s3_need_their_library(tmp_path: Path) -> None:
    """An image has it where it was asked for."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['boto3'] = None\n")
    settings = {"WSIS_SECRET": "x" * 32, "WSIS_BLOBS_URI": "s3://key:secret@files:9000/bucket"}
    line = "WSIS_BLOBS_URI needs a library that is not installed: build the image with EXTRAS=s3\n"
    assert said_at_start(GATEWAY, **settings, PYTHONPATH=str(tmp_path)) == (2, line)


def test_traces_need_their_library(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['opentelemetry'] = None\n")
    settings = {"WSIS_SECRET": "x" * 32, "WSIS_OTLP_URI": "http://127.0.0.1:4318"}
    line = "WSIS_OTLP_URI needs a library that is not installed: build the image with EXTRAS=otlp\n"
    assert said_at_start(GATEWAY, **settings, PYTHONPATH=str(tmp_path)) == (2, line)


PRODUCTION = {
    "WSIS_PROFILE": "production",
    "WSIS_SECRET": "x" * 32,
    "WSIS_AMQP_URI": "amqps://a:b@one/wsis;amqps://a:b@two/wsis;amqps://a:b@three/wsis",
    "WSIS_MONGO_URI": "mongodb://a:b@store,other/?tls=true",
    "WSIS_BROKER_NODES": "3",
    "WSIS_MANIFESTS": ",".join(plugin.name for plugin in FOUND),
    "WSIS_PUBLIC_URL": "https://wsis.example.org",
    "WSIS_GATEWAY_PROXIES": "192.0.2.0/24",
    "WSIS_LIMITS_URI": "mongodb://a:b@store/?tls=true",
}
OF_ALL = {
    "WSIS_AMQP_URI": ("amqp://guest:guest@127.0.0.1:5672/", "must not have the user guest, "),
    "WSIS_MONGO_URI": ("mongodb://127.0.0.1:27017/?w=majority&journal=true", "must have a user and a password"),
    "WSIS_BROKER_NODES": ("0", "must be set: "),
    "WSIS_MANIFESTS": ("", "must be set: "),
    "WSIS_SECRET": ("", "must be set, "),
    "WSIS_PUBLIC_URL": ("http://127.0.0.1:8000", "must be where people reach the gateway: "),
}
OF_GATEWAY = {
    "WSIS_GATEWAY_PROXIES": ("", "must be set: "),
    "WSIS_LIMITS_URI": ("local://", "must name a shared store: "),
}
PLAIN = "must use TLS to {}, or WSIS_PRIVATE_NETWORK be yes: "
FURTHER = [
    (
        GATEWAY,
        "WSIS_AMQP_URI",
        "amqps://guest:other@one;amqps://a:b@two;amqps://a:b@three",
        "must not have the user guest, ",
    ),
    (GATEWAY, "WSIS_AMQP_URI", "amqps://a:b@one;amqps://a@two;amqps://a:b@three", "must have a user and a password"),
    (GATEWAY, "WSIS_AMQP_URI", "amqps://a:b@one;amqp://a:b@two;amqps://a:b@three", PLAIN.format("two")),
    (GATEWAY, "WSIS_AMQP_URI", "amqps://a:b@one", "must have 3 addresses (WSIS_BROKER_NODES), not 1"),
    (GATEWAY, "WSIS_MONGO_URI", "mongodb://a:b@127.0.0.1:27017,192.0.2.7:27017/?tls=false", PLAIN.format("192.0.2.7")),
    (
        GATEWAY,
        "WSIS_MONGO_URI",
        "mongodb://a:b@store/?tls=true&tlsAllowInvalidCertificates=true",
        PLAIN.format("store"),
    ),
    (GATEWAY, "WSIS_MONGO_URI", "mongodb://a@store/?tls=true", "must have a user and a password"),
    (GATEWAY, "WSIS_BLOBS_URI", "s3://key:secret@files:9000/bucket?secure=0", PLAIN.format("files")),
    (GATEWAY, "WSIS_OTLP_URI", "http://collector:4318", PLAIN.format("collector")),
    (GATEWAY, "WSIS_LIMITS_URI", "memory://", "must name a shared store: "),
    (GATEWAY, "WSIS_LIMITS_URI", "redis://:password@[2001:db8::1]:6379", PLAIN.format("2001:db8::1")),
    (GATEWAY, "WSIS_PUBLIC_URL", "http://wsis.example.org", "must be where people reach the gateway: "),
    (GATEWAY, "WSIS_PUBLIC_URL", "https://localhost", "must be where people reach the gateway: "),
    (GATEWAY, "WSIS_PUBLIC_URL", "https://wsis.invalid", "must be where people reach the gateway: "),
    (GATEWAY, "WSIS_MANIFESTS", "absent", "names absent, whose manifest is not installed: "),
    (GATEWAY, "WSIS_LIMIT_FACTOR", "2", "must not be set: it is for development alone"),
    (GATEWAY, "WSIS_MAIL_WEB_URI", "http://127.0.0.1:8025/", "must not be set: it is for development alone"),
    (GATEWAY, "WSIS_PROFILE", "prod", "must be development or production, not 'prod'"),
    (SENDS, "WSIS_SMTP_URI", "smtp://relay", PLAIN.format("relay")),
    (AGENCIES, "WSIS_AGENCIES_AMQP_URI", "amqp://broker", PLAIN.format("broker")),
    (AGENCIES, "WSIS_AGENCIES_MANAGEMENT_URI", "http://a:b@broker:15672", PLAIN.format("broker")),
    (AGENCIES, "WSIS_AGENCIES_MANAGEMENT_URI", "file://a:b@broker/etc/passwd", start_rules.HTTP),
    (AGENCIES, "WSIS_AGENCIES_MANAGEMENT_URI", "https://guest:b@broker", "must not have the user guest, "),
    (WEBHOOKS, "WSIS_WEBHOOKS_LOOPBACK", "yes", "must not be set: it is for development alone"),
]


@pytest.mark.parametrize(
    ("command", "name", "value", "must"),
    [*((GATEWAY, name, *each) for kind in (OF_ALL, OF_GATEWAY) for name, each in kind.items()), *FURTHER],
)
def test_production_does_not_start_with(command: list[str], name: str, value: str, must: str) -> None:
    status, said = said_at_start(command, **{**PRODUCTION, name: value})
    assert (status, said.count("\n")) == (2, 1), said
    assert said.startswith(f"{name} {must}")


def test_each_rule_has_a_start_that_breaks_it() -> None:
    """Rules are in one table, and each is seen here: by setting, as often as the table has it."""
    tried = [*OF_ALL, *OF_GATEWAY, *(name for _, name, _, _ in FURTHER)]
    tried += ["WSIS_SECRET", "WSIS_SMTP_URI", "WSIS_BLOBS_URI", "WSIS_OTLP_URI"]  # above
    fields = {rule.field for rule in start_rules.RULES}
    for field in {field for field in fields if not field.startswith("doctor_")}:  # no process reads these
        rules = [rule for rule in start_rules.RULES if rule.field == field]
        assert tried.count(f"WSIS_{field.upper()}") >= len(rules), field


def test_plain_connections_are_taken_in_a_private_network_and_on_this_machine() -> None:
    plain = {
        "WSIS_AMQP_URI": "amqp://a:b@one/wsis;amqp://a:b@two/wsis;amqp://a:b@three/wsis",
        "WSIS_MONGO_URI": "mongodb://a:b@store/",
        "WSIS_LIMITS_URI": "redis://:password@store",
    }
    suite = Gateway.load({**PRODUCTION, **plain, "WSIS_PRIVATE_NETWORK": "yes"})
    assert start_rules.broken(suite) == []
    here = {name: re.sub("one|two|three|store", "127.0.0.1", uri) for name, uri in plain.items()}
    assert start_rules.broken(Gateway.load({**PRODUCTION, **here})) == []


def test_two_that_are_wrong_are_two_lines() -> None:
    status, said = said_at_start(GATEWAY, **{**PRODUCTION, "WSIS_SECRET": "", "WSIS_GATEWAY_PROXIES": ""})
    assert (status, [line.split()[0] for line in said.splitlines()]) == (2, ["WSIS_SECRET", "WSIS_GATEWAY_PROXIES"])


def test_no_refusal_says_a_password() -> None:
    secret = "amqp://ana:swordfish@one/wsis"
    assert "swordfish" not in said_at_start(GATEWAY, **{**PRODUCTION, "WSIS_AMQP_URI": secret})[1]


@pytest.mark.parametrize("command", [SERVICES[0], PROCESSES[0], GATEWAY], ids=["service", "process", "gateway"])
def test_production_names_all_that_is_missing_at_once(command: list[str]) -> None:
    nothing = {name: value for name, (value, _) in {**OF_ALL, **OF_GATEWAY}.items()}
    status, said = said_at_start(command, **{**PRODUCTION, **nothing})
    assert status == 2
    wanted = {**OF_ALL, **(OF_GATEWAY if command is GATEWAY else {})}
    assert sorted(line.split()[0] for line in said.splitlines()) == sorted(wanted)


def test_each_service_of_the_installation_has_its_manifest_in_each_image() -> None:
    absent = {**PRODUCTION, "WSIS_MANIFESTS": f"{PRODUCTION['WSIS_MANIFESTS']},absent"}
    line = "WSIS_MANIFESTS names absent, whose manifest is not installed: its events would be lost\n"
    assert said_at_start(SERVICES[0], **absent) == (2, line)


def test_nothing_is_migrated_before_that() -> None:
    """What a container runs first ends as the service would."""
    prepare = [str(Path(sys.executable).with_name("wsis")), "prepare", FOUND[0].name]
    status, said = said_at_start(prepare, **{**PRODUCTION, "WSIS_BROKER_NODES": "0"})
    assert (status, said.startswith("WSIS_BROKER_NODES must be set: "), said.count("\n")) == (2, True, 1), said


def test_the_shipped_image_sets_no_secret_and_no_relay() -> None:
    """Else the refusals would never be seen."""
    texts = [path.read_text("utf-8") for path in Path(__file__).parents[2].joinpath("deploy").glob("Dockerfile")]
    assert len(texts) == 1
    assert "WSIS_SECRET" not in texts[0]
    assert "WSIS_SMTP_URI" not in texts[0]
    assert "WSIS_PROFILE=production" in texts[0]


def _needs_relay(command: list[str]) -> bool:
    plugin = next(plugin for plugin in FOUND if plugin.name == command[3])
    named = plugin if len(command) == 4 else next(one for one in plugin.processes if one.name == command[4])
    kind = named.load("settings") if named.settings else None
    return hasattr(kind, "smtp_uri")
