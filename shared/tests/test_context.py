"""What remains of a call, from its caller to the one who answers, whatever their clocks say."""

from __future__ import annotations

import time
from typing import Any

import pytest
from wsis_shared.context import CLOCK_TOLERANCE, Context, from_headers, to_headers, with_timeout


def received(headers: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fast: float = 0.0) -> Context:
    """Where the clock is fast by so many seconds."""
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + fast)
        return from_headers(headers)


@pytest.mark.parametrize("fast", [0, 300, -300, -86400])
def test_the_time_that_remains_is_the_same_by_a_wrong_clock(monkeypatch: pytest.MonkeyPatch, fast: float) -> None:
    ctx = received(to_headers(with_timeout(Context(), 2.0)), monkeypatch, fast)
    assert not ctx.expired
    assert ctx.remaining(10) == pytest.approx(2.0, abs=0.2)


def test_a_copy_that_is_sent_again_much_later_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its signature is as good as it was, and names the moment."""
    headers = to_headers(with_timeout(Context(), 2.0))
    assert received(headers, monkeypatch, CLOCK_TOLERANCE + 3).expired


def test_no_time_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = to_headers(with_timeout(Context(), 0.0))
    assert headers["wsis-remaining"] == "0"
    assert received(headers, monkeypatch).remaining(10) == 0.0


def test_a_caller_of_a_former_version_names_its_deadline_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"wsis-deadline": f"{time.time() + 2:.3f}"}
    assert received(headers, monkeypatch).remaining(10) == pytest.approx(2.0, abs=0.2)
    assert received(headers, monkeypatch, fast=3).expired


def test_a_service_of_a_former_version_has_all_its_time() -> None:
    """It compares the header with its own clock, which may be wrong by some minutes."""
    headers = to_headers(with_timeout(Context(), 2.0))
    assert float(headers["wsis-deadline"]) - time.time() > CLOCK_TOLERANCE


def test_without_a_deadline_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = to_headers(Context())
    assert [name for name in headers if name in ("wsis-remaining", "wsis-deadline")] == []
    assert received(headers, monkeypatch).deadline is None
