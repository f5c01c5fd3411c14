"""The final brief in a language: the Forum that the consultation has made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document, Run

from wsis_consultation.documents.layouts import parts
from wsis_consultation.documents.layouts.parts import Prose, Reader, chart
from wsis_consultation.documents.rules import FINAL_BRIEF
from wsis_consultation.documents.rules.models import FinalBrief, PlannedSession


def lay_out(model: FinalBrief, prose: Prose, language: str, number: str) -> Document:
    """The document; see `documents.rules.final_brief` for the model."""
    reader = Reader(language, model["time_zone"])
    chapters = [
        *_summary(reader, model, prose),
        *parts.phases(reader, model),
        *_figures(reader, model),
        *_rooms(reader, model),
        *_facilitators(reader, model),
        *_partners(reader, model),
        *parts.written(reader, prose, "practical_information"),
    ]
    content = [*blocks.numbered(chapters), *_sessions(reader, model)]
    return parts.document(reader, model, FINAL_BRIEF, number, content)


def _summary(reader: Reader, model: FinalBrief, prose: Prose) -> Iterator[Block]:
    say = reader.say
    yield blocks.heading(1, say("executive_summary"), new_page=True)
    yield from reader.prose(prose.get("executive_summary", {}))
    rows = [
        ("sessions", reader.number(model["statistics"]["total"])),
        ("rooms", reader.number(len(model["rooms"]))),
        ("facilitators", reader.number(len(model["facilitators"]))),
        ("programme_version", model["programme"]["number"] or ""),
    ]
    yield blocks.table(
        [(say("key_figures"), "wide"), (say("number"), "number")], [[say(key), text] for key, text in rows]
    )


def _figures(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    say, figures = reader.say, model["statistics"]
    yield blocks.heading(1, say("programme"))
    charts = (
        ("by_day", figures["by_day"], "date", lambda row: reader.day(row["codes"][0])),
        ("by_track", figures["by_track"], "track", lambda row: say(f"track_{row['codes'][0]}")),
        (
            "by_type",
            figures["by_type"],
            "type",
            lambda row: parts.session_type(reader, row["codes"][0]) or row["codes"][0],
        ),
    )
    for name, rows, column, label in charts:
        query = (
            f"count(sessions where edition = {model['edition']} and programme = {model['programme']['number']}) "
            f"group by {name.removeprefix('by_')}"
        )
        yield blocks.heading(2, say(f"sessions_{name}"))
        yield from chart(reader, rows, label, title=say(f"sessions_{name}"), column=say(column), query=query)


def _rooms(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    if model["rooms"]:
        say = reader.say
        yield blocks.heading(1, say("rooms"))
        yield blocks.table(
            [(say("room"), "wide"), (say("capacity"), "number"), (say("sessions"), "number")],
            [
                [
                    room["name"],
                    reader.number(room["capacity"]) if room["capacity"] else "",
                    reader.number(room["sessions"]),
                ]
                for room in model["rooms"]
            ],
        )


def _facilitators(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    if model["facilitators"]:
        say = reader.say
        yield blocks.heading(1, say("facilitators"))
        yield blocks.table(
            [(say("name"), "text"), (say("organization"), "wide"), (say("country"), "text")],
            [[row["name"], row["organization"], reader.country(row["country"])] for row in model["facilitators"]],
        )


def _partners(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    if model["partners"]:
        yield blocks.heading(1, reader.say("partners"))
        yield blocks.bullets(model["partners"])


def _sessions(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    say = reader.say
    yield from parts.annex(reader, 1, "sessions")
    scheduled = [one for one in model["sessions"] if one["start"]]
    for day, sessions in groupby(scheduled, key=lambda one: reader.day(one["start"] or "")):
        yield blocks.heading(2, day)
        yield blocks.table(
            [(say("time"), "code"), (say("session"), "wide"), (say("type"), "text"), (say("room"), "text")],
            [
                [
                    _time(reader, one),
                    _session(reader, one),
                    parts.session_type(reader, one["type"]) or one["type"],
                    one["room"],
                ]
                for one in sessions
            ],
        )
    if not scheduled:
        yield blocks.paragraph(say("none"))


def _time(reader: Reader, one: PlannedSession) -> str:
    start = reader.time(one["start"] or "")
    return f"{start}\N{EN DASH}{reader.time(one['end'])}" if one["end"] else start


def _session(reader: Reader, one: PlannedSession) -> list[str | Run]:
    organizers = ", ".join(one["organizers"])
    return [reader.title(one["title"]), *([f"\n{organizers}"] if organizers else [])]
