"""Revocations: access tokens that end before they expire, in a small list that whoever verifies tokens keeps.

The service that signs tokens stores the list and publishes each entry (TOKENS_REVOKED); its method METHOD returns what
was added. An entry lives as long as the longest token that it can concern, so the list holds those of minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marshmallow import fields
from wsis_shared import clock
from wsis_shared.events import EventType
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema, Utc

METHOD = "revocations"  # revocations(since) -> {"revocations": [...], "until": the `since` of the next call}
MAX_TOKEN_LIFE = timedelta(minutes=15)  # a token that claims to live longer is not valid
LEEWAY = timedelta(seconds=60)  # between the clocks of two machines
KEY_LIFE = timedelta(days=1)  # of the revocation of a key: by then all have fetched the keys anew


class Kind(StrEnum):
    """What `id` names."""

    ACCOUNT = "account"
    SESSION = "session"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Ends the tokens of a session, those signed with a key, or those of an account with a lower `generation`.

    The generation of an account is a number in its tokens that grows with each revocation. No clock decides which
    tokens are meant: a token that was being signed meanwhile has the former number.
    """

    kind: Kind
    id: str
    expires_at: datetime
    generation: int = 0


class TokensRevoked(ResponseSchema):
    """A Revocation: ids alone."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    generation = fields.Integer(required=True)
    expires_at = Utc(required=True)


TOKENS_REVOKED = EventType(
    "tokens_revoked",
    "Access tokens of an account, a session or a key are no longer valid",
    TokensRevoked,
    {"kind": "account", "id": "3f2a", "generation": 3, "expires_at": "2017-04-05T09:16:00Z"},
)


def revocation(kind: Kind, id: str, now: datetime, generation: int = 0) -> Revocation:
    """A revocation at `now` that lives as long as the tokens that it concerns."""
    life = KEY_LIFE if kind is Kind.KEY else MAX_TOKEN_LIFE
    return Revocation(kind, id, now + life + LEEWAY, generation)


def from_data(data: Input) -> Revocation:
    """The revocation in an event, or in a response of METHOD. Raises KeyError, TypeError or ValueError."""
    expires_at = clock.parse(str(data["expires_at"]))
    return Revocation(Kind(data["kind"]), str(data["id"]), expires_at, int(data["generation"]))


class RevocationList:
    """The revocations in force, as far as they are known here. Adding one twice, or an older one, changes nothing."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Revocation] = {}

    def add(self, revocations: Iterable[Revocation], now: datetime) -> bool:
        """Add them and drop the expired ones. Returns whether anything is new."""
        for key in [key for key, entry in tuple(self._entries.items()) if entry.expires_at <= now]:
            self._entries.pop(key, None)
        added = False
        for each in revocations:
            known = self._entries.get((each.kind, each.id))
            rank = (each.generation, each.expires_at)
            if each.expires_at > now and (known is None or rank > (known.generation, known.expires_at)):
                self._entries[each.kind, each.id] = each
                added = True
        return added

    def revokes(self, account: str, generation: int, session: str | None, key: str) -> bool:
        """Whether a token with these claims has been revoked."""
        entries = self._entries
        if not entries:
            return False
        of_account = entries.get((Kind.ACCOUNT, account))
        return (
            (of_account is not None and generation < of_account.generation)
            or (Kind.SESSION, session) in entries
            or (Kind.KEY, key) in entries
        )

    def __len__(self) -> int:
        return len(self._entries)
