"""What all documents of the consultation have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from wsis_shared import reference
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document

from wsis_consultation.documents.layouts.reader import Prose, Reader
from wsis_consultation.editions.rules import forum
from wsis_consultation.editions.rules import reference as consultation
from wsis_consultation.editions.rules.phases import DEADLINE

Model = Mapping[str, Any]


def document(reader: Reader, model: Model, kind: str, number: str, content: Iterable[Block]) -> Document:
    """The document with its cover."""
    say, held = reader.say, model["forum"]
    title, series = say(f"{kind}_title"), say("series", edition=model["edition"])
    cover = [(say("version"), number), (say("as_of"), reader.day(model["as_of"]))]
    if held.get("starts_on") and held.get("ends_on"):
        days = f"{reader.day(str(held['starts_on']))} \N{EN DASH} {reader.day(str(held['ends_on']))}"
        cover.append((say("forum_dates"), days))
    if venue := forum.in_words(held.get("venue"), reader.language):
        cover.append((say("venue"), venue))
    if held.get("theme"):
        cover.append((say("forum_theme"), reader.title(held["theme"])["text"]))
    return blocks.document(
        language=reader.language, direction=reader.direction, title=title, series=series, cover=cover,
        running=f"{series} · {title} · {say('version')} {number}", contents=say("contents"), author=say("author"),
        date=model["as_of"][:10], blocks=content,
    )  # fmt: skip


def annex(reader: Reader, number: int, key: str) -> Iterator[Block]:
    """The heading of an annex."""
    yield blocks.heading(
        1, reader.say("annex", number=number, title=reader.say(key)), id=f"annex-{number}", new_page=True
    )


def written(reader: Reader, prose: Prose, name: str) -> Iterator[Block]:
    """A chapter that officers wrote; nothing where they did not."""
    if any(prose.get(name, {}).values()):
        yield blocks.heading(1, reader.say(name))
        yield from reader.prose(prose[name])


def phases(reader: Reader, model: Model) -> Iterator[Block]:
    """The phases of the consultation."""
    say = reader.say
    yield blocks.heading(1, say("phases"))
    yield blocks.table(
        [(say("phase"), "code"), (say("title"), "wide"), (say("date"), "text"), (say("venue"), "text")],
        [[phase["roman"], reader.title(phase["title"]), _days(reader, phase), phase["venue"] or ""]
         for phase in model["phases"]],
    )  # fmt: skip


def _days(reader: Reader, phase: Model) -> str:
    """The day of a deadline is the last one; other phases last from day to day."""
    first, last = reader.day(phase["start"]), reader.day(phase["end"])
    if first == last or phase["kind"] == DEADLINE:
        return last
    return f"{first} \N{EN DASH} {last}"


def counts(reader: Reader, rows: Sequence[Model], column: str, label: Callable[[Model], str]) -> Block:
    """Counts with their shares, as a table."""
    return blocks.table(
        [(column, "wide"), (reader.say("number"), "number"), (reader.say("share"), "number")],
        [[label(row), reader.number(row["count"]), reader.percent(row["percent"])] for row in rows],
    )


def session_type(reader: Reader, code: str | None) -> str:
    """The title of a session type; "" for none, or one that is unknown."""
    known = {row["code"]: row for row in consultation.session_types()}
    return reference.title(known[code], reader.language) if code in known else ""
