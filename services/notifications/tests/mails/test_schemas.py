"""What comes in and what goes out."""

from __future__ import annotations

from wsis_notifications.mails import schemas


def test_query_of_deliveries() -> None:
    loaded = schemas.DeliveryQuery().load({"state": "unknown", "account": "3f2a", "limit": "5"})
    assert loaded == {"state": "unknown", "account": "3f2a", "event": None, "limit": 5, "after": None}


def test_no_address_leaves_with_a_delivery() -> None:
    row = {"id": "d1", "email": "ama@people.example", "contact": {"email": "ama@people.example"}, "state": "sent"}
    assert "ama@people.example" not in str(schemas.Delivery().dump(row))
