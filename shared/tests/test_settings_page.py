"""One table of all settings, and which variables nothing reads."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest
from wsis_shared import settings_page
from wsis_shared.plugin import Plugin
from wsis_shared.process import Process
from wsis_shared.rates import RateClass
from wsis_shared.settings import PRODUCTION, Settings, Suite, setting


@dataclass(frozen=True)
class Guild(Settings):
    guild_idle_hours: float = setting(1.0, "Hours | until it rests")
    guild_open: bool = setting(True, "Whether it is open")
    guild_key: str = setting("hunter2", "Its key", secret=True)
    guild_speedup: int = setting(20, "Makes tests quick", development=True)
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")


@dataclass(frozen=True)
class Bell(Settings):
    guild_open: bool = setting(True, "Whether it is open")


HERE = __name__
GUILD = Plugin(
    name="guild",
    summary="",
    settings=f"{HERE}:Guild",
    rate_classes=(RateClass("guild", "3/minute", "Entries"),),
    processes=(Process("bell", summary="", run=f"{HERE}:run", settings=f"{HERE}:Bell"),),
)


def test_a_setting_is_one_row_with_its_readers() -> None:
    page = settings_page.page([GUILD])
    assert r"| `WSIS_GUILD_IDLE_HOURS` | `1` hours | Hours \| until it rests | guild |" in page
    assert "| `WSIS_GUILD_OPEN` | `yes` | Whether it is open | guild, guild-bell |" in page
    assert "| `WSIS_LOG_LEVEL` | `INFO` | DEBUG, INFO, WARNING or ERROR | all |" in page
    assert page.count("`WSIS_LOG_LEVEL`") == 1
    assert "| `WSIS_LIMIT_GUILD` | `3/minute` | Entries | guild |" in page


def test_no_secret_and_no_setting_of_development_is_printed() -> None:
    page = settings_page.page([GUILD])
    assert "| `WSIS_GUILD_KEY` | `(secret)` | Its key | guild |" in page
    assert "hunter2" not in page
    assert "WSIS_GUILD_SPEEDUP" not in page


def test_a_variable_that_nothing_reads_is_found() -> None:
    environ = {"WSIS_GUILD_OPEN": "no", "WSIS_LIMIT_GUILD": "1/day", "WSIS_GUILD_OPNE": "no", "PATH": "/bin"}
    assert settings_page.unread(environ, [GUILD]) == ["WSIS_GUILD_OPNE"]


def test_it_is_logged_in_production_alone(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("WSIS_MISSPELT", "1")
    settings_page.log_unread(Suite())
    assert caplog.records == []
    with caplog.at_level(logging.WARNING):
        settings_page.log_unread(Suite(profile=PRODUCTION))
    assert [vars(record)["settings"] for record in caplog.records].pop().count("WSIS_MISSPELT") == 1
