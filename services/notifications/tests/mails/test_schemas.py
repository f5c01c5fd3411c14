"""What comes in and what goes out."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from wsis_notifications.campaigns import schemas as campaigns
from wsis_notifications.mails import schemas


def test_a_state_that_does_not_exist_is_not_looked_for() -> None:
    for query, state in ((campaigns.CampaignQuery(), "sent"), (campaigns.CampaignDeliveryQuery(), "unknwon")):
        with pytest.raises(ValidationError):
            query.load({"state": state})


def test_query_of_deliveries() -> None:
    loaded = schemas.DeliveryQuery().load({"state": "unknown", "account": "3f2a", "limit": "5"})
    assert loaded == {"state": "unknown", "account": "3f2a", "event": None, "limit": 5, "after": None}


@pytest.mark.parametrize(
    "query",
    [
        {"state": "lost"},
        {"account": "a b"},
        {"event": {"$ne": ""}},
        {"email": "a@b.example"},
        {"limit": "101"},
        {"account": "x" * 65},
    ],
)
def test_odd_queries_are_refused(query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        schemas.DeliveryQuery().load(query)


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "ok\x00ok"}, {"reason": "fine", "state": "sent"}])
def test_a_retry_needs_its_reason_and_nothing_else(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        schemas.Retry().load(body)


def test_no_address_leaves_with_a_delivery() -> None:
    row = {"id": "d1", "email": "ama@people.example", "contact": {"email": "ama@people.example"}, "state": "sent"}
    assert "ama@people.example" not in str(schemas.Delivery().dump(row))
