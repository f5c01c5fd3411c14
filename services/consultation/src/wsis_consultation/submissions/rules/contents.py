"""The content of a submission from the answers to a form, and back."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject


class Contact(TypedDict):
    """Who wrote a submission."""

    full_name: str
    email: str
    telephone: str | None
    locale: str


class Event(TypedDict):
    """The event of which a submission reports."""

    name: str
    country: str | None
    starts_on: str | None
    ends_on: str | None


class Chosen(TypedDict):
    """What concerns the whole input."""

    action_lines: list[str]
    sdgs: list[int]


class PerLine(TypedDict):
    """Answers for an action line."""

    action_line: NotRequired[str]


class Speaker(TypedDict):
    """Who is to speak."""

    name: str
    organization: NotRequired[str]
    country: NotRequired[str]
    email: NotRequired[str]
    remote: NotRequired[bool]


class Request(TypedDict):
    """What a submission asks for. Questions of a form that no other part reads are here too."""

    id: NotRequired[str]
    kind: str
    session_type: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    action_lines: NotRequired[list[str]]
    sdgs: NotRequired[list[int]]
    speakers: NotRequired[list[Speaker]]
    co_organizers: NotRequired[list[str]]


class Content(TypedDict):
    """What its owner wrote. `action_lines` and `sdgs` are all that are named anywhere, also for a line or in a request.
    Erasing who wrote it leaves no contact."""

    form_version: int
    language: str
    kind: str
    contact: Contact | None
    organization: str
    country: str
    region: str
    stakeholder_type: str
    event: Event | None
    action_lines: list[str]
    sdgs: list[int]
    chosen: Chosen
    answers: Input
    per_line: list[PerLine]
    requests: list[Request]


CONTENT = tuple(Content.__annotations__)

PER_LINE, REQUESTS = "per_line", "requests"
# Question -> field of the content. `forms.publishing` sees to it that every form has what is needed here.
_FIELDS = {
    "organization_name": "organization",
    "organization_country": "country",
    "stakeholder_type": "stakeholder_type",
    "kind": "kind",
}
_CONTACT = ("full_name", "email", "telephone")
_EVENT = {"event_name": "name", "event_country": "country", "event_starts_on": "starts_on", "event_ends_on": "ends_on"}
_CHOSEN = ("action_lines", "sdgs")
_OWN = {*_FIELDS, *_CONTACT, *_EVENT, *_CHOSEN, PER_LINE, REQUESTS}


def from_answers(answers: Input, *, form_version: int, language: str) -> Content:
    """The content of complete answers. Requests keep the ids that they have."""
    per_line: list[PerLine] = [row.copy() for row in answers.get(PER_LINE, [])]
    requests: list[Request] = [row.copy() for row in answers.get(REQUESTS, [])]
    chosen: Chosen = {"action_lines": list(answers.get("action_lines", [])), "sdgs": list(answers.get("sdgs", []))}
    return {
        "form_version": form_version,
        "language": language,
        "organization": answers["organization_name"],
        "country": answers["organization_country"],
        "stakeholder_type": answers["stakeholder_type"],
        "kind": answers["kind"],
        "contact": {
            "full_name": answers["full_name"],
            "email": answers["email"],
            "telephone": answers.get("telephone"),
            "locale": language,
        },
        "region": region_of(answers["stakeholder_type"], answers["organization_country"]),
        "event": _event(answers),
        "chosen": chosen,
        "action_lines": _all_lines(chosen["action_lines"], per_line, requests),
        "sdgs": sorted({*chosen["sdgs"], *(goal for row in requests for goal in row.get("sdgs", []))}),
        "answers": {code: value for code, value in answers.items() if code not in _OWN},
        "per_line": per_line,
        "requests": requests,
    }


def _event(answers: Input) -> Event | None:
    if not answers.get("event_name"):
        return None
    return {
        "name": answers["event_name"],
        "country": answers.get("event_country"),
        "starts_on": answers.get("event_starts_on"),
        "ends_on": answers.get("event_ends_on"),
    }


def of(document: Content) -> Content:
    """The content alone of a submission or of a version."""
    return {
        "form_version": document["form_version"],
        "language": document["language"],
        "kind": document["kind"],
        "contact": document["contact"],
        "organization": document["organization"],
        "country": document["country"],
        "region": document["region"],
        "stakeholder_type": document["stakeholder_type"],
        "event": document["event"],
        "action_lines": document["action_lines"],
        "sdgs": document["sdgs"],
        "chosen": document["chosen"],
        "answers": document["answers"],
        "per_line": document["per_line"],
        "requests": document["requests"],
    }


def to_answers(content: Content) -> Input:
    """The reverse of `from_answers`: what a form shows. Answers that were not given are absent."""
    event: JsonObject = content.get("event") or {}
    contact: JsonObject = content.get("contact") or {}
    answers: dict[str, object] = {
        **{code: content.get(field) for code, field in _FIELDS.items()},
        **{name: contact.get(name) for name in _CONTACT},
        **{code: event.get(name) for code, name in _EVENT.items()},
        **(content.get("chosen") or {}),
        **content["answers"],
        PER_LINE: content["per_line"],
        REQUESTS: content["requests"],
    }
    return {code: value for code, value in answers.items() if value is not None and value != []}


def region_of(stakeholder_type: str, country: str) -> str:
    """The ITU region of the country; "international" for international organizations and where there is none."""
    if stakeholder_type == "international_organization":
        return reference.no_region().code
    return reference.region_or_international(country)


def with_request_ids(content: Content, submission: str, next_number: int) -> tuple[Content, int]:
    """Each request with an id, "<submission>.<number>", never used twice; and the next free number."""
    requests: list[Request] = []
    for request in content["requests"]:
        if not request.get("id"):
            request = {"id": f"{submission}.{next_number}", **request}
            next_number += 1
        requests.append(request)
    return {**content, "requests": requests}, next_number


def problems(answers: Input, email: str, before: Content | None) -> dict[str, list[str]]:
    """What no schema can say of answers that fit the form, by path: another address than the confirmed `email`, an
    event that ends before it starts, ids of requests that the version before does not have."""
    found: dict[str, list[str]] = {}
    if answers["email"].lower() != email.lower():
        found["email"] = ["Not the confirmed address: leave this field out."]
    if answers.get("event_ends_on", "9999") < answers.get("event_starts_on", ""):
        found["event_ends_on"] = ["The end must come after the start."]
    known = {request["id"] for request in before["requests"]} if before else set()
    for index, request in enumerate(answers.get(REQUESTS, [])):
        if request.get("id") and request["id"] not in known:
            found[f"{REQUESTS}.{index}.id"] = ["Not a request of this submission."]
        known.discard(request.get("id"))
    return found


def agencies_of(action_lines: list[str]) -> list[str]:
    """Slugs of the facilitators of these lines, each once."""
    found = (agency.slug for line in action_lines for agency in reference.agencies_of_line(line))
    return sorted(set(found))


def _all_lines(chosen: list[str], per_line: list[PerLine], requests: list[Request]) -> list[str]:
    named = {*chosen, *(row["action_line"] for row in per_line if row.get("action_line"))}
    named |= {line for row in requests for line in row.get("action_lines", [])}
    return [line.code for line in reference.action_lines() if line.code in named]
