"""What is set wrong is said at the start, in one line that names the setting, and not later in the face of a user."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from wsis_shared.plugin import discover

FOUND = list(discover())
SERVICES = [[sys.executable, "-m", "wsis_shared.serve", plugin.name] for plugin in FOUND]
PROCESSES = [
    [sys.executable, "-m", "wsis_shared.serve_process", plugin.name, process.name]
    for plugin in FOUND
    for process in plugin.processes
]
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


PRODUCTION = {
    "WSIS_PROFILE": "production",
    "WSIS_SECRET": "x" * 32,
    "WSIS_AMQP_URI": "amqp://a:b@one/wsis;amqp://a:b@two/wsis;amqp://a:b@three/wsis",
    "WSIS_MONGO_URI": "mongodb://a:b@store/",
    "WSIS_BROKER_NODES": "3",
    "WSIS_MANIFESTS": ",".join(plugin.name for plugin in FOUND),
    "WSIS_GATEWAY_PROXIES": "192.0.2.0/24",
    "WSIS_LIMITS_URI": "mongodb://a:b@store/",
}
OF_ALL = {
    "WSIS_AMQP_URI": ("amqp://guest:guest@127.0.0.1:5672/", "WSIS_AMQP_URI must be set: RabbitMQ;"),
    "WSIS_MONGO_URI": ("mongodb://127.0.0.1:27017/?w=majority&journal=true", "WSIS_MONGO_URI must be set: MongoDB"),
    "WSIS_BROKER_NODES": ("0", "WSIS_BROKER_NODES must be set: "),
    "WSIS_MANIFESTS": ("", "WSIS_MANIFESTS must be set: "),
    "WSIS_SECRET": ("", "WSIS_SECRET must be set, "),
}
OF_GATEWAY = {
    "WSIS_GATEWAY_PROXIES": ("", "WSIS_GATEWAY_PROXIES must be set: "),
    "WSIS_LIMITS_URI": ("local://", "WSIS_LIMITS_URI must name a shared store: "),
}


FURTHER = {
    "WSIS_LIMITS_URI": ("memory://", "WSIS_LIMITS_URI must name a shared store: "),
    "WSIS_LIMIT_FACTOR": ("2", "WSIS_LIMIT_FACTOR must be 1: "),
    "WSIS_MAIL_WEB_URI": ("http://127.0.0.1:8025/", "WSIS_MAIL_WEB_URI must not be set: "),
}


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [(name, *each) for kind in (OF_ALL, OF_GATEWAY, FURTHER) for name, each in kind.items()],
)
def test_production_does_not_start_with(name: str, value: str, line: str) -> None:
    status, said = said_at_start(GATEWAY, **{**PRODUCTION, name: value})
    assert status == 2
    assert any(each.startswith(line) for each in said.splitlines()), said


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
    prepare = [str(Path(sys.executable).with_name("wsis")), "prepare", FOUND[0].name]
    status, said = said_at_start(prepare, **{**PRODUCTION, "WSIS_BROKER_NODES": "0"})
    assert (status, said.startswith("Error: WSIS_BROKER_NODES must be set: ")) == (1, True), said


def test_a_client_has_the_address_of_each_node() -> None:
    line = "WSIS_AMQP_URI must have 3 addresses (WSIS_BROKER_NODES), not 1\n"
    assert said_at_start(GATEWAY, **{**PRODUCTION, "WSIS_AMQP_URI": "amqp://a:b@one/wsis"}) == (2, line)


def test_a_profile_is_one_of_two() -> None:
    line = "WSIS_PROFILE must be development or production, not 'prod'\n"
    assert said_at_start(GATEWAY, **{**PRODUCTION, "WSIS_PROFILE": "prod"}) == (2, line)


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
