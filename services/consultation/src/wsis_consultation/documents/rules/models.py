"""The models of documents: what they say in no language, as JSON, frozen with their versions. Moments are text."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles


class DocumentInput(TypedDict):
    """A submission as a document has it."""

    submission: str
    version: int


class HeldForum(TypedDict):
    """The Forum that an edition prepares."""

    starts_on: str | None
    ends_on: str | None
    theme: Titles | None
    venue: Titles | str | None


class Phase(TypedDict):
    """A phase without what a document does not need."""

    roman: str
    kind: str
    title: Titles
    venue: str | None
    start: str
    end: str


class Counted(TypedDict):
    """How many have one of these codes."""

    codes: list[str | int]
    count: int
    percent: int


class Model(TypedDict):
    """Of any document. The `schema` says the shape: documents of before keep theirs."""

    schema: str
    edition: str
    as_of: str
    time_zone: str
    forum: HeldForum
    phases: list[Phase]
    inputs: list[DocumentInput]


# Outcomes and Analysis.


class CountedRequests(TypedDict):
    """How many requests of a kind, and of sessions of a type."""

    kind: str
    session_type: str | None
    count: int


class Statistics(TypedDict):
    """Totals, and counts by each property."""

    total: int
    countries: int
    by_kind: list[Counted]
    by_stakeholder_type: list[Counted]
    by_region: list[Counted]
    by_language: list[Counted]
    by_action_line: list[Counted]
    by_sdg: list[Counted]
    requests: list[CountedRequests]


class Parameters(TypedDict):
    """How it was counted."""

    academia_and_technical_merged: bool


class GivenAnswer(TypedDict):
    """What was answered to a question."""

    code: str
    text: str


class Event(TypedDict):
    """The national or regional event whose input a submission is."""

    name: str
    starts_on: NotRequired[str]
    ends_on: NotRequired[str]


class Received(TypedDict):
    """A submission without contact data. `per_line` has what was said of each action line, by name; `requests` have the
    texts that were given, their lines and goals, and who organizes with them."""

    receipt: str
    organization: str
    country: str
    region: str
    stakeholder_type: str
    language: str
    kind: str
    event: Event | None
    action_lines: list[str]
    sdgs: list[int]
    answers: list[GivenAnswer]
    per_line: list[dict[str, str]]
    requests: list[Input]


class ModelTheme(TypedDict):
    """A theme with the receipts of the submissions that suggest it."""

    title: Titles
    description: dict[str, str]
    count: int
    submissions: list[str]


class Intervention(TypedDict):
    """Who spoke, by organization."""

    organization: str | None
    country: str | None
    remote: bool | None


class ModelMeeting(TypedDict):
    """A meeting with what was said."""

    title: Titles
    start: str
    end: str
    venue: str
    agenda: list[Titles]
    minutes: dict[str, str]
    interventions: list[Intervention]
    recordings: list[str]


class Outcomes(Model):
    """The model of Outcomes and Analysis; `questions` are labels by code."""

    parameters: Parameters
    statistics: Statistics
    questions: dict[str, Titles]
    themes: list[ModelTheme]
    submissions: list[Received]
    meetings: list[ModelMeeting]


# The final brief.


class PlannedSession(TypedDict):
    """A session of the programme."""

    code: str
    type: str
    track: str
    room: str
    title: Titles
    start: str | None
    end: str | None
    organizers: list[str]
    action_lines: list[str]
    sdgs: list[int]


class ProgrammeFigures(TypedDict):
    """Sessions by each property."""

    total: int
    by_type: list[Counted]
    by_track: list[Counted]
    by_day: list[Counted]


class Room(TypedDict):
    """A room with its number of sessions."""

    name: str
    capacity: int | None
    sessions: int


class Facilitator(TypedDict):
    """Who is confirmed and has consented."""

    name: str
    organization: str
    country: str


class NumberOfProgramme(TypedDict):
    """The version of the programme."""

    number: str | None


class FinalBrief(Model):
    """The model of the final brief."""

    programme: NumberOfProgramme
    statistics: ProgrammeFigures
    rooms: list[Room]
    sessions: list[PlannedSession]
    facilitators: list[Facilitator]
    partners: list[str]
