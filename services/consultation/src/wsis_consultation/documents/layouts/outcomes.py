"""Outcomes and Analysis in a language, in the order of the documents of earlier editions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document, Inline, Run

from wsis_consultation.documents.layouts import parts
from wsis_consultation.documents.layouts.parts import Chart, Prose, Reader
from wsis_consultation.documents.rules import OUTCOMES
from wsis_consultation.documents.rules.models import ModelMeeting, Outcomes, Received
from wsis_consultation.documents.rules.outcomes import PER_LINE

_GAP = "\N{OBJECT REPLACEMENT CHARACTER}"  # where runs stand in a sentence


def lay_out(model: Outcomes, prose: Prose, language: str, number: str, base: str = "") -> Document:
    """The document; see `documents.rules.outcomes` for the model."""
    reader = Reader(language, model, base)
    charts = _charts(reader, model)
    chapters = [
        *_summary(reader, model, prose),
        *_received(reader, model, charts),
        *_themes(reader, model),
        *parts.written(reader, prose, "innovations"),
        *parts.phases(reader, model),
        *parts.written(reader, prose, "conclusions"),
    ]
    annexes = [
        *_structure(reader, model),
        *_lines(reader, model),
        *_requests(reader, model),
        *_meetings(reader, model),
        *parts.queries(reader, 5, charts),
    ]
    return parts.document(reader, model, OUTCOMES, number, [*blocks.numbered(chapters), *annexes])


def _summary(reader: Reader, model: Outcomes, prose: Prose) -> Iterator[Block]:
    figures = model["statistics"]
    yield blocks.heading(1, reader.say("executive_summary"), new_page=True)
    yield from reader.prose(prose.get("executive_summary", {}))
    yield parts.key_figures(
        reader,
        (
            ("inputs_received", figures["total"]),
            ("countries", figures["countries"]),
            ("themes_suggested", len(model["themes"])),
            ("requests_received", sum(row["count"] for row in figures["requests"])),
        ),
    )


def _received(reader: Reader, model: Outcomes, charts: Iterable[Chart]) -> Iterator[Block]:
    say = reader.say
    yield blocks.heading(1, say("submissions_received"))
    by_kind = model["statistics"]["by_kind"]
    yield parts.counts(reader, by_kind, say("kind"), lambda row: say(f"kind_{row['codes'][0]}"))
    yield from parts.charts(reader, charts)


def _charts(reader: Reader, model: Outcomes) -> list[Chart]:
    say, figures = reader.say, model["statistics"]
    merged = model["parameters"]["academia_and_technical_merged"]

    def query(by: str) -> str:
        return (
            f"count(submissions where edition = {model['edition']} and state = received and "
            f"received_at <= {model['as_of']}) group by {by}"
        )

    return [
        Chart(
            "by_stakeholder_type",
            figures["by_stakeholder_type"],
            "stakeholder_type",
            lambda row: reader.stakeholder_types([str(code) for code in row["codes"]]),
            query("stakeholder_type"),
            say("merged") if merged else "",
        ),
        Chart(
            "by_region",
            figures["by_region"],
            "region",
            lambda row: reader.region(str(row["codes"][0])),
            query("region"),
        ),
        Chart(
            "by_action_line",
            figures["by_action_line"],
            "action_line",
            lambda row: reader.action_line(str(row["codes"][0])),
            query("action_line"),
            say("several"),
        ),
        Chart(
            "by_sdg",
            figures["by_sdg"],
            "goal",
            lambda row: reader.goal(int(row["codes"][0])),
            query("sdg"),
            say("several"),
        ),
        Chart(
            "by_language",
            figures["by_language"],
            "language",
            lambda row: reader.name_of_language(str(row["codes"][0])),
            query("language"),
        ),
    ]


def _themes(reader: Reader, model: Outcomes) -> Iterator[Block]:
    say = reader.say
    yield blocks.heading(1, say("themes"))
    if not model["themes"]:
        yield blocks.paragraph(say("no_themes"))
        return
    rows: list[list[Inline]] = [
        [reader.title(theme["title"]), reader.number(theme["count"])] for theme in model["themes"]
    ]
    yield blocks.table([(say("theme"), "wide"), (say("inputs"), "number")], rows)
    public = {row["receipt"] for row in model["submissions"] if row.get("public")}
    for theme in model["themes"]:
        yield blocks.heading(2, reader.title(theme["title"]))
        if theme["description"]:
            yield from reader.prose(theme["description"])
        if theme["submissions"]:
            before, after = say("suggested_in", receipts=_GAP).split(_GAP)
            named = (reader.receipt(number, public=number in public) for number in theme["submissions"])
            yield blocks.paragraph([before, *_listed(named), after], note=True)


def _structure(reader: Reader, model: Outcomes) -> Iterator[Block]:
    say = reader.say
    yield from parts.annex(reader, 1, "annex_structure")
    yield blocks.paragraph(say("as_submitted"), note=True)
    for kind in reference.stakeholder_types():
        rows = [row for row in model["submissions"] if row["stakeholder_type"] == kind.code]
        if not rows:
            continue
        yield blocks.heading(2, reference.title(kind, reader.language))
        for row in rows:
            said: list[tuple[Inline, Inline]] = [
                (_question(reader, model, answer["code"]), reader.own(answer["text"], row["language"]))
                for answer in row["answers"]
            ]
            name, about = _name(reader, row), _about(reader, row)
            yield blocks.entry(name, about, said or [("", say("no_answers"))], id=row["receipt"])


def _lines(reader: Reader, model: Outcomes) -> Iterator[Block]:
    said: dict[str, list[tuple[Received, dict[str, str]]]] = {}
    for row in model["submissions"]:
        for line in row["per_line"]:
            said.setdefault(line["action_line"], []).append((row, line))
    yield from parts.annex(reader, 2, "annex_lines")
    if not said:
        yield blocks.paragraph(reader.say("none"))
    for known in reference.action_lines():
        if known.code in said:
            yield blocks.heading(2, reader.action_line(known.code))
        for row, line in said.get(known.code, ()):
            texts = [(reader.say(name), reader.own(line[name], row["language"])) for name in PER_LINE if name in line]
            yield blocks.entry(_name(reader, row), _about(reader, row), texts)


def _requests(reader: Reader, model: Outcomes) -> Iterator[Block]:
    say = reader.say
    yield from parts.annex(reader, 3, "annex_requests")
    rows: list[list[Inline]] = [
        [
            _receipt(reader, row),
            _request_kind(reader, request),
            reader.own(request.get("title") or "", row["language"]),
            _organization(reader, row),
        ]
        for row in model["submissions"]
        for request in row["requests"]
    ]
    if not rows:
        yield blocks.paragraph(say("none"))
        return
    yield blocks.table(
        [(say("receipt"), "code"), (say("request"), "text"), (say("title"), "wide"), (say("organization"), "text")],
        rows,
    )


def _request_kind(reader: Reader, request: Input) -> str:
    if type := request.get("session_type"):
        return reader.session_type(type)
    return reader.say(f"request_{request['kind']}")


def _meetings(reader: Reader, model: Outcomes) -> Iterator[Block]:
    say = reader.say
    yield from parts.annex(reader, 4, "annex_meetings")
    if not model["meetings"]:
        yield blocks.paragraph(say("none"))
    for number, meeting in zip(count(1), model["meetings"], strict=False):
        yield blocks.heading(2, [f"{number}. ", reader.title(meeting["title"])])
        span, venue = parts.span(reader, meeting["start"], meeting["end"]), reader.venue(meeting)
        yield blocks.paragraph([reader.day(meeting["start"]), " · ", span, f" · {venue}" if venue else ""], note=True)
        if meeting["agenda"]:
            yield blocks.heading(3, say("agenda"))
            yield blocks.bullets(reader.title(item) for item in meeting["agenda"])
        yield blocks.heading(3, say("minutes"))
        minutes = reader.prose(meeting["minutes"]) if meeting["minutes"] else [blocks.paragraph(say("no_minutes"))]
        yield from minutes
        yield from _interventions(reader, meeting)
        if meeting["recordings"]:
            yield blocks.heading(3, say("recordings"))
            yield blocks.bullets(blocks.run(url, "en", "ltr") for url in meeting["recordings"])


def _interventions(reader: Reader, meeting: ModelMeeting) -> Iterator[Block]:
    if meeting["interventions"]:
        yield blocks.heading(3, reader.say("interventions"))
        yield blocks.table(
            [(reader.say("organization"), "wide"), (reader.say("country"), "text"), ("", "text")],
            [
                [
                    row["organization"] or "",
                    reader.country(row["country"] or ""),
                    reader.say("remotely" if row["remote"] else "on_site"),
                ]
                for row in meeting["interventions"]
            ],
        )


def _question(reader: Reader, model: Outcomes, code: str) -> str | Run:
    texts = model["questions"].get(code)
    return reader.title(texts) if texts else code.replace("_", " ").capitalize()


def _organization(reader: Reader, row: Received) -> Run:
    return reader.own(row["organization"], row["language"])


def _name(reader: Reader, row: Received) -> list[str | Run]:
    return [_receipt(reader, row), " \N{EN DASH} ", _organization(reader, row)]


def _receipt(reader: Reader, row: Received) -> Run:
    return reader.receipt(row["receipt"], public=row.get("public", False))


def _listed(runs: Iterable[Run]) -> Iterator[str | Run]:
    """Runs with commas between them."""
    for number, each in enumerate(runs):
        yield from (", ", each) if number else (each,)


def _about(reader: Reader, row: Received) -> list[str | Run]:
    """Country, stakeholder type and language; of the input of an event, its name and first day too."""
    known = (
        reader.country(row["country"]),
        reader.stakeholder_types([row["stakeholder_type"]]),
        reader.name_of_language(row["language"]),
        "" if row["kind"] == "form" else reader.say(f"kind_{row['kind']}"),
    )
    said: list[str | Run] = [" · ".join(filter(None, known))]
    if event := row["event"]:
        days = [f" ({reader.day(event['starts_on'])})"] if "starts_on" in event else []
        said += [" · ", reader.own(event["name"], row["language"]), *days]
    return said
