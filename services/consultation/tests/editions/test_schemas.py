from __future__ import annotations

from typing import Any

from wsis_consultation.editions import schemas


def test_phase_has_its_moments_in_utc(edition: dict[str, Any]) -> None:
    phase = {**edition["phases"][3], "title": "Deadline", "state": "upcoming"}
    assert schemas.Phase().dump(phase)["end"] == "2017-02-20T22:00:00Z"
