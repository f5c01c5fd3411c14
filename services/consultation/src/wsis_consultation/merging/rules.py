"""Which submissions look like the same, and how one is merged into another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from wsis_shared import likeness
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input
from wsis_shared.likeness import Profile, fold

from wsis_consultation.submissions.rules import contents
from wsis_consultation.submissions.rules.lifecycle import (
    MERGED,
    RECEIVED,
    MergedSubmission,
    Submission,
    require_received,
)

POSSIBLE, LIKELY = 65, 80  # points of 100
MAX_COMPARED, MAX_SHOWN = 100, 10
MAX_TEXT, MAX_TITLES = (
    2000,
    5,
)  # characters and titles of a submission that are compared: each request compares a hundred
_TEXT = 20  # characters from which an answer is a text, not a code
_OPENING = 200  # characters of a text that stand for the title of one without requests
_PERSONAL = frozenset({"full_name", "email", "telephone", "organization_name"})


class Brief(TypedDict):
    """What says which of many submissions are compared."""

    _id: str
    organization: str
    country: str
    action_lines: list[str]


class Similar(NamedTuple):
    """A submission, and how much it looks like the one that was sought: 0 to 100."""

    score: int
    submission: Submission


def profile(answers: Input) -> Profile:
    """The profile of answers to the form, finished or not."""
    requests = [row for row in answers.get("requests") or () if isinstance(row, Mapping)]
    texts = sorted(_texts(answers), key=len, reverse=True)
    titles = [*(str(row["title"]) for row in requests if row.get("title")), str(answers.get("event_name") or "")]
    if not any(titles):
        titles = [text[:_OPENING] for text in texts[:1]]
    country = answers.get("organization_country")
    return Profile(
        titles=tuple(sorted({fold(title) for title in titles[:MAX_TITLES]} - {""})),
        words=likeness.words_of(map(fold, _cut([*titles, *texts]))),
        organization=fold(str(answers.get("organization_name") or "")),
        countries=frozenset([str(country)] if country else ()),
        sites=frozenset(),
    )


def _cut(texts: Iterable[str]) -> Iterator[str]:
    left = MAX_TEXT
    for text in texts:
        yield text[:left]
        left -= len(text)
        if left <= 0:
            return


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= _TEXT:
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in _PERSONAL and name != "speakers":
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def nearest(answers: Input, rows: Iterable[Brief]) -> list[str]:
    """The ids of those that are compared whole: of a like organization, the same country or action lines first."""
    organization, country = fold(str(answers.get("organization_name") or "")), answers.get("organization_country")
    lines = set(answers.get("action_lines") or ())

    def near(row: Brief) -> tuple[float, str]:
        same = 30 * (row["country"] == country) + 10 * len(lines.intersection(row["action_lines"]))
        return -(likeness.of_texts(organization, fold(row["organization"])) + same), row["_id"]

    return [row["_id"] for row in sorted(rows, key=near)[:MAX_COMPARED]]


def similar(answers: Input, others: Sequence[Submission]) -> list[Similar]:
    """Those that look like the same, the most alike first."""
    sought = profile(answers)
    if not sought.words:
        return []
    profiles = [profile(contents.to_answers(one)) for one in others]
    weight = likeness.weights([sought, *profiles])
    scored = [
        Similar(likeness.score(sought, each, weight), one)
        for each, one in zip(profiles, others, strict=True)
        if each.words
    ]
    found = sorted(
        (row for row in scored if row.score >= POSSIBLE), key=lambda row: (-row.score, row.submission["_id"])
    )
    return found[:MAX_SHOWN]


def merge(
    one: Submission, target: Submission | None, *, at: datetime, by: str, reason: str
) -> tuple[Submission, Submission]:
    """Both, with the first merged into the second. Raises Conflict where the first does not stand, Invalid where the
    second does not or is the same."""
    require_received(one)
    if target is None or target["state"] != RECEIVED or target["_id"] == one["_id"]:
        raise Invalid(
            "consultation.merge_target_invalid", fields={"into": ["Name the receipt of another contribution."]}
        )
    merged: Submission = {
        **one,
        "state": MERGED,
        "merger": {"into": target["_id"], "into_number": target["number"], "at": at, "by": by, "reason": reason},
    }
    row: MergedSubmission = {"id": one["_id"], "number": one["number"]}
    return merged, {**target, "merged": [*(target.get("merged") or ()), row]}


def require_merged(one: Submission) -> str:
    """The id of the one it was merged into. Raises Conflict where it was not."""
    merger = one.get("merger")
    if merger is None:
        raise Conflict("consultation.not_merged")
    return merger["into"]


def separate(one: Submission, target: Submission) -> tuple[Submission, Submission]:
    """Both as before the merger; what the second became since stays."""
    rows = [row for row in target.get("merged") or () if row["id"] != one["_id"]]
    return {**one, "state": RECEIVED, "merger": None}, {**target, "merged": rows}
