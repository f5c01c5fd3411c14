from __future__ import annotations

from typing import Any

from wsis_testkit import refused

from wsis_consultation.editions import store
from wsis_consultation.editions.store import Editions


def test_edition_is_loaded_once(database: Any) -> None:
    db = database("consultation")
    assert "loaded" in store.seed(db)
    assert "is there" in store.seed(db)
    assert Editions(db).find("2017")["version"] == 1


def test_unknown_edition_is_not_found(database: Any) -> None:
    with refused("consultation.edition_unknown"):
        Editions(database("consultation")).find("1999")
