"""The final brief in a language: the Forum that the consultation has made."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document

from wsis_consultation.documents.layouts import parts
from wsis_consultation.documents.layouts.parts import Chart, Prose, Reader
from wsis_consultation.documents.rules import FINAL_BRIEF
from wsis_consultation.documents.rules.models import FinalBrief


def lay_out(model: FinalBrief, prose: Prose, language: str, number: str, base: str = "") -> Document:
    """The document; see `documents.rules.final_brief` for the model."""
    reader = Reader(language, model, base)
    charts = _charts(reader, model)
    chapters = [
        *_summary(reader, model, prose),
        *parts.phases(reader, model),
        blocks.heading(1, reader.say("programme")),
        *parts.charts(reader, charts),
        *_rooms(reader, model),
        *parts.facilitators(reader, model["facilitators"]),
        *parts.partners(reader, model["partners"]),
        *parts.written(reader, prose, "practical_information"),
    ]
    annexes = [*_sessions(reader, model), *parts.queries(reader, 2, charts)]
    return parts.document(reader, model, FINAL_BRIEF, number, [*blocks.numbered(chapters), *annexes])


def _summary(reader: Reader, model: FinalBrief, prose: Prose) -> Iterator[Block]:
    yield blocks.heading(1, reader.say("executive_summary"), new_page=True)
    yield from reader.prose(prose.get("executive_summary", {}))
    yield parts.key_figures(
        reader,
        (
            ("sessions", model["statistics"]["total"]),
            ("rooms", len(model["rooms"])),
            ("facilitators", len(model["facilitators"])),
            ("programme_version", model["programme"]["number"] or ""),
        ),
    )


def _charts(reader: Reader, model: FinalBrief) -> list[Chart]:
    say, figures = reader.say, model["statistics"]
    counted = f"count(sessions where edition = {model['edition']} and programme = {model['programme']['number']})"
    return [
        Chart(
            "sessions_by_day",
            figures["by_day"],
            "date",
            lambda row: reader.day(str(row["codes"][0])),
            f"{counted} group by day",
        ),
        Chart(
            "sessions_by_track",
            figures["by_track"],
            "track",
            lambda row: say(f"track_{row['codes'][0]}"),
            f"{counted} group by track",
        ),
        Chart(
            "sessions_by_type",
            figures["by_type"],
            "type",
            lambda row: reader.session_type(str(row["codes"][0])),
            f"{counted} group by type",
        ),
    ]


def _rooms(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    if model["rooms"]:
        say = reader.say
        yield blocks.heading(1, say("rooms"))
        yield blocks.table(
            [(say("room"), "wide"), (say("capacity"), "number"), (say("sessions"), "number")],
            [
                [
                    reader.room(room["name"]),
                    reader.number(room["capacity"]) if room["capacity"] else "",
                    reader.number(room["sessions"]),
                ]
                for room in model["rooms"]
            ],
        )


def _sessions(reader: Reader, model: FinalBrief) -> Iterator[Block]:
    yield from parts.annex(reader, 1, "sessions")
    scheduled = [one for one in model["sessions"] if one["start"]]
    yield from parts.sessions_by_day(reader, scheduled)
    if not scheduled:
        yield blocks.paragraph(reader.say("none"))
