"""Which requests are traced, and what is recorded of a block."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import spans, tracing
from wsis_shared.errors import Conflict

PARENT = tracing.child(None, sampled=True)
OWN = tracing.child(PARENT)
UNSAMPLED = tracing.child(PARENT, sampled=False)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    monkeypatch.setattr(spans, "_export", lambda *row: rows.append(row))
    return rows


def test_nobody_else_decides_what_is_traced() -> None:
    assert not tracing.is_sampled(spans.decide(PARENT)), "this process records nothing"


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(("share", "sampled"), [(0.0, False), (1.0, True)])
def test_so_many_requests_are_traced(monkeypatch: pytest.MonkeyPatch, share: float, *, sampled: bool) -> None:
    monkeypatch.setattr(spans, "_share", share)
    assert tracing.is_sampled(spans.decide(UNSAMPLED)) is tracing.is_sampled(spans.decide(None)) is sampled


def test_a_block_is_recorded_with_what_it_took_and_how_it_ended(recorded: list[tuple[Any, ...]]) -> None:
    with spans.span("read", "SERVER", OWN, PARENT):
        pass
    for error in (Conflict("test.taken"), KeyError("x")):
        with pytest.raises(type(error)), spans.span("write", "CLIENT", OWN, PARENT, [UNSAMPLED]):
            raise error
    assert [
        (name, kind, own, parent, error, [*linked]) for name, kind, own, parent, _, error, linked, _ in recorded
    ] == [
        ("read", "SERVER", OWN, PARENT, "", []),
        ("write", "CLIENT", OWN, PARENT, "test.taken", [UNSAMPLED]),
        ("write", "CLIENT", OWN, PARENT, "KeyError", [UNSAMPLED]),
    ]
    assert all(0 <= ended - began < 60e9 for *_, (began, ended), _, _, _ in recorded)


def test_nothing_is_recorded_of_what_is_not_traced(recorded: list[tuple[Any, ...]]) -> None:
    with spans.span("read", "SERVER", UNSAMPLED, PARENT):
        pass
    assert recorded == []
    assert (spans.is_recorded(OWN), spans.is_recorded(UNSAMPLED), spans.is_recorded("made up")) == (True, False, False)
