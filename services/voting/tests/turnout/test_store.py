"""How many accounts of an hour, a domain, a country: over a real store, without a process."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.mongo import in_transaction

from wsis_voting.turnout.store import Registrations


@pytest.fixture
def counts(database: Any) -> Registrations:
    made = Registrations(database("voting"))
    made.collection("registered").delete_many({})
    return made


def test_an_account_is_counted_where_it_is_now(counts: Registrations) -> None:
    for before, after in ((None, "a.example"), (None, "a.example"), ("a.example", "b.example"), ("b.example",) * 2):
        in_transaction(lambda before=before, after=after: counts.change("domain", before, after))
    assert shown(counts) == {"domain": {"a.example": 1, "b.example": 1}, "hour": {}, "country": {}}
    in_transaction(lambda: counts.change("domain", "a.example", None))
    assert [row["of"] for row in counts.collection("registered").find()] == ["b.example"], "nobody has the other"


def shown(counts: Registrations) -> dict[str, Any]:
    """What is counted by hour, domain and country."""
    seen: list[Any] = []
    counts.show(lambda *made: seen.append(made) or {"_id": "accounts"})
    return dict(zip(("hour", "domain", "country"), seen[0], strict=False))
