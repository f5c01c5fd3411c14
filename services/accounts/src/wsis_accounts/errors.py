"""Each way to fail: one function, one code. Titles in seven languages stand in `texts/`."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


def email_invalid() -> Invalid:
    """No mail can be sent to this."""
    return Invalid("accounts.email_invalid", "This is not a mail address.", fields={"email": ["Not a mail address."]})


def email_not_mailable() -> Invalid:
    """A valid address, but the relay takes none with letters beyond ASCII before the @ (RFC 6531)."""
    message = "We cannot send mail to an address with letters outside A to Z before the @."
    return Invalid("accounts.email_not_mailable", message, fields={"email": [message]})


def code_invalid() -> Invalid:
    """One answer for everything that may be wrong with a code: a guesser learns nothing."""
    return Invalid(
        "accounts.code_invalid", "The code is wrong, was used, or has expired.", fields={"code": ["Ask for a new one."]}
    )


def codes_locked(retry_after: int) -> TooMany:
    """Too many wrong codes came with this address, whether it has an account or not."""
    return TooMany("accounts.codes_locked", "Too many wrong codes: use the link in the mail, or wait.",
                   retry_after=retry_after)  # fmt: skip


def challenge_over() -> NotFound:
    """The mail with this code is not needed any more: a newer one was asked for, or it is too late."""
    return NotFound("accounts.challenge_over", "This request for a code is over.")


def blocked() -> Forbidden:
    """Said only to who has proved that the mailbox is theirs."""
    return Forbidden("accounts.blocked", "This account is blocked: write to the secretariat.")


def refresh_invalid() -> Unauthenticated:
    """The refresh token is not one that works (any more)."""
    return Unauthenticated("accounts.refresh_invalid", "The session has ended: sign in again.")


def erasure_link_invalid() -> Invalid:
    """The link is made up, was used, or is over; a newer one replaces it."""
    return Invalid("accounts.erasure_link_invalid", "This link is not valid, was used, or is over.",
                   fields={"token": ["Ask for a new one."]})  # fmt: skip


def session_unknown() -> NotFound:
    """No such session of this account, or it has ended."""
    return NotFound("accounts.session_unknown", "You have no such session.")


def sign_in_again() -> Forbidden:
    """The sign-in is too long ago for what is asked."""
    return Forbidden("accounts.sign_in_again", "Sign in again, then repeat this within some minutes.")


def proof_of_work_needed() -> Invalid:
    """Registration demands it, by setting."""
    return Invalid("accounts.proof_of_work_needed", "Fetch a challenge, solve it and send its solution along.",
                   fields={"challenge": ["Solve one of GET /v1/challenges."]})  # fmt: skip


def proof_of_work_invalid() -> Invalid:
    """Not a challenge of ours, not solved, or too old."""
    return Invalid("accounts.proof_of_work_invalid", "The solution does not fit, or its challenge is too old.",
                   fields={"challenge": ["Fetch another and solve it."]})  # fmt: skip


def proof_of_work_used() -> Invalid:
    """It was solved for another registration."""
    return Invalid("accounts.proof_of_work_used", "This solution was used for another registration.",
                   fields={"challenge": ["Fetch another and solve it."]})  # fmt: skip


def account_unknown() -> NotFound:
    """No such account, or erased."""
    return NotFound("accounts.account_unknown", "There is no such account.")


def own_roles() -> Forbidden:
    """Four eyes: somebody else must do it."""
    return Forbidden("accounts.own_roles", "Nobody changes their own roles or blocks themselves.")


def authority_ended() -> Forbidden:
    """The token says more than the account may by now."""
    return Forbidden("accounts.authority_ended", "Your account may no longer do this.")


def role_not_grantable(role: str) -> Forbidden:
    """Its declaration names who may grant it."""
    return Forbidden("accounts.role_not_grantable", "None of your roles may grant or withdraw this role.", role=role)


def last_officer() -> Conflict:
    """Nobody would be left to give the role back."""
    return Conflict("accounts.last_officer", "The last officer must stay one: make another officer first.")


def agency_needed() -> Invalid:
    """The role is held for an agency."""
    return Invalid(
        "accounts.agency_needed", "The role agency needs the agency.", fields={"agency": ["Name a known agency."]}
    )
