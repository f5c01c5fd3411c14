"""What the audience of a meeting asks in writing, and what the chair asks it: a show of hands, which is no vote.

Of a show of hands the answers are counted, and nobody's is recorded: that somebody has answered and what was answered
are two documents which nothing connects but their order. Both are gone when the chair closes it; the counts stay. Until
then, whoever reads the store and has WSIS_SECRET, an operator, can tell who has answered, and by the order what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject

from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.meetings.rules import registration, schedule


class Question(Stored):
    """A written question; `number` grows in the order in which they came. `answer` is what the chair wrote."""

    edition: str
    meeting: str
    number: int
    participant: str
    text: str
    language: str
    agenda_item: int | None
    state: str
    asked_at: datetime
    answer: str | None
    handled_at: datetime | None


class ShowOfHands(Stored):
    """What the chair asks all; `open_in` is the meeting until it is closed, and a unique index on it lets one be open.
    `counts` are by answer, once it is closed."""

    edition: str
    meeting: str
    number: int
    text: str
    language: str
    answers: list[str]
    asked_at: datetime
    closed_at: datetime | None
    counts: dict[str, int] | None
    open_in: NotRequired[str]


class Mark(TypedDict):
    """Somebody has answered: `_id` is a keyed digest of the show of hands and the participant; `at` as in ShownHand."""

    _id: str
    show: str
    at: datetime


class ShownHand(TypedDict):
    """An answer of nobody; `at` is when the chair asked, so that no time leads to who answered."""

    _id: str
    show: str
    answer: str
    at: datetime


WAITING, ANSWERED, TAKEN, REMOVED = STATES = ("waiting", "answered", "taken", "removed")
SHOWN = (ANSWERED, TAKEN)
MAX_QUESTIONS = 5  # of a participant that wait

# What a show of hands may ask for: an answer, or a raised hand.
YES_NO, RAISED = KINDS = ("yes_no", "raised")
ANSWERS: Mapping[str, tuple[str, ...]] = {YES_NO: ("yes", "no", "abstain"), RAISED: ("raised",)}


def asked(
    id: str,
    meeting: schedule.Meeting,
    number: int,
    participant: registration.Participant,
    given: Input,
    moment: datetime,
) -> Question:
    """A question that waits for the chair."""
    return {
        "_id": id,
        "edition": meeting["edition"],
        "meeting": meeting["_id"],
        "number": number,
        "participant": participant["_id"],
        "text": given["text"],
        "language": given["language"],
        "agenda_item": given["agenda_item"],
        "state": WAITING,
        "asked_at": moment,
        "answer": None,
        "handled_at": None,
    }


def require_few(waiting: int) -> None:
    """Raises Conflict for one question too many of a participant."""
    if waiting >= MAX_QUESTIONS:
        raise Conflict("consultation.questions_used_up", limit=MAX_QUESTIONS)


def handled(question: Question, given: Input, moment: datetime) -> Question:
    """The question answered in writing, taken up in the meeting, or removed."""
    return {**question, "state": given["state"], "answer": given["answer"], "handled_at": moment}


def opened(id: str, meeting: schedule.Meeting, number: int, given: Input, moment: datetime) -> ShowOfHands:
    """A show of hands that begins."""
    return {
        "_id": id,
        "edition": meeting["edition"],
        "meeting": meeting["_id"],
        "number": number,
        "text": given["text"],
        "language": given["language"],
        "answers": list(ANSWERS[given["kind"]]),
        "asked_at": moment,
        "closed_at": None,
        "counts": None,
        "open_in": meeting["_id"],
    }


def require_answer(show: ShowOfHands, answer: str) -> None:
    """Raises Conflict once it is closed, Invalid for an answer that it does not have."""
    if show["closed_at"] is not None:
        raise Conflict("consultation.hands_closed")
    if answer not in show["answers"]:
        raise Invalid("consultation.hands_other_answer", fields={"answer": ["Not an answer of this show of hands."]})


def require_repeated(show: ShowOfHands) -> None:
    """Raises Conflict for a second answer where nobody can say whether it is the first one again: a raised hand is."""
    if len(show["answers"]) > 1:
        raise Conflict("consultation.hands_answered")


def closed(show: ShowOfHands, counts: Mapping[str, int], moment: datetime) -> ShowOfHands:
    """The show of hands with its counts, zeros too."""
    over: ShowOfHands = {**show, "closed_at": moment, "counts": {each: counts.get(each, 0) for each in show["answers"]}}
    over.pop("open_in", None)
    return over


def question_to_public(question: Question, participant: registration.Participant | None) -> JsonObject:
    """What everybody may see: the name and the organization only with consent."""
    named = participant if participant and participant["public_name"] else None
    return {
        "id": question["_id"],
        "number": question["number"],
        "text": question["text"],
        "language": question["language"],
        "agenda_item": question["agenda_item"],
        "state": question["state"],
        "asked_at": question["asked_at"],
        "answer": question["answer"],
        "handled_at": question["handled_at"],
        "name": named["contact"]["full_name"] if named else None,
        "organization": named["organization"] if named else None,
    }


def show_to_public(show: ShowOfHands, answered: int) -> JsonObject:
    """What everybody may see: the counts once it is closed, how many have answered before."""
    counts = show["counts"]
    return {
        "id": show["_id"],
        "number": show["number"],
        "text": show["text"],
        "language": show["language"],
        "answers": show["answers"],
        "asked_at": show["asked_at"],
        "closed_at": show["closed_at"],
        "answered": answered if counts is None else sum(counts.values()),
        "counts": [{"answer": answer, "count": counts[answer]} for answer in show["answers"]] if counts else [],
    }
