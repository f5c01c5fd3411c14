"""Links that unsubscribe, without a login: one token for the page, for the one click of a mail program (RFC 8058) and
for a mail to `u.<token>@domain` (RFC 2369).

The token is the payload and MAC of a signed mailbox (wsis_shared.mailboxes): 1 byte for the audience, 8 for the list,
up to 16 for the id. It neither expires nor names an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from wsis_shared.mailboxes import read_address, sign_address

KIND = "u"
PAGE, ONE_CLICK_ROUTE = "/unsubscribe/", "/v1/unsubscriptions/"
ONE_CLICK = "List-Unsubscribe=One-Click"
_AUDIENCES: dict[int, Audience] = {0: "account", 1: "subscriber", 2: "address"}
_LIST = re.compile(r"[a-z][a-z0-9]{0,11}")  # 12 digits in base 36 fit into 8 bytes
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Audience = Literal["account", "subscriber", "address"]


@dataclass(frozen=True)
class Unsubscription:
    """Who leaves which list. `id` is hexadecimal, at most 32 digits: an account, a subscriber, or the first 32 digits
    of the key of an address that has no account. `list` is a kind of mail or "newsletter": at most 12 lower-case
    letters and digits, a letter first."""

    audience: Audience
    id: str
    list: str


@lru_cache(maxsize=256)  # one mail has it three times
def token(link: Unsubscription, secret: str) -> str:
    """URL-safe, at most 61 characters. Raises ValueError for an id or a list that does not fit."""
    if not _LIST.fullmatch(link.list):
        raise ValueError(f"{link.list!r} is no name of a list")
    audience = next(number for number, name in _AUDIENCES.items() if name == link.audience)
    payload = bytes([audience]) + int(link.list, 36).to_bytes(8, "big") + bytes.fromhex(link.id)
    return sign_address(KIND, payload, secret=secret, domain="").removeprefix(f"{KIND}.").removesuffix("@")


def read(token: str, secret: str) -> Unsubscription | None:
    """The link of a token that we made, in any case of letters; None for any other."""
    payload = read_address(KIND, f"{KIND}.{token}@", secret=secret)
    if payload is None or len(payload) < 10 or payload[0] not in _AUDIENCES:
        return None
    return Unsubscription(_AUDIENCES[payload[0]], payload[9:].hex(), _base36(int.from_bytes(payload[1:9], "big")))


def link_of(address: str, secret: str) -> Unsubscription | None:
    """The link of a mail to `u.<token>@domain`."""
    kind, _, rest = address.rpartition("@")[0].partition(".")
    return read(rest, secret) if kind.lower() == KIND else None


def is_valid(address: str, secret: str) -> bool:
    """The check of the mailbox at RCPT time."""
    return link_of(address, secret) is not None


def url(link: Unsubscription, language: str, *, secret: str, public_url: str) -> str:
    """The page of a link, for a footer."""
    return f"{public_url.rstrip('/')}/{language}{PAGE}{token(link, secret)}"


def headers(link: Unsubscription, *, secret: str, public_url: str, domain: str, host: str) -> dict[str, str]:
    """List-Unsubscribe (RFC 2369, 8058) and List-Id (RFC 2919). `domain` is that of the mailboxes; where it is empty
    there is no mailto. `host` is the domain of the list's name."""
    ways = [f"<{public_url.rstrip('/')}{ONE_CLICK_ROUTE}{token(link, secret)}>"]
    if domain:
        ways.append(f"<mailto:{KIND}.{token(link, secret)}@{domain.lower()}?subject=unsubscribe>")
    return {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": ONE_CLICK,
        "List-Id": f"<{link.list}.{host.lower()}>",
    }


def bulk_headers(link: Unsubscription, campaign: str = "") -> dict[str, str]:
    """What every mail of a list says besides: no program answers it, and a mailbox provider groups its complaints
    (Feedback-ID of Gmail: three groups, then a name of 5 to 15 characters for the sender)."""
    return {
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": f"{campaign}:{link.list}:{link.audience}:wsis-suite",
    }


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
