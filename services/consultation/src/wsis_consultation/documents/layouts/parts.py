"""What all documents of the consultation have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from wsis_shared import reference
from wsis_shared.languages import in_language
from wsis_shared.rendering import blocks, reader
from wsis_shared.rendering.blocks import Block, Document, Run
from wsis_shared.rendering.reader import Prose
from wsis_shared.sentences import Sentences

from wsis_consultation.documents.rules.models import Counted, Facilitator, Model, Phase, PlannedSession
from wsis_consultation.editions.rules import forum
from wsis_consultation.editions.rules import reference as consultation
from wsis_consultation.editions.rules.phases import DEADLINE, Held, venue_in

# How documents of the consultation say things in one language.


__all__ = ["Prose", "Reader"]

_sentences = Sentences("wsis_consultation", "documents")


class Reader(reader.Reader):
    """Writes for the readers of one language; moments in the zone of the consultation, types of sessions, rooms and
    venues by their names in the model. Contributions that everybody may read are links to pages of the suite at `base`,
    where it is given."""

    def __init__(self, language: str, model: Model, base: str = "") -> None:
        super().__init__(_sentences, language, model["time_zone"])
        self._contributions = f"{base}/{language}/consultations/{model['edition']}/contributions" if base else ""
        types = model.get("types") or consultation.session_types()
        self.session_types = {row["code"]: in_language(row["title"], language) for row in types}
        self._rooms = model.get("room_names") or {}

    def session_type(self, code: str) -> str:
        """The title of a session type; its code where it has none."""
        return self.session_types.get(code, code)

    def receipt(self, number: str, *, public: bool) -> Run:
        """The number of a contribution, as a link where everybody may read it."""
        return blocks.run(number, link=f"{self._contributions}/{number}" if public and self._contributions else "")

    def room(self, name: str) -> str:
        """The name of a room in this language, else the one that it has."""
        return self._rooms.get(name, {}).get(self.language) or name

    def venue(self, held: Held) -> str:
        """The venue in this language, else as it was written."""
        return venue_in(held, self.language) or ""

    def stakeholder_types(self, codes: Sequence[str]) -> str:
        """The title of one type, or of several that are counted together."""
        return " / ".join(reference.title(reference.stakeholder_type(code), self.language) for code in codes)


def document(
    reader: Reader, model: Model, kind: str, number: str, content: Iterable[Block], *, series: str = "series"
) -> Document:
    """The document with its cover; `series` is the sentence above its title."""
    say, held = reader.say, model["forum"]
    title, series = say(f"{kind}_title"), say(series, edition=model["edition"])
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
            [phase["roman"], reader.title(phase["title"]), _days(reader, phase), reader.venue(phase)]
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


# Charts of counts, with the same figures as a table; the queries behind them are an annex.


class Chart(NamedTuple):
    """`name` is the sentence of its heading, `column` what its rows are, `label` how a row is called."""

    name: str
    rows: Sequence[Counted]
    column: str
    label: Callable[[Counted], str]
    query: str
    note: str = ""


def charts(reader: Reader, drawn: Iterable[Chart]) -> Iterator[Block]:
    """Each below a heading of its own. Zeros are part of the figures; one bar of 100 % is a sentence instead."""
    for chart in drawn:
        yield blocks.heading(2, reader.say(chart.name))
        counted = [row for row in chart.rows if row["count"]]
        if len(counted) > 1:
            yield _bars(reader, chart)
        elif counted:
            yield blocks.paragraph(
                reader.say("one_group", label=chart.label(counted[0]), value=_value(reader, *counted))
            )
        if len(chart.rows) > 1:
            yield counts(reader, chart.rows, reader.say(chart.column), chart.label)


def _bars(reader: Reader, chart: Chart) -> Block:
    drawn = [(chart.label(row), row["count"], _value(reader, row)) for row in chart.rows]
    listed = "; ".join(f"{name} {value}" for name, _, value in drawn)
    alt = reader.say("chart", title=reader.say(chart.name), rows=listed)
    return blocks.bars(alt, drawn, source=chart.note)


def _value(reader: Reader, row: Counted) -> str:
    return f"{reader.number(row['count'])} ({reader.percent(row['percent'])})"


def queries(reader: Reader, number: int, drawn: Iterable[Chart]) -> Iterator[Block]:
    """The annex that says how the figures of charts were counted."""
    yield from annex(reader, number, "annex_queries")
    yield blocks.bullets([f"{reader.say(chart.name)}: ", blocks.run(chart.query, "en", "ltr")] for chart in drawn)


def key_figures(reader: Reader, rows: Iterable[tuple[str, int | str]]) -> Block:
    """A table of (sentence, figure)."""
    columns = [(reader.say("key_figures"), "wide"), (reader.say("number"), "number")]
    return blocks.table(
        columns, [[reader.say(key), reader.number(it) if isinstance(it, int) else it] for key, it in rows]
    )


# What the final brief and the Outcome Document both show.


def facilitators(reader: Reader, rows: Sequence[Facilitator], *, level: int = 1) -> Iterator[Block]:
    """The facilitators of the High-Level Track; nothing where there are none."""
    if rows:
        say = reader.say
        yield blocks.heading(level, say("facilitators"))
        yield blocks.table(
            [(say("name"), "text"), (say("organization"), "wide"), (say("country"), "text")],
            [[row["name"], row["organization"], reader.country(row["country"])] for row in rows],
        )


def partners(reader: Reader, names: Sequence[str]) -> Iterator[Block]:
    """The partners; nothing where there are none."""
    if names:
        yield blocks.heading(1, reader.say("partners"))
        yield blocks.bullets(names)


def sessions_by_day(reader: Reader, sessions: Iterable[PlannedSession]) -> Iterator[Block]:
    """A table for each day."""
    say = reader.say
    for day, of_day in groupby(sessions, key=lambda one: reader.day(one["start"] or "")):
        yield blocks.heading(2, day)
        yield blocks.table(
            [(say("time"), "code"), (say("session"), "wide"), (say("type"), "text"), (say("room"), "text")],
            [
                [
                    span(reader, one["start"], one["end"]),
                    _session(reader, one),
                    reader.session_type(one["type"]),
                    reader.room(one["room"]),
                ]
                for one in of_day
            ],
        )


def span(reader: Reader, start: str | None, end: str | None) -> Run:
    """From when to when something lasts; the earlier time is on the left in Arabic too."""
    times = [reader.time(moment) for moment in (start, end) if moment]
    return blocks.run("\N{EN DASH}".join(times), "", "ltr")


def _session(reader: Reader, one: PlannedSession) -> list[str | Run]:
    organizers = reader.listed(one["organizers"])
    return [reader.title(one["title"]), *([f"\n{organizers}"] if organizers else [])]
