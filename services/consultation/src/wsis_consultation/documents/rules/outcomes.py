"""The model of Outcomes and Analysis: what was submitted, suggested and said, without contact data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from wsis_shared import clock, reference
from wsis_shared.json_types import Input
from wsis_shared.shares import shares

from wsis_consultation.documents.rules.models import (
    Counted,
    Event,
    HeldForum,
    ModelMeeting,
    ModelTheme,
    Outcomes,
    Phase,
    Received,
    Statistics,
)
from wsis_consultation.editions.rules import editions, phases
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.rules.reference import NamedType
from wsis_consultation.submissions.rules.lifecycle import receipt_number

# What a document does not repeat: addresses that people wrote into their texts.


_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# An international number: a plus sign or two zeros, then at least eight digits with the usual separators.
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}(?!\w)")
MASK = "[…]"


def masked(text: str) -> str:
    """The text without e-mail addresses and international telephone numbers."""
    return _TELEPHONE.sub(MASK, _EMAIL.sub(MASK, text))


# Counts and shares of submissions: what the charts of a document show.


GROUPING = "consultation_statistics"


def statistics(submissions: Sequence[Received], *, merged: bool) -> Statistics:
    """Totals, and counts by each property. With `merged`, academia and the technical community are one group.

    Shares by stakeholder type, region and language add up to 100. A submission may name several action lines and Goals:
    their percents are of all submissions.
    """
    requests = Counter(
        (request["kind"], request.get("session_type") or "") for one in submissions for request in one["requests"]
    )
    return {
        "total": len(submissions),
        "countries": len({one["country"] for one in submissions if one["country"]}),
        "by_kind": split(
            ([kind] for kind in ("form", "national_event", "regional_event")), (one["kind"] for one in submissions)
        ),
        "by_stakeholder_type": split(
            stakeholder_codes(merged=merged), (one["stakeholder_type"] for one in submissions)
        ),
        "by_region": split(([code] for code in region_codes()), (one["region"] for one in submissions)),
        "by_language": split(([one.code] for one in reference.languages()), (one["language"] for one in submissions)),
        "by_action_line": each(
            (line.code for line in reference.action_lines()), [one["action_lines"] for one in submissions]
        ),
        "by_sdg": each((goal.number for goal in reference.sdgs()), [one["sdgs"] for one in submissions]),
        "requests": [
            {"kind": kind, "session_type": type_ or None, "count": count}
            for (kind, type_), count in sorted(requests.items())
        ],
    }


def stakeholder_codes(*, merged: bool) -> list[list[str]]:
    """The codes of stakeholder types that are counted together."""
    groups = reference.stakeholder_groups(GROUPING)
    return [list(codes) for group in groups for codes in ([group] if merged else [(one,) for one in group])]


def region_codes() -> list[str]:
    """The ITU regions, and none."""
    return [*(region.code for region in reference.itu_regions()), reference.no_region().code]


def split(groups: Iterable[list[str]], values: Iterable[str]) -> list[Counted]:
    """How many values are in each group; the shares add up to 100."""
    counted = Counter(values)
    found = [(codes, sum(counted[code] for code in codes)) for codes in groups]
    percents = shares([count for _, count in found])
    return [
        {"codes": [*codes], "count": count, "percent": percent}
        for (codes, count), percent in zip(found, percents, strict=True)
    ]


def each(codes: Iterable[str | int], named: Sequence[Collection[str | int]]) -> list[Counted]:
    """How many name each code, of all: one may name several."""
    counted = Counter(code for one in named for code in set(one))
    total = len(named) or 1
    return [{"codes": [code], "count": counted[code], "percent": round(100 * counted[code] / total)} for code in codes]


Texts = Mapping[str, str]

SCHEMA = "wsis.consultation.outcomes.v1"
# Fields of the form about the person: they are no input.
PERSONAL = frozenset(
    {"full_name", "email", "telephone", "organization_name", "organization_country", "stakeholder_type"}
)
PER_LINE = ("al_topics", "al_activities", "partnerships")
REQUEST = ("kind", "session_type", "title", "description", "theme")


def is_included(submission: Input) -> bool:
    """Whether an input belongs into a document: not those withdrawn or hidden."""
    return submission["state"] == "received" and not submission.get("hidden")


def build(
    edition: Edition,
    submissions: Iterable[Input],
    *,
    themes: Iterable[Input] = (),
    meetings: Iterable[Input] = (),
    questions: Mapping[str, Texts] | None = None,
    as_of: datetime,
    merged: bool = True,
) -> Outcomes:
    """The model as of a moment. Whatever the order of the arguments' rows, it is the same.

    `submissions` as they were then; `questions`: code -> label in each language; `meetings`: {title, start, end, venue,
    agenda: [texts], minutes: texts, interventions: [{organization, country, remote}], recordings: [urls]}.
    """
    found = sorted(filter(is_included, submissions), key=lambda one: one["number"])
    rows = [_input(str(edition["_id"]), one) for one in found]
    receipts = {one["_id"]: row["receipt"] for one, row in zip(found, rows, strict=True)}
    return {
        "schema": SCHEMA,
        "edition": str(edition["_id"]),
        "as_of": clock.iso(as_of),
        "time_zone": edition["time_zone"],
        "forum": forum_of(edition),
        "parameters": {"academia_and_technical_merged": merged},
        "inputs": [{"submission": one["_id"], "version": one["version_number"]} for one in found],
        "statistics": statistics(rows, merged=merged),
        "questions": {code: dict(texts) for code, texts in sorted((questions or {}).items())},
        "phases": [phase_of(phase) for phase in edition["phases"]],
        "types": named_types(edition),
        "themes": _themes(themes, receipts),
        "submissions": rows,
        "meetings": sorted((_meeting(one) for one in meetings), key=lambda one: (one["start"], one["end"])),
    }


def _input(edition: str, one: Input) -> Received:
    answers, consent = one.get("answers") or {}, one.get("consent") or {}
    row: Received = {
        "receipt": receipt_number(edition, one["number"]),
        "organization": masked(one.get("organization") or ""),
        "country": one.get("country") or "",
        "region": one.get("region") or "",
        "stakeholder_type": one.get("stakeholder_type") or "",
        "language": one.get("language") or "",
        "kind": one.get("kind") or "form",
        "event": _event(one.get("event")),
        "action_lines": list(one.get("action_lines") or ()),
        "sdgs": list(one.get("sdgs") or ()),
        "answers": [
            {"code": code, "text": masked(_answer_text(answers[code]))}
            for code in sorted(answers)
            if code not in PERSONAL and _answer_text(answers[code])
        ],
        "per_line": [_line(row) for row in one.get("per_line") or ()],
        "requests": [_request(row) for row in one.get("requests") or ()],
    }
    return {**row, "public": True} if consent.get("public") else row


def _event(event: Input | None) -> Event | None:
    """The national or regional event whose input it is: its name and its days."""
    if not event:
        return None
    found: Event = {"name": masked(str(event["name"]))}
    if event.get("starts_on"):
        found["starts_on"] = str(event["starts_on"])
    if event.get("ends_on"):
        found["ends_on"] = str(event["ends_on"])
    return found


def _answer_text(answer: object) -> str:
    if isinstance(answer, list):
        return "; ".join(str(item) for item in answer if isinstance(item, (str, int)))
    return str(answer).strip() if isinstance(answer, (str, int, float)) and not isinstance(answer, bool) else ""


def _line(row: Input) -> dict[str, str]:
    texts = {name: masked(str(row[name])) for name in PER_LINE if row.get(name)}
    return {"action_line": row["action_line"], **texts}


def _request(row: Input) -> Input:
    kept = {name: masked(str(row[name])) for name in REQUEST if row.get(name)}
    partners = [one if isinstance(one, str) else one.get("organization") for one in row.get("co_organizers") or ()]
    return {
        **kept,
        "action_lines": list(row.get("action_lines") or ()),
        "sdgs": list(row.get("sdgs") or ()),
        "co_organizers": [masked(one) for one in partners if one],
    }


def forum_of(edition: Edition) -> HeldForum:
    """The Forum without what a document does not need."""
    forum = edition["forum"]
    return {
        "starts_on": forum.get("starts_on"),
        "ends_on": forum.get("ends_on"),
        "theme": forum.get("theme"),
        "venue": forum.get("venue"),
    }


def named_types(edition: Edition) -> list[NamedType]:
    """The types of sessions as the edition calls them."""
    return [{"code": row["code"], "title": row["title"]} for row in editions.session_types(edition)]


def phase_of(phase: phases.Phase) -> Phase:
    """A phase without what a document does not need."""
    return {
        "roman": phase["roman"],
        "kind": phase["kind"],
        "title": dict(phase["title"]),
        "venue": phase.get("venue"),
        "venue_names": phase.get("venue_names", {}),
        "start": clock.iso(phase["start"]),
        "end": clock.iso(phase["end"]),
    }


def _themes(themes: Iterable[Input], receipts: Mapping[str, str]) -> list[ModelTheme]:
    """The most suggested first; submissions that are not in the document do not count."""
    rows: list[ModelTheme] = []
    for theme in themes:
        named = sorted(receipts[id] for id in set(theme.get("submissions") or ()) if id in receipts)
        rows.append(
            {
                "title": dict(theme["title"]),
                "description": dict(theme.get("description") or {}),
                "count": len(named),
                "submissions": named,
            }
        )
    return sorted(rows, key=lambda row: (-row["count"], sorted(row["title"].items())))


def _meeting(one: Input) -> ModelMeeting:
    interventions: Sequence[Input] = one.get("interventions") or ()
    return {
        "title": dict(one["title"]),
        "start": clock.iso(one["start"]),
        "end": clock.iso(one["end"]),
        "venue": one.get("venue") or "",
        "venue_names": one.get("venue_names") or {},
        "agenda": [dict(item) for item in one.get("agenda") or ()],
        "minutes": {language: masked(text) for language, text in (one.get("minutes") or {}).items()},
        "interventions": [
            {
                "organization": row.get("organization") and masked(row["organization"]),
                "country": row.get("country"),
                "remote": row.get("remote"),
            }
            for row in interventions
        ],
        "recordings": list(one.get("recordings") or ()),
    }
