"""The process dies before each write and after each commit, and the request comes again under the same key; or another
replica does the same at the same time. What is stored then is what an undisturbed run stores: nothing is lost, nothing
is there twice."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from wsis_shared.keys import mailbox_secret
from wsis_shared.settings import Settings
from wsis_testkit import actor, make_context
from wsis_testkit.interruptions import InProcess, check_done_once

from wsis_consultation.discussions.rules import addresses
from wsis_consultation.discussions.rules.addresses import ReplyTarget
from wsis_consultation.discussions.use_cases.followers import DigestCases
from wsis_consultation.editions.store import seed
from wsis_consultation.meetings.use_cases.mails import ParticipantMailCases

from .reply_kit import DOMAIN, MTA, SETTINGS

ADA, BEA, CHI = (actor(id=uuid.uuid5(uuid.NAMESPACE_URL, name).hex) for name in ("ada", "bea", "chi"))
OFFICER = actor("officer", id=uuid.uuid5(uuid.NAMESPACE_URL, "officer").hex)
COORDINATOR = actor("coordinator", id=uuid.uuid5(uuid.NAMESPACE_URL, "coordinator").hex)
OPEN = datetime(2016, 12, 1, 12, tzinfo=UTC)
BEFORE = datetime(2016, 10, 11, 9, tzinfo=UTC)
NOMINATING = datetime(2016, 11, 15, tzinfo=UTC)
PLANNING = datetime(2017, 4, 1, 12, tzinfo=UTC)
EDITION = {"edition": "2017"}

Act = Callable[[], Any]


class Run:
    """Somebody's steps in an empty service; `key` numbers the requests, so that a repeat has the key of the first."""

    def __init__(self, service: InProcess, make_answers: Any) -> None:
        self.service, self.make_answers, self._keys = service, make_answers, 0

    def request(self, method: str, who: Any, at: datetime = OPEN, **arguments: Any) -> Act:
        self._keys += 1
        key = f"key-{self._keys}"
        return lambda: self.service.call(method, who, at=at, key=key, **{**EDITION, **arguments})

    def do(self, method: str, who: Any, at: datetime = OPEN, **arguments: Any) -> Any:
        return self.request(method, who, at, **arguments)()

    # -- what is there before ---------------------------------------------------------------------------------------

    def submission(self, who: Any = ADA) -> str:
        return str(self.do("submit", who, body=self.whole())["id"])

    def whole(self) -> dict[str, Any]:
        return {"draft": None, "key": None, "answers": self.make_answers(email=None), "language": "en"}

    def draft(self) -> str:
        body = {"email": None, "answers": self.make_answers(email=None), "language": "en"}
        return str(self.do("create_draft", ADA, body=body)["draft"])

    def blob(self, content: bytes, name: str) -> Any:
        return self.service.bus.blobs.put([content], owner="upload", filename=name)

    def discussion(self) -> str:
        body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 0}
        self.do("create_community", OFFICER, body=body)
        body = {"community": "youth", "language": "en", "title": "Skills", "text": "What next?"}
        return str(self.do("open_discussion", OFFICER, body=body)["id"])

    def meeting(self, capacity: int = 1) -> str:
        body = {
            "title": {"en": "Regional meeting"},
            "start": "2016-10-12T14:30:00Z",
            "end": "2016-10-12T16:00:00Z",
            "time_zone": "Europe/Zurich",
            "venue": "Room A",
            "remote": True,
            "reason": "Asked for",
            "capacity": capacity,
        }
        return str(self.do("open_meeting", OFFICER, BEFORE, body=body)["id"])

    def registering(self, meeting: str, who: Any, at: datetime = BEFORE) -> Act:
        body = {"mode": "on_site", "time_zone": "Africa/Kigali", "public_name": True}
        return self.request("register_for_meeting", who, at, meeting=meeting, body=body)

    def asking(self, meeting: str, who: Any) -> str:
        body = {"kind": "statement", "language": "en", "topic": "ICTs for all", "agenda_item": None}
        return str(self.do("request_floor", who, BEFORE, meeting=meeting, body=body)["id"])

    def candidate(self, name: str, mechanism: str) -> str:
        body = {"name": mechanism, "constituencies": ["civil_society"], "coordinators": [COORDINATOR.id], "reason": "-"}
        self.do("set_mechanism", OFFICER, NOMINATING, mechanism=mechanism, body=body)
        body = {
            "mechanism": mechanism,
            "constituency": "civil_society",
            "full_name": name,
            "organization": "Digital NGO",
            "country": "RW",
            "gender": "female",
            "bio": "Twenty years of work.",
            "language": "en",
            "email": f"{name.split()[0].lower()}@ngo.example",
            "locale": "fr",
            "endorsement": "Known to all of us.",
        }
        made = self.do("nominate", COORDINATOR, NOMINATING, body=body)
        events = self.service.outbox("nomination_received")
        return str(next(one["data"]["candidate"] for one in events if one["data"]["nomination"] == made["id"]))

    def session(self, who: Any = ADA) -> str:
        id = self.submission(who)
        body = {"requests": [{"submission": id, "request": f"{id}.1"}], "merge": False, "into": None}
        [session] = self.do("make_sessions", OFFICER, PLANNING, body=body)["made"]
        self.do("decide_session", OFFICER, PLANNING, session=session, body={"status": "accepted", "reason": None})
        return str(session)

    def agenda(self) -> int:
        body = {
            "rooms": [{"code": "A", "name": "Room A", "capacity": 500, "booths": 6, "equipment": [], "remote": True}],
            "slots": [{"date": "2017-06-12", "start": "09:00", "end": "10:30"}],
            "interpreters": {},
            "organizers_in_parallel": {},
            "turnaround": 10,
            "revision": 0,
        }
        return int(self.do("set_up_agenda", OFFICER, PLANNING, body=body)["revision"])

    def placing(self) -> Act:
        session, revision = self.session(), self.agenda()
        change = {"session": session, "room": "A", "start": "2017-06-12T07:00:00Z", "pinned": False}
        body = {"revision": revision, "changes": [change]}
        return self.request("place_sessions", OFFICER, PLANNING, body=body)


# -- what is interrupted ----------------------------------------------------------------------------------------------


def submit(run: Run) -> Act:
    run.submission(BEA)
    return run.request("submit", ADA, body=run.whole())


def submit_draft(run: Run) -> Act:
    """A draft becomes a submission: the draft goes, the receipt and the copy of the version come."""
    return run.request("submit", ADA, body={"draft": run.draft(), "key": None, "answers": None, "language": None})


def attach(run: Run) -> Act:
    """A file of a draft: inspected, kept, and named in the draft."""
    draft, content = run.draft(), io.BytesIO()
    Image.new("RGB", (6, 4)).save(content, "PNG")
    upload = run.blob(content.getvalue(), "input.png").reference()
    return run.request("attach_to_draft", ADA, draft=draft, upload=upload, body={"key": None})


def remove_orphans(run: Run) -> Act:
    """The file of a draft that was deleted: a timer lets it expire."""
    attach(run)()
    draft = str(run.service.db["drafts"].find_one()["_id"])
    run.do("remove_draft", ADA, draft=draft, body={"key": None})
    return run.service.service.remove_orphaned_attachments


def amend(run: Run) -> Act:
    answers = run.make_answers(email=None, sdgs=[3, 4])
    body = {"key": None, "answers": answers, "language": None, "base": 1}
    return run.request("amend_submission", ADA, submission=run.submission(), body=body)


def withdraw(run: Run) -> Act:
    body = {"key": None, "reason": "We merged it"}
    return run.request("withdraw_submission", ADA, submission=run.submission(), body=body)


def comment(run: Run) -> Act:
    discussion = run.discussion()
    run.do("follow_discussion", BEA, discussion=discussion, body={"mode": "immediate"})
    first = run.do("post_comment", BEA, discussion=discussion, body={"text": "First", "parent": None})
    return run.request("post_comment", ADA, discussion=discussion, body={"text": "I agree", "parent": first["number"]})


def notice(run: Run) -> Act:
    """The mail of a comment to those who follow at once."""
    comment(run)()
    event = next(one for one in run.service.outbox("comment_posted") if one["data"]["n"] == 2)
    return lambda: run.service.handle("mail_followers", event)


def digest(run: Run) -> Act:
    """The daily digest of all discussions, which a timer makes."""
    discussion = run.discussion()
    run.do("follow_discussion", BEA, discussion=discussion, body={"mode": "daily"})
    run.do("post_comment", ADA, discussion=discussion, body={"text": "First", "parent": None})
    next_day = make_context(received_at=OPEN + timedelta(days=1))
    return lambda: run.service.use_case(DigestCases).send_comment_digests(next_day)


def reply(run: Run) -> Act:
    """A reply by mail: one comment, and its raw text is gone."""
    discussion = run.discussion()
    run.do("set_reply_preference", ADA, body={"enabled": True})
    head = f"Authentication-Results: {MTA}; spf=pass smtp.mailfrom=ngo.example; dmarc=pass header.from=ngo.example"
    lines = (
        head,
        f"From: Ada <{ADA.id}@ngo.example>",
        "Subject: Re: Skills",
        "Message-ID: <1@ngo.example>",
        "",
        "I agree.",
        "",
    )
    blob = run.blob("\r\n".join(lines).encode(), "reply.eml")
    to = addresses.address_of(ReplyTarget(str(ADA.id), 0, discussion, 0), secret=mailbox_secret(), domain=DOMAIN)
    data = {"recipient": to, "sender": f"{ADA.id}@ngo.example", "blob": blob.id, "size": blob.size}
    event = {"id": "m" * 64, "time": "2016-12-01T12:00:00Z", "data": data}
    return lambda: run.service.handle("receive_reply", event)


def register(run: Run) -> Act:
    """The last place of a room."""
    return run.registering(run.meeting(), ADA)


def leave(run: Run) -> Act:
    """Somebody on the list of speakers leaves: who waits gets the place."""
    meeting = run.meeting()
    for turn, who in enumerate((ADA, BEA, CHI)):
        run.registering(meeting, who, BEFORE + timedelta(minutes=turn))()
    run.asking(meeting, ADA)
    return run.request("cancel_registration", ADA, BEFORE, meeting=meeting)


def give_floor(run: Run) -> Act:
    """Somebody gets the floor; whoever has it ends."""
    meeting = run.meeting(2)
    for who in (ADA, BEA):
        run.registering(meeting, who)()
    first, second = run.asking(meeting, ADA), run.asking(meeting, BEA)
    run.do("start_intervention", OFFICER, BEFORE, meeting=meeting, intervention=first)
    return run.request("start_intervention", OFFICER, BEFORE, meeting=meeting, intervention=second)


def end_floor(run: Run) -> Act:
    meeting = run.meeting()
    run.registering(meeting, ADA)()
    item = run.asking(meeting, ADA)
    run.do("start_intervention", OFFICER, BEFORE, meeting=meeting, intervention=item)
    return run.request("end_intervention", OFFICER, BEFORE, meeting=meeting, intervention=item)


def remind(run: Run) -> Act:
    """The reminders before a meeting, which a timer makes."""
    meeting = run.meeting(3)
    for who in (ADA, BEA):
        run.registering(meeting, who)()
    day_before = make_context(received_at=BEFORE + timedelta(hours=20))
    return lambda: run.service.use_case(ParticipantMailCases).remind_due_participants(day_before)


def merge(run: Run) -> Act:
    """Two nominations of one person become one candidate."""
    source, target = run.candidate("Ada Umutoni", "youth"), run.candidate("Ada Umutoni-Mugisha", "technical")
    body = {"into": target, "source": source, "target": target, "reason": "One person"}
    return run.request("merge_candidates", OFFICER, NOMINATING, candidate=target, body=body)


def place(run: Run) -> Act:
    return run.placing()


def publish(run: Run) -> Act:
    """A version of the programme, and the job that tells the authors."""
    run.placing()()
    body = {"kind": "draft_agenda", "note": {}, "reason": None}
    publication = run.request("publish_programme", OFFICER, PLANNING, body=body)

    def act() -> None:
        publication()
        run.service.run("announce_programme")

    return act


def move_deadline(run: Run) -> Act:
    """A deadline moves, and the job that tells everybody concerned."""
    run.submission(ADA), run.submission(BEA)
    body = {"at": "2017-03-01T22:00:00Z", "reason": "Many asked for another week"}
    moving = run.request("move_deadline", OFFICER, deadline="session_details", body=body)

    def act() -> None:
        moving()
        run.service.run("send_change_notices")

    return act


# What is interrupted, and what others learn of it: the events that are stored in the end, and how many.
ACTS: dict[Callable[[Run], Act], dict[str, int]] = {
    submit: {"submission_received": 2},
    submit_draft: {"submission_received": 1},
    attach: {},
    remove_orphans: {},
    amend: {"submission_amended": 1},
    withdraw: {"submission_withdrawn": 1},
    comment: {"comment_posted": 2},
    notice: {"comment_notice": 1},
    digest: {"comments_digest_due": 1},
    reply: {"comment_posted": 1},
    register: {"registration_confirmed": 1},
    leave: {"registration_promoted": 1},
    give_floor: {"floor_changed": 4},
    end_floor: {"floor_changed": 3},
    remind: {"participant_reminded": 2},
    merge: {"nomination_received": 2},
    place: {},
    publish: {"programme_published": 1, "session_changed": 1},
    move_deadline: {"deadline_changed": 1, "date_notice_requested": 2},
}


@pytest.fixture(scope="module")
def service(database: Any) -> Iterator[InProcess]:
    contacts = [
        {"email": f"{who.id}@ngo.example", "names": "Ada Umutoni", "locale": "fr", "account": who.id}
        for who in (ADA, BEA, CHI, COORDINATOR)
    ]
    profile = {
        "names": "Ada Umutoni",
        "organization": "Health for All",
        "country": "RW",
        "stakeholder_type": "civil_society",
    }
    accounts = {
        "contacts": lambda ids: [row for row in contacts if row["account"] in ids],
        "profile": lambda account: {"account": account, **profile},
        "farewell": lambda data: None,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        Settings.forget_current()
        yield InProcess("consultation", database("consultation"), {"accounts": accounts})
    Settings.forget_current()


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
def test_what_is_interrupted_anywhere_is_done_once(
    service: InProcess, make_answers: Any, prepare: Callable[[Run], Act]
) -> None:
    """It dies and is repeated, or another replica does the same meanwhile."""
    service.restore({})
    seed(service.db)
    act = prepare(Run(service, make_answers))

    def check() -> None:
        assert {event: len(service.outbox(event)) for event in ACTS[prepare]} == ACTS[prepare]

    check_done_once(service, act, check)
