"""What a review takes."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from wsis_prizes.jury import schemas as jury


@pytest.mark.parametrize("score", [0, 6, "5", 3.5, True, None])
def test_scores_are_whole_numbers_from_1_to_5(score: Any) -> None:
    with pytest.raises(ValidationError):
        jury.ReviewBody().load({"scores": {"sustainability": score}})
