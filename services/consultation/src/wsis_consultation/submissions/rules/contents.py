"""The content of a submission from the answers to a form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import reference

Content = dict[str, Any]
"""{form_version, language, kind, contact: {full_name, email, telephone, locale}, organization, country, region,
stakeholder_type, event: {name, country, starts_on, ends_on} or None, action_lines, sdgs, chosen: {action_lines, sdgs},
answers: {code: answer}, per_line: [...], requests: [{id, kind, ...}]}

`action_lines` and `sdgs` are all that are named anywhere, also for a line or in a request; `chosen` are those that
concern the whole input."""

CONTENT = (
    "form_version",
    "language",
    "kind",
    "contact",
    "organization",
    "country",
    "region",
    "stakeholder_type",
    "event",
    "action_lines",
    "sdgs",
    "chosen",
    "answers",
    "per_line",
    "requests",
)

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


def from_answers(answers: Mapping[str, Any], *, form_version: int, language: str) -> Content:
    """The content of complete answers. Requests keep the ids that they have."""
    rows = {name: [dict(row) for row in answers.get(name, [])] for name in (PER_LINE, REQUESTS)}
    chosen = {name: list(answers.get(name, [])) for name in _CHOSEN}
    event = {name: answers.get(code) for code, name in _EVENT.items()}
    return {
        "form_version": form_version,
        "language": language,
        **{field: answers[code] for code, field in _FIELDS.items()},
        "contact": {**{name: answers.get(name) for name in _CONTACT}, "locale": language},
        "region": region_of(answers["stakeholder_type"], answers["organization_country"]),
        "event": event if event["name"] else None,
        "chosen": chosen,
        "action_lines": _all_lines(chosen["action_lines"], rows),
        "sdgs": sorted({*chosen["sdgs"], *(goal for row in rows[REQUESTS] for goal in row.get("sdgs", []))}),
        "answers": {code: value for code, value in answers.items() if code not in _OWN},
        **rows,
    }


def to_answers(content: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `from_answers`: what a form shows. Answers that were not given are absent."""
    event = content.get("event") or {}
    answers = {
        **{code: content.get(field) for code, field in _FIELDS.items()},
        **{name: (content.get("contact") or {}).get(name) for name in _CONTACT},
        **{code: event.get(name) for code, name in _EVENT.items()},
        **(content.get("chosen") or {}),
        **content["answers"],
        PER_LINE: content[PER_LINE],
        REQUESTS: content[REQUESTS],
    }
    return {code: value for code, value in answers.items() if value is not None and value != []}


def region_of(stakeholder_type: str, country: str) -> str:
    """The ITU region of the country; "international" for international organizations and where there is none."""
    if stakeholder_type == "international_organization":
        return reference.no_region().code
    return reference.region_or_international(country)


def with_request_ids(content: Content, submission: str, next_number: int) -> tuple[Content, int]:
    """Each request with an id, "<submission>.<number>", never used twice; and the next free number."""
    requests = []
    for request in content[REQUESTS]:
        if not request.get("id"):
            request = {"id": f"{submission}.{next_number}", **request}
            next_number += 1
        requests.append(request)
    return {**content, REQUESTS: requests}, next_number


def problems(answers: Mapping[str, Any], email: str, before: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """What no schema can say of answers that fit the form, by path: another address than the confirmed `email`, an
    event that ends before it starts, ids of requests that the version before does not have."""
    found: dict[str, list[str]] = {}
    if answers["email"].lower() != email.lower():
        found["email"] = ["Not the confirmed address: leave this field out."]
    if answers.get("event_ends_on", "9999") < answers.get("event_starts_on", ""):
        found["event_ends_on"] = ["The end must come after the start."]
    known = {request["id"] for request in (before or {}).get(REQUESTS, [])}
    for index, request in enumerate(answers.get(REQUESTS, [])):
        if request.get("id") and request["id"] not in known:
            found[f"{REQUESTS}.{index}.id"] = ["Not a request of this submission."]
        known.discard(request.get("id"))
    return found


def agencies_of(action_lines: list[str]) -> list[str]:
    """Slugs of the facilitators of these lines, each once."""
    found = (agency.slug for line in action_lines for agency in reference.agencies_of_line(line))
    return sorted(set(found))


def _all_lines(chosen: list[str], rows: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    named = {*chosen, *(row["action_line"] for row in rows[PER_LINE] if row.get("action_line"))}
    named |= {line for row in rows[REQUESTS] for line in row.get("action_lines", [])}
    return [line.code for line in reference.action_lines() if line.code in named]
