"""Jobs and the officer who began them."""

from __future__ import annotations

from typing import Any

from wsis_shared import clock
from wsis_testkit import actor, publish, wait_for
from wsis_testkit.waiting_jobs import waiting_jobs


def test_the_list_is_published_although_its_officer_has_gone(
    contest: Any, form: Any, amqp_client: Any, database: Any, environment: dict[str, str]
) -> None:
    """All nominees hear of it together or nobody does: this job is not cancelled."""
    made = contest.submit(actor(), form())["id"]
    body = {"nominate": [made], "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    jobs, inbox = database("prizes")["jobs"], database("prizes")["inbox"]
    with waiting_jobs(environment["WSIS_AMQP_URI"], "prizes"):
        job = contest.call("publish_nominees", contest.officer, at="nomination", edition="2017")["id"]
        event = publish(amqp_client, "accounts", "power_changed", {"account": contest.officer.id, "roles": []})
        wait_for(lambda: inbox.find_one({"_id": f"on_power_changed|{event}"}), 15, "the event")
    jobs.update_one({"_id": job}, {"$set": {"due_at": clock.now()}})  # it gets another message
    wait_for(lambda: jobs.find_one({"_id": job})["state"] == "succeeded", 30, "the list")
    listed = contest.call("list_nominees", edition="2017", limit=100)["items"]
    assert [row["project"] for row in listed] == [made]
