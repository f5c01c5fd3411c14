from __future__ import annotations

from typing import Any


def test_the_service_is_there_with_its_store(stocktaking: Any) -> None:
    assert stocktaking.call("health")["service"] == "stocktaking"
