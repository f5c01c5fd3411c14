from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.plugin import Route

from wsis_consultation.editions import schemas
from wsis_consultation.plugin import plugin

OF_EDITION = [route for route in plugin.routes if route.cache and "consultation.edition_unknown" in route.error_codes]


@pytest.mark.parametrize("route", OF_EDITION, ids=lambda route: route.handler)
def test_what_the_gateway_keeps_of_an_edition_goes_with_it(route: Route) -> None:
    assert "consultation.edition_removed" in route.invalidated_by


def test_phase_has_its_moments_in_utc(edition: dict[str, Any]) -> None:
    phase = {**edition["phases"][3], "title": "Deadline", "state": "upcoming"}
    assert schemas.Phase().dump(phase)["end"] == "2017-02-20T22:00:00Z"
