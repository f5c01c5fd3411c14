"""What the WSIS Prizes make of a project, and what follows for its entry.

Events may come late, twice and in any order: a rank only grows and `out` stays, so the order changes nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import NotRequired, TypedDict

from wsis_stocktaking.register.rules.entries import PRIZES, PUBLIC, Entry, Prize, changes_said

UNKNOWN, NOMINATED, CHAMPION, WINNER = RANKS = (0, 1, 2, 3)
_STATUSES = {NOMINATED: "nominated", CHAMPION: "champion", WINNER: "winner"}
WITHDRAWN, DISQUALIFIED = "withdrawn", "disqualified"


class Project(TypedDict):
    """What the events have said: `account` is its submitter, `rank` one of RANKS, `out` why it is no nominee any more.
    `entry` is its entry, of which `revisions` were made here."""

    _id: str
    edition: str
    category: str
    rank: int
    account: NotRequired[str | None]
    nominated_at: NotRequired[datetime]
    out: NotRequired[str | None]
    entry: NotRequired[str | None]
    revisions: NotRequired[int]
    pending: NotRequired[bool]


class Action(Enum):
    """What is to be done with an entry."""

    NONE = "none"
    PUBLISH = "publish"  # a new entry
    MARK = "mark"  # a new revision with another prize, or with none
    WITHDRAW = "withdraw"
    ASSIGN = "assign"  # an owner, without a new revision
    STORE = "store"  # another prize, or none, of an entry that is not public


def entry_id(project: str) -> str:
    """The id of the entry that is made of a project: always the same, so that none is made twice."""
    return f"prizes-{project}"


def prize_of(project: Project) -> Prize | None:
    """The mark of the entry, as cards have it; None for a project that is no nominee."""
    if project.get("out") or project["rank"] not in _STATUSES:
        return None
    return {"edition": project["edition"], "category": project["category"], "status": _STATUSES[project["rank"]]}


def action(project: Project, entry: Entry | None) -> Action:
    """What is to be done. `entry`: the entry of the project, None while there is none.

    An entry that stands on the nomination alone leaves the register with it. One that has a revision by somebody loses
    the mark: the activity is there, whatever became of it in the contest. An entry that is not public any more stays
    so, since somebody has decided that; its mark follows, for the day on which it is public again.
    """
    wanted = prize_of(project)
    if entry is None:
        return Action.PUBLISH if wanted else Action.NONE
    if not marks_belong(project, entry):
        return Action.NONE
    if entry["visibility"] != PUBLIC:
        return Action.STORE if wanted != entry["prize"] else Action.NONE
    if wanted is None and entry["source"] == PRIZES and changes_said(entry) == project.get("revisions"):
        return Action.WITHDRAW
    if wanted != entry["prize"]:
        return Action.MARK
    return Action.ASSIGN if owner_missing(project, entry) else Action.NONE


def marks_belong(project: Project, entry: Entry) -> bool:
    """Whether the mark of the entry is this project's: an entry has one mark, the first."""
    return entry["prize"] is None or entry.get("project") == project["_id"]


def owner_missing(project: Project, entry: Entry) -> bool:
    """Whether the entry was made here and waits for its owner, the submitter of the project."""
    return entry["owner"] is None and bool(project.get("account")) and entry["source"] == PRIZES


# The language of a text whose author did not name it: by its script, or by the small words of the language.


_SCRIPTS = (
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": "the of and to in for is are with by on that this from an as its at it which has",
    "fr": "le la les des du et un une pour dans en est sur par avec aux au qui ce cette son",
    "es": "el la los las del de en un una para por con que es se al su como más",
    "pt": "os as do da dos das de em um uma para por com que é não ao na no nos",
}
_KNOWN = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}


def language_of(text: str) -> str:
    """The code of the language; "en" where there is no sign of another."""
    letters = len(_LETTER.findall(text)) or 1
    for language, script in _SCRIPTS:
        if len(script.findall(text)) > 0.3 * letters:
            return language
    words = _WORD.findall(text.casefold())
    counts = {language: sum(word in small for word in words) for language, small in _KNOWN.items()}
    return max(counts, key=counts.__getitem__)  # the first of equals: "en"
