"""Officers take a category out of an edition in which projects came in."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess

SUBMISSION, NOMINATION = datetime(2017, 1, 10, tzinfo=UTC), datetime(2017, 3, 1, tzinfo=UTC)
OFFICER, OWNER = actor("officer"), actor()


@pytest.fixture
def prizes(database: Any, edition: dict[str, Any]) -> InProcess:
    made = InProcess("prizes", database("prizes"), {"accounts": {"profiles": lambda role=None, ids=None: []}})
    made.restore({})
    made.db["editions"].insert_one({**edition, "version": 1})
    return made


def test_no_project_of_a_category_that_is_taken_out_is_nominated(prizes: InProcess, form: Any) -> None:
    """Its nominees would be in no list of voters, and in each of their ballots: nobody could complete one."""
    write = partial(prizes.call, "create_project", OWNER, at=SUBMISSION, edition="2017")
    gone, stays = (write(body=form(title=code, category=code, submit=True))["id"] for code in ("C5", "C6"))
    draft = write(body=form(title="A draft", organization="Another", category="C5"))["id"]
    act = partial(prizes.call, edition="2017", at=NOMINATION)
    fix = partial(act, "fix_nominations", OFFICER)
    fix(body={"nominate": [gone, stays], "not_nominated": []})
    left = [code for code in act("read_edition")["categories"] if code != "C5"]
    act("change_settings", OFFICER, body={"categories": left, "reason": "Too few"})
    with refused("prizes.list_incomplete", categories="C5"):
        act("publish_nominees", OFFICER)
    with refused("prizes.not_of_the_list"):
        fix(body={"nominate": [gone, stays], "not_nominated": []})
    with refused("prizes.project_incomplete") as refusal:
        prizes.call("submit_project", OWNER, at=SUBMISSION, project=draft)
    assert list(refusal.value.fields) == ["category"]
    fix(body={"nominate": [stays], "not_nominated": []})
    act("publish_nominees", OFFICER)
    prizes.run("publish_list")
    assert [row["project"] for row in act("contest")["nominees"]] == [stays]
    assert prizes.call("read_project", OWNER, at=NOMINATION, project=gone)["outcome"]["code"] == "not_selected"
