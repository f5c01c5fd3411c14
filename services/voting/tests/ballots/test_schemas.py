from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from wsis_voting.ballots import errors, schemas
from wsis_voting.turnout import schemas as turnout


def errors_of(schema: Any, **body: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as error:
        schema().load(body)
    return dict(error.value.normalized_messages())


def test_a_vote_names_a_category_and_a_project() -> None:
    body = {"category": "C7.e-health", "project": "3f2a"}
    assert schemas.Vote().load(body) == body
    assert errors_of(schemas.Vote, project="3f2a", voter="me").keys() == {"category", "voter"}
    assert "C7 is a group" in errors_of(schemas.Vote, category="C7", project="3f2a")["category"][0]
    assert errors_of(schemas.Vote, category="C1", project={"$ne": 1}).keys() == {"project"}


def test_a_ballot_has_one_vote_for_each_category() -> None:
    votes = [{"category": "C1", "project": "a"}, {"category": "C1", "project": "b"}]
    assert "C1" in errors_of(schemas.WholeBallot, votes=votes)["votes"][0]
    assert errors_of(schemas.WholeBallot, votes=[]).keys() == {"votes"}
    assert len(schemas.WholeBallot().load({"votes": votes[:1]})["votes"]) == 1


def test_answers_let_nothing_else_out() -> None:
    told = {"edition": "2017", "votes": 3, "started": 1, "complete": 0, "hours": [], "countries": [], "projects": ["x"]}
    assert "projects" not in turnout.Turnout().dump(told)


def test_a_noted_code_is_the_same_error_again() -> None:
    for code in (
        "voting.account_not_confirmed",
        "voting.not_open",
        "voting.closed",
        "voting.category_unknown",
        "voting.nominee_unknown",
        "voting.nominee_disqualified",
        "voting.category_already_voted",
        "voting.edition_unknown",
        "voting.contest_not_loaded",
    ):
        assert errors.refusal(code, edition="2017", category="C1").code == code
