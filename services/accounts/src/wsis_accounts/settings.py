"""What the service reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wsis_shared.revocations import MAX_TOKEN_LIFE
from wsis_shared.settings import SettingError, setting
from wsis_shared.settings import Settings as Base


@dataclass(frozen=True)
class Settings(Base):
    """What an operator turns of registration and sign-in."""

    access_minutes: int = setting(
        10, "Life of an access token, at most 15: it is revoked at once, where it must be", development=True
    )
    registration_challenge: bool = setting(
        False, "Demand a solved proof-of-work challenge (GET /v1/challenges) with each registration"
    )
    challenge_cost: int = setting(
        20_000, "Rounds of PBKDF2 for each of some 256 tries: 20000 is a second of a computer, more of a telephone"
    )
    staff_second_factor: bool = setting(
        False, "Demand an authenticator app beside the mailed code of whoever holds a role that two officers grant"
    )
    throwaway_domains: tuple[str, ...] = setting(
        (), "Domains of throwaway mailboxes beside those of the list that is installed"
    )
    mail_smtputf8: bool = setting(
        False, "The relay offers SMTPUTF8 (RFC 6531): addresses with letters beyond ASCII before the @ may register"
    )

    def __post_init__(self) -> None:
        if not timedelta() < self.access_life <= MAX_TOKEN_LIFE:
            raise SettingError("WSIS_ACCESS_MINUTES must be 1 to 15: the gateway refuses tokens that live longer")

    @property
    def access_life(self) -> timedelta:
        """Life of an access token."""
        return timedelta(minutes=self.access_minutes)
