"""A report in a language: cover, introduction, overview with charts, a chapter for each Action Line, annex."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document, Inline
from wsis_shared.rendering.reader import Prose

from wsis_stocktaking.register.rules.codes import in_order, title_of
from wsis_stocktaking.reports.layouts import charts
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules import scopes
from wsis_stocktaking.reports.rules.scopes import STORIES

Model = Input


def document(
    model: Model, *, prose: Prose, language: str, number: str, base: str, pictures: Mapping[str, charts.Picture]
) -> Document:
    """The document. `base` is the address of the gateway, `pictures` has the charts of this language."""
    reader = Reader(language)
    say, scope = reader.say, model["scope"]
    title, series = reader.report_title(scope), say("series")
    chapters = [
        *_introduction(reader, model, prose),
        *_written(reader, prose, "contribution"),
        *charts.sections(reader, model, pictures),
        *_chapters(reader, model, base),
        *_written(reader, prose, "conclusion"),
    ]
    cover = [
        (say("edition" if scope["kind"] == STORIES else "period"), reader.scope(scope)),
        (say("version"), number),
        (say("as_of"), reader.day(model["as_of"])),
        (say("entries"), reader.number(model["statistics"]["total"])),
    ]
    return blocks.document(
        language=language,
        direction=reader.direction,
        title=title,
        series=series,
        cover=cover,
        running=f"{series} · {title} · {reader.scope(scope)} · {say('version')} {number}",
        contents=say("contents"),
        author=say("author"),
        date=model["as_of"][:10],
        depth=1,
        imprint=_imprint(reader, model, prose, number, base),
        colours=[goal.colour for goal in reference.sdgs()],
        blocks=[*chapters, *_annexes(reader, model, base)],
    )


def _introduction(reader: Reader, model: Model, prose: Prose) -> Iterator[Block]:
    say, scope, figures = reader.say, model["scope"], model["statistics"]
    yield blocks.heading(1, say("introduction"), new_page=True)
    yield from reader.prose(prose.get("introduction", {}))
    yield blocks.paragraph(say("about_register"))
    basis = scope["period"]["basis"] if scope["period"] else "stories"
    region = reader.region(scope["region"]) if scope["region"] else ""
    yield blocks.paragraph(say(f"about_{basis}", scope=reader.scope(scope), edition=scope["edition"] or ""))
    if region:
        yield blocks.paragraph(say("about_region", region=region))
    yield blocks.table(
        [(say("key_figures"), "wide"), (say("number"), "number")],
        [
            [say(name), reader.number(figures[key])]
            for name, key in (("entries", "total"), ("organizations", "organizations"), ("countries", "countries"))
        ],
    )


def _imprint(reader: Reader, model: Model, prose: Prose, number: str, base: str) -> Iterator[tuple[str, Inline]]:
    """What the page behind the cover says: numbers of this edition, conditions, whom to ask, where it is to be read."""
    say, site = reader.say, f"{base.rstrip('/')}/{reader.language}"
    online = f"{scopes.series(model['scope'])}-{number}"
    for name in scopes.IMPRINT:
        if text := prose.get(name, {}).get(reader.language):
            yield say(name), text
    yield say("acknowledgement"), say("acknowledgement_text")
    yield say("disclaimer"), say("disclaimer_text")
    if licence := model.get("licence"):
        yield say("licence"), [blocks.run(say("licence_text") + " "), blocks.run(licence, "en", "ltr", licence)]
    yield say("texts"), say("languages_text")
    yield say("online"), [blocks.run(say("online_text"), link=f"{site}/reports/{online}")]
    yield say("contact"), [blocks.run(say("contact_text"), link=f"{site}/contact")]


def _written(reader: Reader, prose: Prose, name: str) -> Iterator[Block]:
    """A chapter that officers wrote; nothing where they did not."""
    if any(prose.get(name, {}).values()):
        yield blocks.heading(1, reader.say(name))
        yield from reader.prose(prose[name])


def _chapters(reader: Reader, model: Model, base: str) -> Iterator[Block]:
    say, entries = reader.say, {entry["number"]: entry for entry in model["entries"]}
    first_lines = {number: chapter["line"] for chapter in model["chapters"] for number in chapter["entries"]}
    for chapter in model["chapters"]:
        if model["scope"]["kind"] == STORIES and not chapter["entries"]:
            continue
        yield blocks.heading(1, reader.line(chapter["line"]), id=f"line-{chapter['line']}")
        if not chapter["entries"] and not chapter["also"]:
            yield blocks.paragraph(say("no_entries"))
        for group, numbers in groupby(chapter["entries"], key=lambda number: entries[number]["group"]):
            yield blocks.heading(2, reader.group(group), id=f"line-{chapter['line']}-{group}")
            for number in numbers:
                yield _entry(reader, entries[number], base)
        if chapter["also"]:
            yield blocks.heading(2, say("also"), id=f"also-{chapter['line']}")
            yield blocks.bullets(
                [
                    f"{number}. ",
                    *_record(reader, entries[number], base),
                    f" ({say('under', line=first_lines[number].partition('.')[0])})",
                ]
                for number in chapter["also"]
            )


def _entry(reader: Reader, entry: Input, base: str) -> Block:
    """An activity; its title leads to its record."""
    say, organization = reader.say, entry["organization"]
    about = [
        reader.types([organization["type"]]),
        reader.code("kinds", entry["kind"]),
        reader.code("coverages", entry["coverage"]),
        reader.places(entry["countries"], entry["regions"]),
        _dates(reader, entry),
    ]
    if reader.is_translated(entry["text"], entry["original_language"]):
        who = "translated_by_us" if reader.language in entry.get("by_secretariat", ()) else "translated"
        about.append(say(who, language=reader.name_of_language(entry["original_language"])))
    if entry["prize"]:
        about.insert(0, reader.code("prizes", entry["prize"]))
    parts: list[tuple[Inline, Inline]] = [("", reader.content(entry["text"], entry["original_language"]))]
    if entry["sdgs"]:
        parts.append(("", [f"{say('goals')} {reader.goals(entry['sdgs'], entry['targets'])}"]))
    return blocks.entry(
        [f"{entry['number']}. ", *_record(reader, entry, base)],
        [reader.own(organization["name"], entry["original_language"]), " · " + " · ".join(filter(None, about))],
        parts,
        id=f"entry-{entry['number']}",
    )


def _record(reader: Reader, entry: Input, base: str) -> list[blocks.Run]:
    """The title of an activity, as a link to its record in the register."""
    title = reader.content(entry["title"], entry["original_language"])
    return blocks.linked(title, f"{base.rstrip('/')}/{reader.language}/register/{entry['entry']}")


def _dates(reader: Reader, entry: Input) -> str:
    status = reader.code("statuses", entry["status"])
    start, end = entry["start_date"], entry["end_date"]
    if start and end:
        return f"{status}, {start[:4]}\N{EN DASH}{end[:4]}" if start[:4] != end[:4] else f"{status}, {start[:4]}"
    return f"{status}, {reader.say('since', year=start[:4])}" if start else status


def _annexes(reader: Reader, model: Model, base: str) -> Iterator[Block]:
    say = reader.say
    yield blocks.heading(1, say("annex", number=1, title=say("list_of_entries")), id="annex-1", new_page=True)
    if not model["entries"]:
        yield blocks.paragraph(say("no_entries"))
    else:
        yield blocks.table(
            [("#", "code"), (say("title"), "wide"), (say("organization"), "text"), (say("country"), "text")],
            [
                [
                    str(entry["number"]),
                    _record(reader, entry, base),
                    reader.own(entry["organization"]["name"], entry["original_language"]),
                    reader.country(entry["organization"]["country"] or ""),
                ]
                for entry in model["entries"]
            ],
        )
    yield blocks.heading(1, say("annex", number=2, title=say("country_index")), id="annex-2")
    yield from _country_index(reader, model)
    yield blocks.heading(1, say("annex", number=3, title=say("method")), id="annex-3")
    versions = model["versions"]
    rows = [
        ("as_of", reader.day(model["as_of"])),
        ("sequence", str(model["sequence"])),
        ("matrix", versions["matrix"] or "\N{EN DASH}"),
        ("template", versions["template"]),
    ]
    yield blocks.paragraph(say("method_text"))
    yield blocks.table([(say("property"), "wide"), (say("value"), "text")], [[say(key), value] for key, value in rows])
    register = f"{base.rstrip('/')}/{reader.language}/register"
    yield blocks.paragraph(
        [blocks.run(say("register_address") + " "), blocks.run(register, "en", "ltr", register)], note=True
    )
    if queries := list(charts.queries(reader, model, base)):
        yield blocks.heading(1, say("annex", number=4, title=say("queries")), id=charts.QUERIES)
        columns = [("#", "code"), (say("title"), "text"), (say("query_address"), "wide")]
        yield blocks.table(columns, queries, caption=say("queries_text"))


def _country_index(reader: Reader, model: Model) -> Iterator[Block]:
    """The numbers of the activities of each country; in a regional report, of the countries of the region."""
    region, numbers = model["scope"]["region"], defaultdict[str, list[str]](list)
    for entry in model["entries"]:
        for code in entry["countries"]:
            if region is None or reference.itu_region_of(code) == region:
                numbers[code].append(str(entry["number"]))
    if not numbers:
        yield blocks.paragraph(reader.say("no_entries"))
        return
    yield blocks.table(
        [(reader.say("country"), "text"), (reader.say("index_numbers"), "wide")],
        [
            [title_of("country", code, reader.language), reader.listed(numbers[code])]
            for code in in_order("country", numbers, reader.language)
        ],
    )
