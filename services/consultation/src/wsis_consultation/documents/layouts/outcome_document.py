"""The Outcome Document in a language: what the Forum brought, in the order of the documents of earlier Forums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wsis_shared import reference
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Document, Inline, Run

from wsis_consultation.documents.layouts import parts
from wsis_consultation.documents.layouts.parts import Chart, Prose, Reader
from wsis_consultation.documents.rules import OUTCOME_DOCUMENT
from wsis_consultation.documents.rules.models import FiledOutcome, HeldSession, OutcomeDocument
from wsis_consultation.editions.rules import reference as consultation

HIGH_LEVEL = "high_level"
# Marks what the WSIS-SDG Matrix does not have, and what it has and no session named.
OUTSIDE, UNUSED = "*", "·"


def lay_out(model: OutcomeDocument, prose: Prose, language: str, number: str, base: str = "") -> Document:
    """The document; see `documents.rules.outcome_document` for the model."""
    reader = Reader(language, model, base)
    people, sessions = _participation(reader, model), _sessions(reader, model)
    chapters = [
        *_summary(reader, model, prose),
        *_chapter(reader, "participation", people),
        *_high_level(reader, model, prose),
        *_outcomes(reader, model),
        *_matrix(reader, model),
        *parts.charts(reader, sessions[2:]),
        *parts.written(reader, prose, "conclusions"),
        *parts.partners(reader, model["partners"]),
    ]
    annexes = [
        *_rationales(reader, model),
        *_programme(reader, model, sessions[:2]),
        *parts.queries(reader, 3, [*people, *sessions]),
    ]
    content = [*blocks.numbered(chapters), *annexes]
    return parts.document(reader, model, OUTCOME_DOCUMENT, number, content, series="forum_series")


def _summary(reader: Reader, model: OutcomeDocument, prose: Prose) -> Iterator[Block]:
    figures = model["statistics"]
    yield blocks.heading(1, reader.say("executive_summary"), new_page=True)
    yield from reader.prose(prose.get("executive_summary", {}))
    counted = ("participants", "participant_countries", "ministers", "total", "outcomes", "organizers", "speakers")
    known = {name: value for name, value in figures.items() if isinstance(value, int)}
    rows = [(f"figure_{name}", known[name]) for name in counted if name in known]
    yield parts.key_figures(reader, [*rows, ("figure_links", len(model["matrix"]))])
    if "participants" in known:
        on_site, remote = reader.number(known["on_site"]), reader.number(known["remote"])
        yield blocks.paragraph(reader.say("who_is_counted", on_site=on_site, remote=remote), note=True)


def _chapter(reader: Reader, key: str, charts: list[Chart]) -> Iterator[Block]:
    if charts:
        yield blocks.heading(1, reader.say(key))
        yield from parts.charts(reader, charts)


def _participation(reader: Reader, model: OutcomeDocument) -> list[Chart]:
    """The charts of who took part; none where nobody was counted."""
    figures = model["statistics"]
    if "participants_by_rank" not in figures:
        return []
    ranks = {rank["code"]: reference.title(rank, reader.language) for rank in consultation.ranks()}
    query = (
        f"count(participants where meeting = forum of {model['edition']} and "
        "(checked_in or (mode = remote and state = registered))) group by "
    )
    return [
        Chart(
            "participants_by_rank",
            [row for row in figures["participants_by_rank"] if row["count"]],
            "rank",
            lambda row: ranks[str(row["codes"][0])],
            f"{query}rank",
        ),
        Chart(
            "participants_by_stakeholder_type",
            figures["participants_by_stakeholder_type"],
            "stakeholder_type",
            lambda row: reader.stakeholder_types([str(code) for code in row["codes"]]),
            f"{query}stakeholder_type",
        ),
        Chart(
            "participants_by_region",
            figures["participants_by_region"],
            "region",
            lambda row: reader.region(str(row["codes"][0])),
            f"{query}region",
        ),
    ]


def _sessions(reader: Reader, model: OutcomeDocument) -> list[Chart]:
    """The charts of sessions: two by what they were, two by what they served."""
    say, figures = reader.say, model["statistics"]
    held = f"sessions where programme = {model['programme']['number']} and end <= {model['as_of']}"

    return [
        Chart(
            "sessions_by_track",
            figures["by_track"],
            "track",
            lambda row: say(f"track_{row['codes'][0]}"),
            f"count({held}) group by track",
        ),
        Chart(
            "sessions_by_type",
            figures["by_type"],
            "type",
            lambda row: reader.session_type(str(row["codes"][0])),
            f"count({held}) group by type",
        ),
        Chart(
            "sessions_by_action_line",
            figures["sessions_by_action_line"],
            "action_line",
            lambda row: reader.action_line(str(row["codes"][0])),
            f"count({held} and outcome filed) group by links.action_line",
            say("several_sessions"),
        ),
        Chart(
            "sessions_by_sdg",
            figures["sessions_by_sdg"],
            "goal",
            lambda row: reader.goal(int(row["codes"][0])),
            f"count({held} and outcome filed) group by links.sdg",
            say("several_sessions"),
        ),
    ]


def _high_level(reader: Reader, model: OutcomeDocument, prose: Prose) -> Iterator[Block]:
    """The executive brief, who led the track, and what its sessions filed."""
    yield blocks.heading(1, reader.say("high_level_brief"))
    yield from reader.prose(prose.get("high_level_brief", {}))
    yield from parts.facilitators(reader, model["facilitators"], level=2)
    yield blocks.heading(2, reader.say("high_level_outcomes"))
    filed = [one for one in model["sessions"] if one["track"] == HIGH_LEVEL and one["outcome"]]
    yield from _entries(reader, filed)
    if not filed:
        yield blocks.paragraph(reader.say("none"))


def _outcomes(reader: Reader, model: OutcomeDocument) -> Iterator[Block]:
    """What the other sessions filed, by their type."""
    yield blocks.heading(1, reader.say("session_outcomes"))
    yield blocks.paragraph(reader.say("outcomes_as_filed"), note=True)
    filed = [one for one in model["sessions"] if one["track"] != HIGH_LEVEL and one["outcome"]]
    for code in dict.fromkeys([*reader.session_types, *(one["type"] for one in filed)]):
        if of_type := [one for one in filed if one["type"] == code]:
            yield blocks.heading(2, reader.session_type(code))
            yield from _entries(reader, of_type)
    if not filed:
        yield blocks.paragraph(reader.say("none"))


def _entries(reader: Reader, sessions: Iterable[HeldSession]) -> Iterator[Block]:
    for one in sessions:
        if outcome := one["outcome"]:
            said: list[tuple[Inline, Inline]] = [("", reader.own(outcome["text"], outcome["language"]))]
            if outcome["links"]:
                said.append((reader.say("links"), _links(reader, outcome)))
            if one["speakers"]:
                said.append((reader.say("speakers"), "; ".join(one["speakers"])))
            yield blocks.entry(reader.title(one["title"]), _about(reader, one), said, id=one["code"])


def _about(reader: Reader, one: HeldSession) -> list[str | Run]:
    """Code, day, time, room and organizers; each is a run of its own, so that Arabic keeps them in this order."""
    code, organizers = (blocks.run(text, "", "ltr") for text in (one["code"], reader.listed(one["organizers"])))
    called = reader.room(one["room"])
    room = blocks.run(called, "", "ltr" if called == one["room"] else "")
    when = blocks.run(reader.day(one["start"] or "")), parts.span(reader, one["start"], one["end"])
    said = [code, *when, *(part for part in (room, organizers) if part["text"])]
    return [part for run in said for part in (" · ", run)][1:]


def _links(reader: Reader, outcome: FiledOutcome) -> str:
    return "\n".join(
        f"{reader.action_line(link['action_line'])} \N{EN DASH} {reader.say('goal_of', number=link['sdg'])}"
        f"{OUTSIDE if link['outside_matrix'] else ''}"
        for link in outcome["links"]
    )


def _matrix(reader: Reader, model: OutcomeDocument) -> Iterator[Block]:
    """Action lines by goals: how many sessions link them."""
    say, goals = reader.say, reference.sdgs()
    yield blocks.heading(1, say("forum_matrix"), new_page=True)
    yield blocks.paragraph(say("forum_matrix_lead"))
    cells = {(cell["action_line"], cell["sdg"]): cell for cell in model["matrix"]}

    def count(line: str, goal: int) -> str:
        if cell := cells.get((line, goal)):
            return f"{reader.number(len(cell['sessions']))}{OUTSIDE if cell['outside_matrix'] else ''}"
        return UNUSED if reference.in_matrix(line, goal) else ""

    columns = [(say("action_line"), "text"), *((reader.number(goal.number), "number") for goal in goals)]
    yield blocks.table(
        columns,
        [
            [reader.action_line(line.code), *(count(line.code, goal.number) for goal in goals)]
            for line in reference.action_lines()
        ],
    )
    yield blocks.paragraph(say("outside_matrix", outside=OUTSIDE, unused=UNUSED), note=True)


def _rationales(reader: Reader, model: OutcomeDocument) -> Iterator[Block]:
    say = reader.say
    yield from parts.annex(reader, 1, "annex_rationales")
    rows: list[list[Inline]] = [
        [
            one["code"],
            reader.action_line(link["action_line"]),
            f"{link['sdg']}{OUTSIDE if link['outside_matrix'] else ''}",
            reader.own(link["rationale"], outcome["language"]),
        ]
        for one in model["sessions"]
        if (outcome := one["outcome"])
        for link in outcome["links"]
    ]
    columns = [(say("session"), "code"), (say("action_line"), "text"), (say("goal_short"), "code")]
    yield blocks.table([*columns, (say("rationale"), "wide")], rows) if rows else blocks.paragraph(say("none"))


def _programme(reader: Reader, model: OutcomeDocument, charts: list[Chart]) -> Iterator[Block]:
    yield from parts.annex(reader, 2, "sessions_held")
    yield from parts.charts(reader, charts)
    yield from parts.sessions_by_day(reader, model["sessions"])
    if not model["sessions"]:
        yield blocks.paragraph(reader.say("none"))
