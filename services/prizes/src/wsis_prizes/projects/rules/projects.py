"""A project: what its submitter writes, its states, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict
from wsis_shared.reference.loading import read
from wsis_shared.reference.sets import Row

DRAFT = "draft"
SUBMITTED = "submitted"
INELIGIBLE = "ineligible"
WITHDRAWN = "withdrawn"
NOMINATED = "nominated"
NOT_NOMINATED = "not_nominated"
DISQUALIFIED = "disqualified"
STATES = (DRAFT, SUBMITTED, INELIGIBLE, WITHDRAWN, NOMINATED, NOT_NOMINATED, DISQUALIFIED)
# What its submitter writes; all else is ours.
FIELDS = (
    "title",
    "category",
    "organization",
    "country",
    "stakeholder_type",
    "contact_name",
    "contact_email",
    "short_description",
    "sdgs",
    "impact",
    "partnerships",
    "challenges",
    "timeframe",
    "website",
    "countries",
    "completed",
    "language",
)


class SdgLink(TypedDict):
    """A goal that the project serves, and how."""

    sdg: int
    rationale: NotRequired[str | None]
    targets: NotRequired[list[str]]
    outside_matrix: NotRequired[bool]


class Clarification(TypedDict):
    """The secretariat's question, and the answer."""

    question: str
    until: datetime
    asked_at: datetime
    answer: str | None
    answered_at: NotRequired[datetime]


class Eligibility(TypedDict):
    """What an officer decided: with words of their own, or with the code of a standard reason."""

    eligible: bool
    reason: str | None
    standard: NotRequired[str | None]
    decided_at: datetime


class Outcome(TypedDict):
    """Why a project is not nominated: a standard reason, words of an officer, the mean score."""

    code: str
    text: str | None
    mean: float | None


class Withdrawal(TypedDict):
    """When and why: of the project by its submitter, of its image by an officer."""

    at: datetime
    reason: str


class ImageSize(TypedDict):
    """A file of an image, and its sides in pixels."""

    blob: str
    width: int
    height: int


class Image(TypedDict):
    """What the image of a project shows, for who cannot see it, and its files by size."""

    alt: str
    sizes: dict[str, ImageSize]


class Project(TypedDict):
    """A draft has what was written so far; `number` and `submitted_at` are there from the submission on, `slot` and
    `twin` while it holds its place (`with_unique_keys`), `lacks_jurors_at` since an assignment found too few."""

    _id: str
    edition: str
    owner: str
    state: str
    created_at: datetime
    title: NotRequired[str]
    category: NotRequired[str]
    organization: NotRequired[str]
    country: NotRequired[str]
    stakeholder_type: NotRequired[str]
    contact_name: NotRequired[str]
    contact_email: NotRequired[str]
    short_description: NotRequired[str]
    sdgs: NotRequired[list[SdgLink]]
    impact: NotRequired[str]
    partnerships: NotRequired[str]
    challenges: NotRequired[str]
    timeframe: NotRequired[str]
    website: NotRequired[str]
    countries: NotRequired[list[str]]
    completed: NotRequired[bool | None]
    language: NotRequired[str]
    entity: NotRequired[str | None]
    title_key: NotRequired[str | None]
    region: NotRequired[str | None]
    number: NotRequired[int]
    submitted_at: NotRequired[datetime]
    slot: NotRequired[str]
    twin: NotRequired[str]
    clarification: NotRequired[Clarification]
    eligibility: NotRequired[Eligibility]
    outcome: NotRequired[Outcome | None]
    lacks_jurors_at: NotRequired[datetime | None]
    withdrawn: NotRequired[Withdrawal]
    image: NotRequired[Image | None]
    image_removed: NotRequired[Withdrawal | None]
    champion: NotRequired[bool]
    winner: NotRequired[bool]
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


def must_be_in(project: Project, *states: str) -> None:
    """Raises unless the project is in one of these states."""
    if project["state"] not in states:
        raise Conflict("prizes.wrong_state", state=project["state"], wanted=", ".join(states))


def state_rows() -> Iterator[Row]:
    """For `/v1/reference/project_states`."""
    for row in read("states", "wsis_prizes"):
        yield {"code": row["code"], "title": dict(row["title"])}
