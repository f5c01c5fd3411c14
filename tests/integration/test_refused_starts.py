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
    for plugin in FOUND for process in plugin.processes
]  # fmt: skip
GATEWAY = [sys.executable, "-m", "gunicorn", "-c", str(files("wsis_gateway").joinpath("gunicorn.conf.py"))]


def said_at_start(command: list[str], **settings: str) -> tuple[int, str]:
    """The exit status of a program that must not start, and all that it wrote."""
    mail = {"WSIS_MAIL_DOMAIN": "mail.example.org", "WSIS_INBOUND_LMTP": "127.0.0.1:0"}
    env = {**os.environ, **mail, "WSIS_SMTP_URI": "smtp://127.0.0.1", "WSIS_MAIL_SECRET": "", **settings}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("command", [*SERVICES, *PROCESSES, GATEWAY], ids=lambda command: " ".join(command[2:])[-40:])
def test_nothing_starts_without_a_secret(command: list[str]) -> None:
    line = "WSIS_SECRET must be set, to 32 characters or more\n"
    assert said_at_start(command, WSIS_SECRET="") == (2, line)


def test_a_short_secret_is_none() -> None:
    line = "WSIS_SECRET must be set, to 32 characters or more\n"
    assert said_at_start(GATEWAY, WSIS_SECRET="x" * 31) == (2, line)


def test_what_sends_mails_does_not_start_without_a_relay() -> None:
    refused = [command for command in [*SERVICES, *PROCESSES] if _needs_relay(command)]
    assert len(refused) == 2  # the service and its sender
    for command in refused:
        said = said_at_start(command, WSIS_SECRET="x" * 32, WSIS_SMTP_URI="")
        assert said == (2, "WSIS_SMTP_URI must be set: the relay that takes the mails\n")


def test_the_shipped_image_sets_no_secret_and_no_relay() -> None:
    """Else the refusals would never be seen."""
    texts = [path.read_text("utf-8") for path in Path(__file__).parents[2].joinpath("deploy").glob("Dockerfile")]
    assert len(texts) == 1
    assert "WSIS_SECRET" not in texts[0]
    assert "WSIS_SMTP_URI" not in texts[0]


def _needs_relay(command: list[str]) -> bool:
    plugin = next(plugin for plugin in FOUND if plugin.name == command[3])
    named = plugin if len(command) == 4 else next(one for one in plugin.processes if one.name == command[4])
    kind = named.load("settings") if named.settings else None
    return hasattr(kind, "smtp_uri")
