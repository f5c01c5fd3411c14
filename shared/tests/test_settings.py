"""Settings are read from the environment, once for each class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Madeup(settings.Settings):
    madeup_size: int = setting(3, "A number")


@dataclass(frozen=True)
class Other(settings.Settings):
    madeup_size: int = setting(5, "The same variable, another default")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    settings.Settings.forget_current()
    yield
    settings.Settings.forget_current()


def test_current_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Madeup.current()
    monkeypatch.setenv("WSIS_MADEUP_SIZE", "7")
    assert Madeup.current() is first
    assert first.madeup_size == 3
    assert Madeup.load().madeup_size == 7


def test_forgotten_settings_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    Madeup.current()
    monkeypatch.setenv("WSIS_MADEUP_SIZE", "7")
    Madeup.forget_current()
    assert Madeup.current().madeup_size == 7


def test_each_class_has_its_own() -> None:
    assert isinstance(Madeup.current(), Madeup)
    assert (Madeup.current().madeup_size, Other.current().madeup_size) == (3, 5)


def test_a_value_that_cannot_be_read_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_MADEUP_SIZE", "many")
    with pytest.raises(settings.SettingError, match="WSIS_MADEUP_SIZE"):
        Madeup.current()
    monkeypatch.setenv("WSIS_MADEUP_SIZE", "7")
    assert Madeup.current().madeup_size == 7
