"""An erasure takes a person from everything that the consultation stores, and spares what they made since."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from wsis_shared import clock
from wsis_shared.blobs import store as blobs
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import NotFound
from wsis_testkit import actor, canaries, wait_for

from wsis_consultation.own_programme.store import OwnProgrammes

ADDRESS, NAME = "Canary@Gone.example", "Canaria Testperson"
WORDS = (ADDRESS, NAME, "leaver-account", "Canary_CV", "Canary-Properties")
LEAVER, OTHER = actor("member", "coordinator", id="leaver-account"), actor("member", id="stays")
SELF = {"name": NAME, "email": ADDRESS.lower(), "organization": "Health for All", "country": "KE"}
MEETING = {"mode": "remote", "time_zone": "Africa/Kigali", "public_name": True}


def address_of(account: str) -> str:
    return ADDRESS if account == LEAVER.id else f"{account}@ngo.example"


class Meanwhile:
    """`work`, once set, is done while somebody waits for addresses: once."""

    work: Callable[[], None] | None = None

    def __call__(self) -> None:
        work, self.work = self.work, None
        if work is not None:
            work()


@pytest.fixture(scope="module", autouse=True)
def meanwhile(fake_service: Any) -> Meanwhile:
    names, made = {LEAVER.id: NAME}, Meanwhile()

    def contacts(ids: list[str]) -> list[dict[str, Any]]:
        made()
        return [
            {"account": id, "email": address_of(id), "names": names.get(id, id.title()), "locale": "en"} for id in ids
        ]

    fake_service(
        "accounts",
        contacts=contacts,
        profile=lambda account: {
            "account": account,
            "names": names.get(account, account.title()),
            "organization": "Health for All",
            "country": "RW",
            "stakeholder_type": "civil_society",
            "blocked": False,
        },
    )
    return made


class Person:
    """What a person does in the consultation."""

    def __init__(self, consultation: Any, make_answers: Any, database: Any) -> None:
        self.consultation, self.answers, self.db = consultation, make_answers, database("consultation")
        self.officer = consultation.officer

    def __call__(self, method: str, who: Any = LEAVER, **arguments: Any) -> Any:
        return self.consultation.call(method, who, edition="2017", **arguments)

    def draft(self, *, at: str | datetime = "open") -> str:
        body = {"answers": {"full_name": NAME}, "email": None, "language": "en"}
        return str(self("create_draft", body=body, at=at)["draft"])

    def submit(self, who: Any = LEAVER, *, at: str | datetime = "open", **answers: Any) -> str:
        name = NAME if who is LEAVER else "Somebody Else"
        request = {**self.answers()["requests"][0], "speakers": [SELF, {"name": "Li Na", "email": "li@uni.example"}]}
        full = self.answers(email=None, full_name=name, requests=[request], **answers)
        body = {"draft": None, "key": None, "answers": full, "language": "en"}
        return str(self("submit", who, body=body, at=at)["id"])

    def submit_by_link(self) -> str:
        """A submission of somebody without an account, which is withdrawn."""
        body = {"answers": self.answers(email=ADDRESS, full_name=NAME), "email": ADDRESS, "language": "en"}
        draft = self("create_draft", ANONYMOUS, body=body)["draft"]
        key = self.consultation.link_key(draft)
        sent = {"draft": draft, "key": key, "answers": None, "language": "en"}
        id = str(self("submit", ANONYMOUS, body=sent)["id"])
        self("withdraw_submission", ANONYMOUS, submission=id, body={"key": key, "reason": None})
        return id

    def endorse(self, submission: str) -> None:
        """A submission of somebody else's, which is public."""
        receipt = self("change_consent", OTHER, submission=submission, body={"key": None, "public": True})["receipt"]
        self("endorse_contribution", receipt=receipt, body={"for_organization": False})

    def attach(self, submission: str) -> str:
        pdf, out = pikepdf.Pdf.new(), io.BytesIO()
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = "Canary-Properties"
        pdf.save(out)
        upload = blobs.of("consultation").put([out.getvalue()], owner="x", filename="Canary_CV.pdf").reference()
        made = self("attach_to_submission", submission=submission, upload=upload, body={"key": None})
        return str(made["id"])

    def nominate(self, who: Any, **more: Any) -> str:
        body = {
            "mechanism": "plenary",
            "constituency": "civil_society",
            "full_name": "Li Na",
            "organization": "NGO",
            "country": "RW",
            "gender": "female",
            "bio": "Years of work.",
            "language": "en",
            "locale": "en",
            "email": "li@uni.example",
            "endorsement": "Known to all.",
            **more,
        }
        return str(self("nominate", who, body=body, at=datetime(2016, 11, 1, tzinfo=UTC))["id"])

    def discussion(self, community: str) -> str:
        titles = {"en": community.title()}
        body = {"code": community, "title": titles, "description": titles, "order": 1}
        self("create_community", self.officer, body=body)
        text = {"community": community, "language": "en", "title": "The young", "text": "Your ideas?"}
        return str(self("open_discussion", self.officer, body=text)["id"])

    def comment(self) -> None:
        discussion = self.discussion("youth")
        number = self("post_comment", discussion=discussion, body={"text": "First", "parent": None})["number"]
        self("edit_comment", discussion=discussion, number=str(number), body={"text": "Second"})
        other = self("post_comment", OTHER, discussion=discussion, body={"text": "Hm", "parent": None})["number"]
        self("report_comment", discussion=discussion, number=str(other), body={"reason": "spam", "note": NAME})
        self("follow_discussion", discussion=discussion, body={"mode": "daily"})
        at = clock.now() - timedelta(days=1)
        self.db["reply_preferences"].insert_one({"_id": LEAVER.id, "enabled": True, "at": at})
        self.db["reply_mails"].insert_one({"_id": "mail", "account": LEAVER.id, "at": at})
        held = {"account": LEAVER.id, "text": NAME, "at": at, "expires_at": at + timedelta(days=9)}
        self.db["held_replies"].insert_one({"_id": "held", **held})

    def meet(self, meeting: str) -> None:
        body = {
            **MEETING,
            "full_name": NAME,
            "email": ADDRESS,
            "locale": "en",
            "organization": None,
            "country": "RW",
            "stakeholder_type": None,
        }
        self("register_participant", self.officer, meeting=meeting, body=body, at="meetings")


@pytest.fixture(scope="module")
def person(consultation: Any, make_answers: Any, database: Any) -> Person:
    return Person(consultation, make_answers, database)


def erase(amqp_client: Any, at: datetime | None = None) -> None:
    canaries.erase(amqp_client, "consultation", account=str(LEAVER.id), address=ADDRESS, time=at)


def test_a_person_is_in_no_collection_and_no_file_any_more(person: Person, new_meeting: Any, amqp_client: Any) -> None:
    person.draft()
    own, anonymous, others = person.submit(), person.submit_by_link(), person.submit(OTHER)
    person.attach(own)
    person.endorse(others)
    published = person.attach(person.submit())
    person("publish_attachment", person.officer, attachment=published, body={"published": True, "reason": "Asked"})
    requests = [{"submission": id, "request": f"{id}.1"} for id in (own, others)]
    made = person("make_sessions", person.officer, body={"requests": requests, "merge": True, "into": None})
    mechanism = {
        "name": "Plenary",
        "constituencies": ["civil_society"],
        "reason": "Asked",
        "coordinators": [LEAVER.id, OTHER.id],
    }
    person("set_mechanism", person.officer, mechanism="plenary", body=mechanism)
    person.nominate(LEAVER)
    person.nominate(OTHER, full_name=NAME, email=ADDRESS, endorsement=f"{NAME} is known.")
    person.comment()
    person.meet(new_meeting())
    person.db["community_follows"].insert_one({"_id": "youth", "account": LEAVER.id, "at": clock.now()})
    person.db["waiting_comments"].insert_one({"_id": "w", "author": LEAVER.id, "text": NAME, "posted_at": clock.now()})
    person.db["assignments"].insert_one({"_id": "chair", "account": LEAVER.id, "at": clock.now()})
    OwnProgrammes(person.db).add("2017", str(LEAVER.id), made["made"], datetime(2017, 4, 1, tzinfo=UTC))
    before = canaries.found("consultation", WORDS)
    assert canaries.to_go("consultation") - before.keys() == set(), "where no canary was planted"
    assert "files" in before

    erase(amqp_client)
    after = canaries.found("consultation", WORDS)
    published_file = {"files": {"Canary-Properties"}}  # a published attachment stays as it was published
    assert {name: its for name, its in after.items() if name not in canaries.may_stay("consultation")} == published_file
    session = person("read_session", person.officer, session=made["made"][0])
    # Nobody answers any more for whom the person named; the other organizer does for the same speaker.
    assert [row["email"] for row in session["speakers"]] == [None, "li@uni.example"]
    kept = person("read_submission", person.officer, submission=others)["answers"]["requests"][0]["speakers"]
    assert [row["email"] for row in kept] == ["li@uni.example"]
    with pytest.raises(NotFound):
        person.consultation.link_key(anonymous)


def test_a_late_erasure_spares_what_was_made_since(person: Person, new_meeting: Any, amqp_client: Any) -> None:
    erased_at = clock.now()
    back = erased_at + timedelta(hours=1)
    meeting = new_meeting(start="2116-10-12T14:30:00Z", end="2116-10-12T16:00:00Z")
    draft, submission = person.draft(), person.submit()
    person("register_for_meeting", meeting=meeting, body=MEETING, at="meetings")
    person.db["drafts"].update_one({"_id": draft}, {"$set": {"created_at": back}})
    person.db["submissions"].update_one({"_id": submission}, {"$set": {"received_at": back}})
    person.db["participants"].update_one({"account": LEAVER.id}, {"$set": {"entered_at": back}})
    person.db["contacts"].update_many({"account": LEAVER.id}, {"$set": {"added_at": back}})
    person.db["follows"].insert_one({"_id": "new", "account": LEAVER.id, "at": back, "mode": "daily"})
    requests = [{"submission": submission, "request": f"{submission}.1"}]
    made = person("make_sessions", person.officer, body={"requests": requests, "merge": False, "into": None})["made"]
    old = person.draft()
    names = ("submissions", "sessions", "participants", "contacts", "follows")

    def stored() -> dict[str, list[Any]]:
        return {name: list(person.db[name].find()) for name in names}

    before = stored()
    erase(amqp_client, erased_at)
    assert person.db["drafts"].find_one({"_id": old}) is None
    assert person.db["drafts"].find_one({"_id": draft}) is not None
    assert stored() == before
    assert person.db["sessions"].find_one({"_id": made[0]})["accounts"] == [LEAVER.id]


@pytest.mark.parametrize("later", [False, True], ids=["handled meanwhile", "handled later"])
def test_who_is_erased_while_their_comment_is_handled_leaves_no_contact(
    later: bool, person: Person, meanwhile: Meanwhile, amqp_client: Any
) -> None:
    commenter, moments = actor("member", id=f"commenter-{later}"), list[datetime]()
    contacts, inbox = person.db["contacts"], person.db["inbox"]

    def erase_then() -> None:
        canaries.erase(amqp_client, "consultation", account=str(commenter.id), time=moments[0])

    def work() -> None:
        moments.append(clock.now())
        if not later:
            erase_then()

    discussion = person.discussion(f"c{int(later)}")
    handled = inbox.count_documents({"_id": {"$regex": "^remember_commenter"}})
    meanwhile.work = work
    person("post_comment", commenter, discussion=discussion, body={"text": "Me too", "parent": None})
    wait_for(lambda: inbox.count_documents({"_id": {"$regex": "^remember_commenter"}}) > handled, what="the comment")
    if later:
        assert contacts.count_documents({"account": commenter.id}) == 1
        erase_then()
    assert contacts.count_documents({"account": commenter.id}) == 0
