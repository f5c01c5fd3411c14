"""What moves a phase."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from wsis_prizes.dates import schemas as dates


def test_a_phase_needs_a_date_and_a_reason() -> None:
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"reason": "No date"})
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"end": "2017-04-30T21:00:00Z"})
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"end": "2017-04-30 23:00", "reason": "No offset"})
