"""What is left of a submission once a person in it is erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wsis_consultation.submissions.rules.contents import Content, Request, Speaker

IsPerson = Callable[[Mapping[str, object]], bool]
"""Tells of a speaker, {name, email, ...}, whether it is the person."""

# Nobody is left who could withdraw the consent: it ends.
NOBODY = {"contact": None, "account": None, "email_key": None, "consent": None}


def writer_of(content: Content) -> IsPerson:
    """Whoever wrote a submission, among its speakers: by the address, or by the name."""
    contact = content.get("contact")
    names = {_folded(contact.get("full_name")), _folded(contact.get("email"))} - {""} if contact else set()
    return lambda speaker: bool({_folded(speaker.get("name")), _folded(speaker.get("email"))} & names)


def without_writer(content: Content) -> dict[str, object]:
    """Requests without who wrote them. Nobody is left to answer for the other speakers: their addresses go too."""
    others = without_speaker(content.get("requests") or (), writer_of(content))
    return {"contact": None, "requests": [_without_addresses(request) for request in others]}


def without_speaker(requests: Iterable[Request], is_person: IsPerson) -> list[Request]:
    """Requests that do not name the person."""
    return [
        {**request, "speakers": [row for row in request["speakers"] if not is_person(row)]}
        if request.get("speakers")
        else request
        for request in requests
    ]


def names_speaker(requests: Iterable[Request], is_person: IsPerson) -> bool:
    """Whether a request names the person."""
    return any(is_person(row) for request in requests for row in request.get("speakers") or ())


def _without_addresses(request: Request) -> Request:
    if not request.get("speakers"):
        return request
    return {**request, "speakers": [_without_address(row) for row in request["speakers"]]}


def _without_address(speaker: Speaker) -> Speaker:
    kept = speaker.copy()
    kept.pop("email", None)
    return kept


def _folded(text: object) -> str:
    return " ".join(str(text or "").casefold().split())
