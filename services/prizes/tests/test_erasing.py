"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from typing import Any

from wsis_testkit import actor, canaries

LEAVER, ADDRESS, NAME = "leaver-account", "canary@gone.example", "Canaria Testperson"
WORDS = (LEAVER, ADDRESS, NAME)


def test_a_person_is_in_no_collection_any_more(contest: Any, form: Any, amqp_client: Any) -> None:
    leaver, contact = actor(id=LEAVER), {"contact_name": NAME, "contact_email": ADDRESS.upper()}
    contest.call("create_project", leaver, edition="2017", body={"title": "A draft", **contact})
    own = contest.submit(leaver, form(organization="Leavers", country="PW", **contact))
    contest.submit(actor(), form(organization="Colleagues", country="FJ", **contact))
    assert canaries.to_go("prizes") - canaries.found("prizes", WORDS).keys() == set()
    canaries.erase(amqp_client, "prizes", account=LEAVER, address=ADDRESS, drafts={"projects": 1})
    assert canaries.found("prizes", WORDS).keys() - canaries.may_stay("prizes") == set()
    shown = contest.call("read_project", contest.officer, project=own["id"])
    assert (shown["organization"], shown["contact_name"]) == ("Leavers", None)
