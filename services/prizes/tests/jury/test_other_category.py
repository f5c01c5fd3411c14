"""A submitter moves a project to another category while it is reviewed: what jurors said of it goes along."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess

AT = datetime(2017, 1, 10, tzinfo=UTC)
OFFICER, OWNER, READER, FRIEND = actor("officer"), actor(), actor("juror"), actor("officer", "juror")


@pytest.fixture
def prizes(database: Any, edition: dict[str, Any]) -> InProcess:
    jurors = [{"account": who.id, "names": "A Juror", "country": "CH"} for who in (READER, FRIEND)]
    made = InProcess("prizes", database("prizes"), {"accounts": {"profiles": lambda role=None, ids=None: jurors}})
    made.restore({})
    made.db["editions"].insert_one({**edition, "version": 1})
    return made


def test_conflicts_and_finished_reviews_follow_a_project_to_its_new_category(prizes: InProcess, form: Any) -> None:
    call = partial(prizes.call, at=AT)
    body = form(category="C5", submit=True)
    project = call("create_project", OWNER, edition="2017", body=body)["id"]
    call("assign_reviews", OFFICER, edition="2017", body={"jurors": [READER.id, FRIEND.id]})
    call("declare_conflict", FRIEND, project=project, body={"reason": "My sister works there"})
    scores = {row["code"]: 4 for row in call("read_form", edition="2017")["criteria"]}
    call("save_review", READER, project=project, body={"scores": scores, "done": True})
    call("change_project", OWNER, project=project, body={"category": "C6"})
    for category, found in (("C5", []), ("C6", [(project, 1, 4)])):
        rows = call("read_ranking", OFFICER, edition="2017", category=category)["items"]
        assert [(row["project"], row["done"], row["mean"]) for row in rows] == found
    with refused("prizes.interested"):
        call("decide_eligibility", FRIEND, project=project, body={"eligible": True, "reason": "Fine"})
