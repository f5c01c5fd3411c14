"""A stranger, or a nominator, tries to fill a mailbox that is not theirs; counted over all routes together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import TooMany
from wsis_testkit import actor, refused, wait_for

IN_TIME = datetime(2016, 11, 20, 21, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("people")


def draft(email: str) -> dict[str, Any]:
    return {"email": email, "answers": {}, "language": None}


def save(consultation: Any, email: str, after: timedelta = timedelta()) -> str:
    """The id of a new draft of nobody known."""
    saved = consultation.call("create_draft", at=IN_TIME + after, edition="2017", body=draft(email))
    return str(saved["draft"])


def nomination(email: str) -> dict[str, Any]:
    return {
        "mechanism": "plenary",
        "constituency": "civil_society",
        "full_name": "Vic Tim",
        "organization": "NGO",
        "country": "RW",
        "gender": "female",
        "bio": "Twenty years of work.",
        "language": "en",
        "email": email,
        "locale": "fr",
        "endorsement": "Known to all of us.",
    }


@pytest.fixture
def coordinator(consultation: Any) -> Any:
    who = actor("coordinator")
    body = {"name": "Plenary", "constituencies": ["civil_society"], "coordinators": [who.id], "reason": "Checked"}
    consultation.call("set_mechanism", consultation.officer, edition="2017", mechanism="plenary", body=body)
    return who


def links_mailed(consultation: Any, ids: set[str], count: int) -> list[list[str]]:
    """The addresses in each mail with all links that these are among; waits for `count` mails."""

    def sent() -> list[dict[str, Any]]:
        return [event["data"] for event in consultation.published.of("links_requested") if event["subject"] in ids]

    wait_for(lambda: len(sent()) >= count, 15, "the mails with links")
    mails = [consultation.call("all_links_details", data=data) for data in sent()]
    return [[link["url"] for link in mail["links"]] for mail in mails]


def test_drafts_and_links_are_limited(consultation: Any) -> None:
    email = "victim@ngo.example"
    saved = {save(consultation, email) for _ in range(5)}
    with refused("consultation.too_many_links"):
        consultation.call("create_draft", at=IN_TIME, edition="2017", body=draft("Victim@NGO.example"))
    for _ in range(7):
        consultation.call("mail_draft_links", at=IN_TIME, edition="2017", body={"email": email})
    consultation.call("mail_draft_links", at=IN_TIME + timedelta(hours=1), edition="2017", body={"email": email})
    assert len(links_mailed(consultation, saved, 6)) == 6  # five, and one in the next hour


def test_strangers_keep_no_owner_from_the_links_to_what_they_sent(consultation: Any, make_answers: Any) -> None:
    """Strangers save as many drafts as they can for the address, hour by hour, and use up the mails asked for again."""
    email = "sender@ngo.example"
    own = save(consultation, email)
    key = consultation.link_key(own)
    body = {"draft": own, "key": key, "answers": make_answers(email=None), "language": None}
    consultation.call("submit", at=IN_TIME, edition="2017", body=body)
    strangers = {save(consultation, email, after=timedelta(hours=hour)) for hour in (1, 2) for _ in range(5)}
    for _ in range(6):  # the last one is the owner's
        consultation.call("mail_draft_links", at=IN_TIME + timedelta(hours=2), edition="2017", body={"email": email})
    for links in links_mailed(consultation, {own}, 5):
        assert links[0].endswith(f"#{own}.{key}")
        assert {link.partition("#")[2].partition(".")[0] for link in links[1:]} == strangers


def test_tags_of_a_mailbox_are_one_mailbox_and_keep_its_owner_in(consultation: Any) -> None:
    def create(email: str) -> bool:
        try:
            consultation.call("create_draft", at=IN_TIME, edition="2017", body=draft(email))
        except TooMany:
            return False
        return True

    assert sum(create(f"Tagged+{number}@ngo.example") for number in range(30)) == 5
    assert sum(create("tagged@ngo.example") for _ in range(6)) == 5
    assert create("tagged+1@other.example")


def test_links_to_drafts_of_tagged_spellings_share_the_limit(consultation: Any) -> None:
    emails = [f"links+{number}@ngo.example" for number in range(3)]
    saved = {save(consultation, email) for email in emails}
    for moment in (IN_TIME, IN_TIME + timedelta(hours=1)):
        for email in emails * 3:
            consultation.call("mail_draft_links", at=moment, edition="2017", body={"email": email})
    assert len(links_mailed(consultation, saved, 10)) == 10


def test_strangers_keep_no_candidate_from_being_nominated(consultation: Any, coordinator: Any) -> None:
    email = "candidate@ngo.example"
    for _ in range(5):
        consultation.call("create_draft", at=IN_TIME, edition="2017", body=draft(email))
    for _ in range(5):
        consultation.call("nominate", coordinator, at=IN_TIME, edition="2017", body=nomination(email))
    with refused("consultation.too_many_links"):
        consultation.call("nominate", coordinator, at=IN_TIME, edition="2017", body=nomination(email))


def test_strangers_keep_nobody_from_voiding_a_link_that_was_passed_on(consultation: Any) -> None:
    email = "owner@ngo.example"
    saved = [consultation.call("create_draft", at=IN_TIME, edition="2017", body=draft(email)) for _ in range(5)]
    key = consultation.link_key(saved[0]["draft"])
    body = {"document": saved[0]["draft"], "key": key}
    consultation.call("renew_draft_link", at=IN_TIME, edition="2017", body=body)
    with refused("consultation.draft_unknown"):
        consultation.call("open_draft", at=IN_TIME, edition="2017", draft=saved[0]["draft"], body={"key": key})


def test_removed_draft_still_counts(consultation: Any) -> None:
    email = "gone@ngo.example"
    for _ in range(5):
        saved = consultation.call("create_draft", edition="2017", body=draft(email))
        key = consultation.link_key(saved["draft"])
        consultation.call("remove_draft", edition="2017", draft=saved["draft"], body={"key": key})
    with refused("consultation.too_many_links"):
        consultation.call("create_draft", edition="2017", body=draft(email))


def test_requests_at_once_share_the_limit(consultation: Any) -> None:
    def create(_: int) -> bool:
        try:
            consultation.call("create_draft", edition="2017", body=draft("race@ngo.example"))
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(create, range(12))) == 5
