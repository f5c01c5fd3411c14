"""What is left of documents once a person in them is erased."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]
IsPerson = Callable[[Document], bool]
"""Tells of a speaker, {name, email, ...}, whether it is the person."""

NOBODY = {"contact": None, "account": None, "email_key": None}
NO_ADDRESS = ""  # of a nominee who is erased
_NOMINATED = ("full_name", "organization", "bio", "email")


def writer_of(content: Document) -> IsPerson:
    """Whoever wrote a submission, among its speakers: by the address, or by the name."""
    contact = content.get("contact") or {}
    names = {_folded(contact.get("full_name")), _folded(contact.get("email"))} - {""}
    return lambda speaker: bool({_folded(speaker.get("name")), _folded(speaker.get("email"))} & names)


def without_writer(content: Document) -> dict[str, Any]:
    """Requests without who wrote them. Nobody is left to answer for the other speakers: their addresses go too."""
    others = without_speaker(content.get("requests") or (), writer_of(content))
    return {"contact": None, "requests": [_without_addresses(request) for request in others]}


def without_speaker(requests: Iterable[Document], is_person: IsPerson) -> list[dict[str, Any]]:
    """Requests that do not name the person."""
    return [
        {**request, "speakers": [row for row in request["speakers"] if not is_person(row)]}
        if request.get("speakers")
        else dict(request)
        for request in requests
    ]


def names_speaker(requests: Iterable[Document], is_person: IsPerson) -> bool:
    """Whether a request names the person."""
    return any(is_person(row) for request in requests for row in request.get("speakers") or ())


class Spared(NamedTuple):
    """What a session keeps of a person: the account or address, which a submission has that was made since, and the
    name, which the programme has published."""

    account: bool
    address: bool
    name: bool


def session(
    session: Document, account: str | None, tells: Iterable[IsPerson], spared: Spared, written: Container[str]
) -> dict[str, Any]:
    """A session without a person; `tells` tell of a speaker whether it is the person. Nobody answers any more for the
    other speakers that came with what the person has `written`, nor for any where no account organizes the session:
    their addresses go too."""
    accounts = [one for one in session["accounts"] if one != account or spared.account]
    deserted = bool(session["accounts"]) and not accounts
    tells, speakers = list(tells), []
    for row in session["speakers"]:
        is_person = any(tell(row) for tell in tells)
        if not is_person or spared.name:
            unanswered = is_person or deserted or row.get("submission") in written
            speakers.append({**row, "email": None} if unanswered else row)
    return {**session, "accounts": accounts, "speakers": speakers}


def nominee(given: Document) -> dict[str, Any]:
    """What a nominator wrote of the person, without the person. Country, gender and constituency are still counted."""
    return {**given, **dict.fromkeys(_NOMINATED, NO_ADDRESS)}


def _without_addresses(request: Document) -> dict[str, Any]:
    if not request.get("speakers"):
        return dict(request)
    kept = [{name: value for name, value in row.items() if name != "email"} for row in request["speakers"]]
    return {**request, "speakers": kept}


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())
