"""What comes in."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from wsis_agencies.event_subscriptions import schemas


@pytest.mark.parametrize(
    "start", [{"after": 1, "since": "2017-05-02T09:00:00Z"}, {"after": -1}, {"after": "1"}, {"since": "today"}]
)
def test_a_start_is_a_number_or_a_moment(start: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        schemas.Start().load(start)


def test_a_filter_that_is_not_given_passes_everything() -> None:
    loaded = schemas.EventSubscriptionBody().load({"name": "Register", "url": "https://hooks.example"})
    assert set(map(tuple, loaded["filters"].values())) == {()}
    assert (loaded["channel"], loaded["start"]) == ("webhook", {"after": None, "since": None})
