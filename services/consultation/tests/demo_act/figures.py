"""Figures of the consultation, each counted from the API, and what does not fit among them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from wsis_shared import reference

from wsis_demo.play import Play

from . import state
from .state import Consultation

WIDTH = 13


def report(play: Play) -> str:
    """All figures; the lines are shown at the end of the play."""
    told = state.of(play)
    counts = play.officer.get(f"{told.path}/submissions/counts")
    programme = play.suite.visitor.get(f"{told.path}/programme")
    lines = [*_inputs(told, counts), *_taking_part(told), *_sessions(told, programme), *_documents(told)]
    play.lines += [f"{'consultation':<{WIDTH}} {line}" for line in lines]
    play.misfits += [f"consultation: {misfit}" for misfit in _misfits(told, counts, programme)]
    return f"{len(lines)} lines of figures"


def _inputs(told: Consultation, counts: dict[str, Any]) -> Iterator[str]:
    types = ", ".join(f"{row['code']} {row['count']} ({row['share']:.1f} %)" for row in counts["stakeholder_type"])
    yield f"{counts['total']} inputs: {types}"
    kinds = ", ".join(f"{row['code']} {row['count']}" for row in counts["kind"] if row["count"])
    languages = ", ".join(f"{row['code']} {row['count']}" for row in counts["language"] if row["count"])
    yield f"inputs by kind: {kinds}; by language: {languages}"
    regions = ", ".join(f"{row['code']} {row['count']}" for row in counts["region"] if row["count"])
    countries = sum(1 for row in counts["country"] if row["count"])
    rows = list(told.play.officer.each(f"{told.path}/submissions"))
    requests = ", ".join(f"{row['code']} {row['count']}" for row in counts["request_kind"] if row["count"])
    yield f"inputs from {countries} countries: {regions}"
    yield f"{sum(row['requests'] for row in rows)} binding requests; inputs with them: {requests}"


def _taking_part(told: Consultation) -> Iterator[str]:
    officer, visitor = told.play.officer, told.play.suite.visitor
    comments = sum(row["comments"] for row in visitor.each(f"{told.path}/discussions"))
    people = Counter(f"{row['mode']} {row['state']}" for row in officer.each(f"{told.meeting}/participants"))
    spoken = Counter(row["mode"] for row in officer.each(f"{told.meeting}/interventions", state="done"))
    yield f"{comments} comments; meeting: {_pairs(people)}; interventions: {_pairs(spoken)}"
    facilitators = visitor.get(f"{told.path}/facilitators")["items"]
    regions = Counter(row["region"] for row in facilitators)
    yield f"{len(facilitators)} High-Level Track Facilitators: {_pairs(regions)}"
    if comments != told.comments:
        told.play.misfits.append(f"consultation: {told.comments} comments posted, {comments} counted")


def _sessions(told: Consultation, programme: dict[str, Any]) -> Iterator[str]:
    days = Counter(str(row["start"])[:10] for row in programme["sessions"])
    clashes = told.play.officer.get(f"{told.path}/agenda")["clashes"]
    versions = [row["number"] for row in told.play.suite.visitor.get(f"{told.path}/programme/versions")["items"]]
    hard = sum(row["hard"] for row in clashes)
    yield (
        f"{programme['total']} sessions on {len(days)} days ({_pairs(days)}); "
        f"versions {', '.join(reversed(versions))}; {hard} hard clashes, {len(clashes) - hard} soft"
    )
    if hard or programme["total"] != told.volumes.sessions:
        told.play.misfits.append(
            f"consultation: {programme['total']} of {told.volumes.sessions} sessions, {hard} hard clashes"
        )
    yield f"tracks: {_pairs(Counter(row['track'] for row in programme['sessions']))}; types: " + _pairs(
        Counter(row["type"] for row in programme["sessions"])
    )
    matrix = list(told.play.suite.visitor.each(f"{told.path}/session-matrix"))
    yield f"matrix of sessions: {len({row['session'] for row in matrix})} sessions, {len(matrix)} links"


def _documents(told: Consultation) -> Iterator[str]:
    rows = told.play.suite.visitor.get(f"{told.path}/documents")["items"]
    yield "documents: " + ", ".join(f"{row['kind']} {row['version']} ({'/'.join(row['languages'])})" for row in rows)
    yield f"see {told.play.folder / 'documents' / told.play.edition}"


def _misfits(told: Consultation, counts: dict[str, Any], programme: dict[str, Any]) -> Iterator[str]:
    sent = told.contributions
    for name, values in {
        "stakeholder_type": Counter(one.answers["stakeholder_type"] for one in sent),
        "kind": Counter(one.answers["kind"] for one in sent),
        "country": Counter(one.answers["organization_country"] for one in sent),
        "language": Counter(one.language for one in sent),
        "region": Counter(_region(one.answers) for one in sent),
        "request_kind": Counter(k for one in sent for k in {row["kind"] for row in one.answers.get("requests", ())}),
    }.items():
        counted = {row["code"]: row["count"] for row in counts[name] if row["count"]}
        if counted != dict(values):
            yield f"{name} as sent {dict(values)}, as counted {counted}"
    figures = told.documents["outcomes 1.2"]["statistics"]
    if figures["total"] != counts["total"]:
        yield f"{counts['total']} inputs, {figures['total']} in Outcomes and Analysis"
    shown = {row["codes"][0]: row["count"] for row in figures["by_stakeholder_type"] if row["count"]}
    if shown != dict(Counter(one.answers["stakeholder_type"] for one in sent)):
        yield f"stakeholder types in Outcomes and Analysis: {shown}"
    numbers = sorted(row["number"] for row in told.play.officer.each(f"{told.path}/submissions", state="all"))
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the numbers of receipts have gaps"
    received = told.play.expected()["consultation/submission_received"]
    if received != len(numbers):
        yield f"{len(numbers)} submissions, {received} receipts mailed"
    yield from double_bookings(programme["sessions"])


def double_bookings(sessions: Iterable[dict[str, Any]]) -> list[str]:
    """Rooms, speakers and organizers of the public programme who would be in two sessions at a time. Who has a stall
    may hold a session beside it."""
    sessions = list(sessions)
    exhibitors = {name for row in sessions if row["type"] == "exhibition" for name in row["organizers"]}
    uses: dict[tuple[str, str], list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for row in sessions:
        span = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]), row["code"]
        uses["room", row["room"]].append(span)
        for speaker in row["speakers"]:
            uses["speaker", speaker["name"].casefold()].append(span)
        for organizer in {*row["organizers"]} - exhibitors:
            uses["organizer", organizer.casefold()].append(span)
    found = []
    for (kind, name), spans in uses.items():
        spans.sort()
        for (_, end, one), (start, _, other) in zip(spans, spans[1:], strict=False):
            if start < end:
                found.append(f"{kind} {name} is in {one} and {other} at a time")
    return found


def _region(answers: dict[str, Any]) -> str:
    """As the statistics count: international organizations apart."""
    if answers["stakeholder_type"] == "international_organization":
        return reference.no_region().code
    return reference.region_or_international(answers["organization_country"])


def _pairs(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
