"""Links in the mails of the newsletter: a token names a request for a subscription, or a subscriber, and is signed.

The token is the payload and MAC of a signed mailbox (wsis_shared.mailboxes); no mailbox has its kinds. It does not
expire by itself: what it names does. `secret` is that of mailboxes.
"""

from __future__ import annotations

from wsis_shared.mailboxes import read_address, sign_address

CONFIRMATION, PREFERENCES = "newsconf", "newspref"
CONFIRMATION_PATH = "/newsletter/confirm/"
PREFERENCES_PATH = "/newsletter/preferences#"  # the token lasts, so no server and no proxy sees it in an address


def confirmation_path(request: str, secret: str) -> str:
    """The page that confirms a request, below its language."""
    return f"{CONFIRMATION_PATH}{_token(CONFIRMATION, request, secret)}"


def preferences_path(subscriber: str, secret: str) -> str:
    """The page where readers choose their language, format and topics, below its language."""
    return f"{PREFERENCES_PATH}{preferences_token(subscriber, secret)}"


def preferences_token(subscriber: str, secret: str) -> str:
    """The token of a subscriber, for the API."""
    return _token(PREFERENCES, subscriber, secret)


def read_confirmation(token: str, secret: str) -> str | None:
    """The request that a token names; None for one that we did not make."""
    return _read(CONFIRMATION, token, secret)


def read_preferences(token: str, secret: str) -> str | None:
    """The subscriber that a token names; None for one that we did not make."""
    return _read(PREFERENCES, token, secret)


def _token(kind: str, id: str, secret: str) -> str:
    return sign_address(kind, bytes.fromhex(id), secret=secret, domain="").removeprefix(f"{kind}.").removesuffix("@")


def _read(kind: str, token: str, secret: str) -> str | None:
    payload = read_address(kind, f"{kind}.{token}@", secret=secret)
    return payload.hex() if payload else None
