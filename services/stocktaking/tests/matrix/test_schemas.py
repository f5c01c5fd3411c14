from __future__ import annotations

from typing import Any

import pytest

from wsis_stocktaking.matrix.schemas import proposals

GOOD: dict[str, Any] = {"sdg": 2, "action": "add", "targets": ["2.3"], "rationale": {"en": "Farmers read prices."}}


def errors_of(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"line": "C7.e-agriculture", "justification": "Agreed in May", "changes": list(changes), **more}
    return proposals.ProposalBody().validate(body)


def test_a_complete_proposal_is_taken() -> None:
    assert errors_of(GOOD, {"sdg": 3, "action": "remove"}) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"targets": ["3.1"]}, "targets"),
        ({"targets": []}, "targets"),
        ({"rationale": None}, "rationale"),
        ({"rationale": {}}, "rationale"),
        ({"action": "remove"}, "action"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], field: str) -> None:
    assert list(errors_of({**GOOD, **changes})["changes"][0]) == [field]


def test_a_goal_occurs_once_and_a_line_is_known() -> None:
    assert list(errors_of(GOOD, {"sdg": 2, "action": "remove"})) == ["changes"]
    assert list(errors_of(GOOD, line="C7")) == ["line"]
    assert list(errors_of()) == ["changes"]
