"""What mails to candidates, and to who nominated them, say."""

from __future__ import annotations

from datetime import date

from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import long_date
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.facilitators.rules import candidates
from wsis_consultation.facilitators.rules.candidates import Candidate
from wsis_consultation.facilitators.store import Candidates, Nominations


class CandidateMailCases:
    """The details that notifications asks for."""

    def __init__(self, editions: Editions, nominations: Nominations, people: Candidates) -> None:
        self._editions, self._nominations, self._people = editions, nominations, people

    @rpc
    def consent_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What the mail that asks for consent says, with the secret link. Raises NotFound."""
        found = self._people.find(data["edition"], data["candidate"])
        nomination = self._nominations.find(data["nomination"])
        if nomination is None or found["consent"] != candidates.ASKED:
            raise NotFound("consultation.candidate_unknown")
        secret = f"{found['_id']}.{self._people.consent_key(found)}"
        url = f"page:/consultations/{found['edition']}/consent#{secret}"
        return {**_contact(found), "mechanism": nomination["mechanism_name"], "url": url}

    @rpc
    def candidate_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What the mail to a confirmed facilitator says. Raises NotFound."""
        found = self._confirmed(data)
        forum = self._editions.find(data["edition"])["forum"]
        days = [long_date(date.fromisoformat(day), found["locale"]) for day in forum["high_level_days"]]
        return {**_contact(found), "high_level_days": "; ".join(days)}

    @rpc
    def confirmation_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What the mail to the nominators of a facilitator says. Raises NotFound."""
        return {"candidate_names": self._confirmed(data)["full_name"]}

    def _confirmed(self, data: Input) -> Candidate:
        found = self._people.find(data["edition"], data["candidate"])
        if not candidates.is_public(found):
            raise NotFound("consultation.candidate_unknown")
        return found


def _contact(candidate: Candidate) -> JsonObject:
    names = candidate["full_name"]
    return {"contact": {"email": candidate["email"], "names": names, "locale": candidate["locale"]}}


def compose(parts: Parts) -> CandidateMailCases:
    """The use cases with their collaborators; called once per process."""
    return CandidateMailCases(Editions(parts.db), Nominations(parts.db), Candidates(parts.db))
