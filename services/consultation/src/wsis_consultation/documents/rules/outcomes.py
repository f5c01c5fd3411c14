"""The model of Outcomes and Analysis: what was submitted, suggested and said, without contact data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from wsis_shared import clock, reference
from wsis_shared.json_types import Input
from wsis_shared.shares import shares

from wsis_consultation.documents.rules.models import Model
from wsis_consultation.submissions.rules.lifecycle import receipt_number

# What a document does not repeat: addresses that people wrote into their texts.


_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# An international number: a plus sign or two zeros, then at least eight digits with the usual separators.
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}(?!\w)")
MASK = "[…]"


def masked(text: str) -> str:
    """The text without e-mail addresses and international telephone numbers."""
    return _TELEPHONE.sub(MASK, _EMAIL.sub(MASK, text))


def masked_texts(node: object) -> object:
    """A structure with all its texts masked."""
    if isinstance(node, str):
        return masked(node)
    if isinstance(node, dict):
        return {key: masked_texts(value) for key, value in node.items()}
    return [masked_texts(item) for item in node] if isinstance(node, list) else node


# Counts and shares of submissions: what the charts of a document show.


GROUPING = "consultation_statistics"


def statistics(submissions: Sequence[Input], *, merged: bool) -> Model:
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
        "by_kind": _split(
            ({"codes": [kind]} for kind in ("form", "national_event", "regional_event")),
            (one["kind"] for one in submissions),
        ),
        "by_stakeholder_type": _split(_types(merged=merged), (one["stakeholder_type"] for one in submissions)),
        "by_region": _split(({"codes": [code]} for code in _regions()), (one["region"] for one in submissions)),
        "by_language": _split(
            ({"codes": [one.code]} for one in reference.languages()), (one["language"] for one in submissions)
        ),
        "by_action_line": _each((line.code for line in reference.action_lines()), submissions, "action_lines"),
        "by_sdg": _each((goal.number for goal in reference.sdgs()), submissions, "sdgs"),
        "requests": [
            {"kind": kind, "session_type": type_ or None, "count": count}
            for (kind, type_), count in sorted(requests.items())
        ],
    }


def _types(*, merged: bool) -> list[Model]:
    groups = reference.stakeholder_groups(GROUPING)
    return [{"codes": list(codes)} for group in groups for codes in ([group] if merged else [(one,) for one in group])]


def _regions() -> list[str]:
    return [*(region.code for region in reference.itu_regions()), reference.no_region().code]


def _split(rows: Iterable[Model], values: Iterable[object]) -> list[Model]:
    counted = Counter(values)
    found = [{**row, "count": sum(counted[code] for code in row["codes"])} for row in rows]
    percents = shares([row["count"] for row in found])
    return [{**row, "percent": percent} for row, percent in zip(found, percents, strict=True)]


def _each(codes: Iterable[object], submissions: Sequence[Input], field: str) -> list[Model]:
    counted = Counter(code for one in submissions for code in set(one[field]))
    total = len(submissions) or 1
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
    edition: Input,
    submissions: Iterable[Input],
    *,
    themes: Iterable[Input] = (),
    meetings: Iterable[Input] = (),
    questions: Mapping[str, Texts] | None = None,
    as_of: datetime,
    merged: bool = True,
) -> Model:
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
        "forum": {key: edition["forum"].get(key) for key in ("starts_on", "ends_on", "theme", "venue")},
        "parameters": {"academia_and_technical_merged": merged},
        "inputs": [{"submission": one["_id"], "version": one["version_number"]} for one in found],
        "statistics": statistics(rows, merged=merged),
        "questions": {code: dict(texts) for code, texts in sorted((questions or {}).items())},
        "phases": [phase_of(phase) for phase in edition["phases"]],
        "themes": _themes(themes, receipts),
        "submissions": rows,
        "meetings": sorted((_meeting(one) for one in meetings), key=lambda one: (one["start"], one["end"])),
    }


def _input(edition: str, one: Input) -> Model:
    answers = one.get("answers") or {}
    return {
        "receipt": receipt_number(edition, one["number"]),
        "organization": masked(one.get("organization") or ""),
        **{name: one.get(name) or "" for name in ("country", "region", "stakeholder_type", "language")},
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


def _event(event: Input | None) -> dict[str, str] | None:
    """The national or regional event whose input it is: its name and its days."""
    if not event:
        return None
    days = {name: str(event[name]) for name in ("starts_on", "ends_on") if event.get(name)}
    return {"name": masked(str(event["name"])), **days}


def _answer_text(answer: object) -> str:
    if isinstance(answer, list):
        return "; ".join(str(item) for item in answer if isinstance(item, (str, int)))
    return str(answer).strip() if isinstance(answer, (str, int, float)) and not isinstance(answer, bool) else ""


def _line(row: Input) -> Model:
    texts = {name: masked(str(row[name])) for name in PER_LINE if row.get(name)}
    return {"action_line": row["action_line"], **texts}


def _request(row: Input) -> Model:
    kept: Model = {name: masked(str(row[name])) for name in REQUEST if row.get(name)}
    partners = [one if isinstance(one, str) else one.get("organization") for one in row.get("co_organizers") or ()]
    return {
        **kept,
        "action_lines": list(row.get("action_lines") or ()),
        "sdgs": list(row.get("sdgs") or ()),
        "co_organizers": [masked(one) for one in partners if one],
    }


def phase_of(phase: Input) -> Model:
    """A phase without what a document does not need."""
    return {
        "roman": phase["roman"],
        "kind": phase["kind"],
        "title": dict(phase["title"]),
        "venue": phase.get("venue"),
        "start": clock.iso(phase["start"]),
        "end": clock.iso(phase["end"]),
    }


def _themes(themes: Iterable[Input], receipts: Mapping[str, str]) -> list[Model]:
    """The most suggested first; submissions that are not in the document do not count."""
    rows = []
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


def _meeting(one: Input) -> Model:
    interventions: Sequence[Input] = one.get("interventions") or ()
    return {
        "title": dict(one["title"]),
        "start": clock.iso(one["start"]),
        "end": clock.iso(one["end"]),
        "venue": one.get("venue") or "",
        "agenda": [dict(item) for item in one.get("agenda") or ()],
        "minutes": masked_texts(dict(one.get("minutes") or {})),
        "interventions": [
            {name: masked_texts(row.get(name)) for name in ("organization", "country", "remote")}
            for row in interventions
        ],
        "recordings": list(one.get("recordings") or ()),
    }
