"""What the service reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wsis_shared.revocations import MAX_TOKEN_LIFE
from wsis_shared.settings import SettingError, setting
from wsis_shared.settings import Settings as Base


@dataclass(frozen=True)
class Settings(Base):
    """Times and limits of registration and sign-in."""

    code_minutes: int = setting(10, "Life of a mailed code, from the moment its mail is written (ASVS 6.5: at most 10)")
    code_tries: int = setting(5, "Wrong codes with the address before a code works by its link alone; as many there")
    codes_per_hour: int = setting(
        5, "Mails with a code to a mailbox in an hour; then one as soon as the last code is used or nearly over"
    )
    code_failures: int = setting(10, "Wrong codes with an address before the next one has to wait; links never do")
    code_wait_minutes: int = setting(1, "That wait; doubled by each wrong code, at most a day; ended by signing in")
    even_ms: int = setting(25, "Answers about an address take this long at least, so that their time tells nothing")
    registration_days: int = setting(7, "How long a registration that nobody confirms is kept")
    returning_days: int = setting(400, "How long a mailbox whose account was erased gets the same account id again")
    access_minutes: int = setting(10, "Life of an access token, at most 15: it is revoked at once, where it must be")
    session_days: int = setting(30, "Life of a session, however often it is refreshed")
    session_idle_days: int = setting(14, "A session that is not refreshed for this long ends")
    staff_idle_hours: int = setting(1, "The same for staff: whoever has a role that limits the life of sessions")
    sessions_per_account: int = setting(20, "Sessions at a time; one more ends the one that was used least recently")
    fresh_minutes: int = setting(10, "Ending sessions other than this one needs a sign-in that is no older")
    refresh_grace_seconds: int = setting(60, "A refresh whose answer was lost may be repeated for this long")
    key_days: int = setting(90, "How often the key that signs access tokens changes")
    registration_challenge: bool = setting(
        False, "Demand a solved proof-of-work challenge (GET /v1/challenges) with each registration"
    )
    challenge_minutes: int = setting(30, "Life of a proof-of-work challenge: time enough to fill in the form")
    challenge_cost: int = setting(
        20_000, "Rounds of PBKDF2 for each of some 256 tries: 20000 is a second of a computer, more of a telephone"
    )
    throwaway_domains: tuple[str, ...] = setting(
        (), "Domains of throwaway mailboxes beside those of the list that is installed"
    )
    mail_smtputf8: bool = setting(
        False, "The relay offers SMTPUTF8 (RFC 6531): addresses with letters beyond ASCII before the @ may register"
    )
    code_page: str = setting("/confirm#{challenge}", "Page where a mailed code is typed in; after WSIS_PUBLIC_URL")
    erasure_page: str = setting("/erase#{token}", "Page of the link that erases an address; after WSIS_PUBLIC_URL")
    registration_page: str = setting("/register", "Page where one registers; after WSIS_PUBLIC_URL")

    def __post_init__(self) -> None:
        if not 1 <= self.code_minutes <= 10:
            raise SettingError("WSIS_CODE_MINUTES must be 1 to 10: a code is short, and must not be old (ASVS 6.5.5)")
        for name in ("session_idle_days", "staff_idle_hours", "sessions_per_account", "fresh_minutes"):
            if getattr(self, name) < 1:
                raise SettingError(f"WSIS_{name.upper()} must be 1 or more")
        if not timedelta() < self.access_life <= MAX_TOKEN_LIFE:
            raise SettingError("WSIS_ACCESS_MINUTES must be 1 to 15: the gateway refuses tokens that live longer")

    @property
    def code_life(self) -> timedelta:
        """Life of a code."""
        return timedelta(minutes=self.code_minutes)

    @property
    def code_wait(self) -> timedelta:
        """Wait after too many wrong codes."""
        return timedelta(minutes=self.code_wait_minutes)

    @property
    def fresh(self) -> timedelta:
        """How long a sign-in counts as a proof of who asks."""
        return timedelta(minutes=self.fresh_minutes)

    @property
    def challenge_life(self) -> timedelta:
        """Life of a proof-of-work challenge."""
        return timedelta(minutes=self.challenge_minutes)

    @property
    def access_life(self) -> timedelta:
        """Life of an access token."""
        return timedelta(minutes=self.access_minutes)
