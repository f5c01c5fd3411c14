"""A list of which one category alone was fixed."""

from __future__ import annotations

from typing import Any

from wsis_testkit import actor, refused


def test_a_list_is_published_once_every_project_is_nominated_or_left_out(contest: Any, form: Any) -> None:
    def ask(method: str, **more: Any) -> Any:
        return contest.call(method, contest.officer, at="nomination", edition="2017", **more)

    def missing() -> dict[str, int]:
        return {row["category"]: row["missing"] for row in ask("read_nominations")["categories"]}

    made = [contest.submit(actor(), form(category=code, organization=code))["id"] for code in ("C5", "C6")]
    ask("fix_category", category="C5", body={"nominate": made[:1], "reason": "The first to be decided"})
    assert missing() == {"C5": 0, "C6": 1}
    with refused("prizes.list_incomplete") as refusal:
        ask("publish_nominees")
    assert refusal.value.params["categories"] == "C6"
    assert {row["state"] for row in ask("list_projects")["items"]} == {"submitted"}
    ask("fix_category", category="C6", body={"nominate": [], "reason": "None of them"})
    assert missing() == {"C5": 0, "C6": 0}
    done = contest.run("publish_nominees", edition="2017")
    assert (done["nominated"], done["not_nominated"]) == (1, 1)
