"""What is left of a session once a person in it is erased."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from wsis_consultation.programme.rules.sessions import Session, Speaker
from wsis_consultation.submissions.rules.erased import IsPerson


class Spared(NamedTuple):
    """What a session keeps of a person: the account or address, which a submission has that was made since, and the
    name, which the programme has published."""

    account: bool
    address: bool
    name: bool


def without_person(
    session: Session, account: str | None, tells: Iterable[IsPerson], spared: Spared, written: Container[str]
) -> Session:
    """A session without a person; `tells` tell of a speaker whether it is the person. Nobody answers any more for the
    other speakers that came with what the person has `written`, nor for any where no account organizes the session:
    their addresses go too."""
    accounts = [one for one in session["accounts"] if one != account or spared.account]
    deserted = bool(session["accounts"]) and not accounts
    tells = list(tells)
    speakers: list[Speaker] = []
    for row in session["speakers"]:
        is_person = any(tell(row) for tell in tells)
        if not is_person or spared.name:
            unanswered = is_person or deserted or row.get("submission") in written
            speakers.append({**row, "email": None} if unanswered else row)
    return {**session, "accounts": accounts, "speakers": speakers}
