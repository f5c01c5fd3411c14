"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.erasure import sealed
from wsis_testkit import actor, canaries

LEAVER, ADDRESS, NAME = "leaver-account", "canary@gone.example", "Canaria Testperson"
LEAVER, ADDRESS, NAME = "leaver-account", "canary@gone.example", "Canaria Testperson"
LEAVER, ADDRESS, NAME = "leaver-account", "canary@gone.example", "Canaria Testperson"
WORDS = (LEAVER, ADDRESS, NAME)


def test_a_person_is_in_no_collection_any_more(contest: Any, form: Any, amqp_client: Any) -> None:
    leaver, contact = actor(id=LEAVER), {"contact_name": NAME, "contact_email": ADDRESS.upper()}
    contest.call("create_project", leaver, edition="2017", body={"title": "A draft", **contact})
    second = contest.call("create_project", leaver, edition="2017", body={"title": "Taken back", **contact})["id"]
    contest.call("withdraw_project", leaver, project=second, body={"reason": "Not ours"})
    own = contest.submit(leaver, form(organization="Leavers", country="PW", **contact))
    contest.submit(actor(), form(organization="Colleagues", country="FJ", **contact))
    assert canaries.to_go("prizes") - canaries.found("prizes", WORDS).keys() == set()
    canaries.erase(amqp_client, "prizes", account=LEAVER, address=ADDRESS, drafts={"projects": 2})
    assert canaries.found("prizes", WORDS).keys() - canaries.may_stay("prizes") == set()
    shown = contest.call("read_project", contest.officer, project=own["id"])
    assert (shown["organization"], shown["contact_name"]) == ("Leavers", None)


def test_erasure_forgets_the_person_and_keeps_the_project(
    contest: Any, form: Any, amqp_client: Any, database: Any
) -> None:
    from wsis_testkit import publish, wait_for

    who, email = actor(), "gone@forgetters.example"
    one = contest.submit(who, form(organization="Forgetters", country="PW", contact_email=email))
    body = {"question": "Which year?", "until": "2017-03-08T00:00:00Z"}
    asked = contest.call("request_clarification", contest.officer, at="nomination", project=one["id"], body=body)
    assert (asked["clarification"]["question"], asked["contact_email"]) == ("Which year?", email)
    kept = database("prizes")["idempotency"]
    assert email in str(list(kept.find()))
    contest.call("create_project", who, edition="2017", body={"title": "A draft"})
    publish(amqp_client, "accounts", "account_erased", {"account": who.id})
    wait_for(lambda: contest.call("list_my_projects", who)["items"] == [], what="the projects to lose their owner")
    shown = contest.call("read_project", contest.officer, project=one["id"])
    assert (shown["organization"], shown["contact_email"], shown["contact_name"]) == ("Forgetters", None, None)
    assert email not in str(list(kept.find())), "nor do the responses have it that were kept for repeats of officers"


def test_a_late_erasure_spares_what_the_same_person_made_since(
    contest: Any, form: Any, amqp_client: Any, database: Any
) -> None:
    from wsis_testkit import publish, wait_for

    who, projects, erased_at = actor(), database("prizes")["projects"], clock.now()
    contest.call("create_project", who, edition="2017", body={"title": "From before"})
    contest.call("create_project", who, edition="2017", body={"title": "Made since"})
    since = projects.find_one({"owner": who.id, "title": "Made since"})["_id"]
    project = contest.submit(who, form(organization="Returners", country="PW", contact_email="back@ngo.example"))["id"]
    new = {"$set": {"created_at": erased_at + timedelta(minutes=1)}}
    projects.update_many({"_id": {"$in": [since, project]}}, new)
    publish(amqp_client, "accounts", "account_erased", {"account": who.id}, time=erased_at)
    wait_for(lambda: projects.find_one({"title": "From before"}) is None, what="the erasure")
    assert {row["_id"] for row in projects.find({"owner": who.id})} == {since, project}
    assert projects.find_one({"_id": project})["contact_email"] == "back@ngo.example"


def test_an_erased_address_is_no_contact_of_others_projects(
    contest: Any, form: Any, amqp_client: Any, database: Any
) -> None:
    from wsis_testkit import publish, wait_for

    sent = form(organization="Colleagues", country="PW", contact_email="Asked@ngo.example", contact_name="Asked")
    project = contest.submit(actor(), sent)["id"]
    publish(amqp_client, "accounts", "address_erased", {"address": sealed("asked@ngo.example")})
    stored = database("prizes")["projects"]
    wait_for(lambda: "contact_email" not in stored.find_one({"_id": project}), what="the erasure")
    assert "contact_name" not in stored.find_one({"_id": project})
