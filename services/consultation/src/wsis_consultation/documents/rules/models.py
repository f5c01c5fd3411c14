"""The models of documents: what they say in no language, as JSON, frozen with their versions. Moments are text."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules.reference import NamedType


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
    venue_names: NotRequired[dict[str, str]]  # in other languages
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
    types: NotRequired[list[NamedType]]  # documents of before lack them
    room_names: NotRequired[dict[str, dict[str, str]]]  # in other languages, by name


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
    texts that were given, their lines and goals, and who organizes with them; `public`: everybody may read it by its
    receipt."""

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
    public: NotRequired[bool]


class ModelTheme(TypedDict):
    """A theme with the receipts of the submissions that suggest it."""

    title: Titles
    description: dict[str, str]
    count: int
    submissions: list[str]


class Intervention(TypedDict):
    """Who spoke, by organization where they agreed."""

    organization: str | None
    country: str | None
    remote: bool | None


class ModelMeeting(TypedDict):
    """A meeting with what was said."""

    title: Titles
    start: str
    end: str
    venue: str | None
    venue_names: NotRequired[dict[str, str]]
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


# The Outcome Document of the Forum.


class SessionGoal(TypedDict):
    """An action line and a goal that a session served, and why; the WSIS-SDG Matrix has it or not."""

    action_line: str
    sdg: int
    rationale: str
    outside_matrix: bool


class FiledOutcome(TypedDict):
    """What the organizers filed after their session."""

    text: str
    language: str
    links: list[SessionGoal]


class HeldSession(PlannedSession):
    """A session that was held, with its outcome if one was filed. `speakers` are "name, organization"."""

    speakers: list[str]
    outcome: FiledOutcome | None


class Participation(TypedDict, total=False):
    """Who took part in the Forum: whoever was checked in, and whoever was registered to follow it remotely. Nothing
    where no meeting counts them."""

    participants: int
    on_site: int
    remote: int
    participant_countries: int
    ministers: int
    participants_by_rank: list[Counted]
    participants_by_stakeholder_type: list[Counted]
    participants_by_region: list[Counted]


class ForumFigures(Participation):
    """Sessions that were held, what their organizers filed, and who took part."""

    total: int
    outcomes: int
    organizers: int
    speakers: int
    by_type: list[Counted]
    by_track: list[Counted]
    sessions_by_action_line: list[Counted]
    sessions_by_sdg: list[Counted]


class MatrixCell(TypedDict):
    """The sessions that link an action line to a goal, by code."""

    action_line: str
    sdg: int
    sessions: list[str]
    outside_matrix: bool


class OutcomeDocument(Model):
    """The model of the Outcome Document."""

    programme: NumberOfProgramme
    statistics: ForumFigures
    sessions: list[HeldSession]
    matrix: list[MatrixCell]
    facilitators: list[Facilitator]
    partners: list[str]
