"""What is kept of attempts."""

from __future__ import annotations

from typing import Any

from wsis_agencies.deliveries.rules.attempts import merged


def attempt(sequence: int, subscription: str = "a", **other: Any) -> dict[str, Any]:
    return {
        "_id": f"{subscription}{sequence}",
        "subscription": subscription,
        "at": sequence,
        "kind": "event",
        "event": f"e{sequence}",
        "sequence": sequence,
        "tries": 1,
        "status": 204,
        "seconds": 0.1,
        "error": None,
        **other,
    }


def test_events_taken_at_once_become_one_row_of_the_newest() -> None:
    given = [attempt(1), attempt(3, seconds=0.3), attempt(2), attempt(1, "b"), attempt(4, status=200)]
    before = [dict(one) for one in given]
    first, other, status = merged(given)
    assert first == {**attempt(3), "_id": "a1", "seconds": 0.3, "count": 3}
    assert other == {**attempt(1, "b"), "count": 1}
    assert status == {**attempt(4, status=200), "count": 1}
    assert given == before  # a flush that failed merges them again


def test_events_that_a_queue_took_at_once_become_one_row() -> None:
    given = [
        attempt(2, status=None, count=2),
        attempt(1, status=None, count=3),
        attempt(3, status=None, error="queue_full"),
    ]
    assert [(one["sequence"], one["count"], one["error"]) for one in merged(given)] == [
        (2, 5, None),
        (3, 1, "queue_full"),
    ]


def test_whatever_tells_something_keeps_its_row() -> None:
    given = [
        attempt(1, status=503),
        attempt(2, status=503),
        attempt(1, tries=2),
        attempt(2, tries=2),
        attempt(3, status=None, error="timeout"),
        attempt(4, status=None, error="timeout"),
        attempt(5, kind="test"),
        attempt(6, kind="test"),
    ]
    assert merged(given) == [{**one, "count": 1} for one in given]
