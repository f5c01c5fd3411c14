"""What all documents of the consultation have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from wsis_shared import reference
from wsis_shared.rendering import blocks, reader
from wsis_shared.rendering.blocks import Block, Document
from wsis_shared.rendering.reader import Prose
from wsis_shared.sentences import Sentences

from wsis_consultation.documents.rules.models import Counted, Model, Phase
from wsis_consultation.editions.rules import forum
from wsis_consultation.editions.rules import reference as consultation
from wsis_consultation.editions.rules.phases import DEADLINE

# How documents of the consultation say things in one language.


__all__ = ["Prose", "Reader"]

_sentences = Sentences("wsis_consultation", "documents")


class Reader(reader.Reader):
    """Writes for the readers of one language; moments in the zone of the consultation."""

    def __init__(self, language: str, time_zone: str) -> None:
        super().__init__(_sentences, language, time_zone)

    def stakeholder_types(self, codes: Sequence[str]) -> str:
        """The title of one type, or of several that are counted together."""
        return " / ".join(reference.title(reference.stakeholder_type(code), self.language) for code in codes)


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
    if theme := held.get("theme"):
        cover.append((say("forum_theme"), reader.title(theme)["text"]))
    return blocks.document(
        language=reader.language,
        direction=reader.direction,
        title=title,
        series=series,
        cover=cover,
        running=f"{series} · {title} · {say('version')} {number}",
        contents=say("contents"),
        author=say("author"),
        date=model["as_of"][:10],
        blocks=content,
    )


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
        [
            [phase["roman"], reader.title(phase["title"]), _days(reader, phase), phase["venue"] or ""]
            for phase in model["phases"]
        ],
    )


def _days(reader: Reader, phase: Phase) -> str:
    """The day of a deadline is the last one; other phases last from day to day."""
    first, last = reader.day(phase["start"]), reader.day(phase["end"])
    if first == last or phase["kind"] == DEADLINE:
        return last
    return f"{first} \N{EN DASH} {last}"


def counts(reader: Reader, rows: Sequence[Counted], column: str, label: Callable[[Counted], str]) -> Block:
    """Counts with their shares, as a table."""
    return blocks.table(
        [(column, "wide"), (reader.say("number"), "number"), (reader.say("share"), "number")],
        [[label(row), reader.number(row["count"]), reader.percent(row["percent"])] for row in rows],
    )


def session_type(reader: Reader, code: str | None) -> str:
    """The title of a session type; "" for none, or one that is unknown."""
    known = {row["code"]: row for row in consultation.session_types()}
    return reference.title(known[code], reader.language) if code in known else ""


# A chart of counts, with the query behind it and the same figures as a table.


def chart(
    reader: Reader,
    rows: Sequence[Counted],
    label: Callable[[Counted], str],
    *,
    title: str,
    column: str,
    query: str,
    note: str = "",
) -> list[Block]:
    """`rows` are {codes, count, percent}; zeros are part of the figures. `title` is that of the heading above."""
    bars = [
        (label(row), row["count"], f"{reader.number(row['count'])} ({reader.percent(row['percent'])})") for row in rows
    ]
    listed = "; ".join(f"{name} {value}" for name, _, value in bars)
    source = f"{reader.say('query', query='').strip()} "
    code = blocks.run(query, "en", "ltr")
    return [
        blocks.bars(
            reader.say("chart", title=title, rows=listed), bars, source=[source, code, *([f"\n{note}"] if note else [])]
        ),
        counts(reader, rows, column, label),
    ]
