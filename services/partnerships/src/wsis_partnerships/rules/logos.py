"""The logo of a pledge: who sees which, and what an officer decides. Everybody sees that of a partner."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound

from wsis_partnerships.rules.pledges import PARTNER, PLEDGED, Pledge

MAX_LOGO_SIDE = 4000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"
NO_LOGO = "none"  # where somebody saw that none waits


def with_logo(pledge: Pledge, blob: str, by_sponsor: bool) -> Pledge:
    """The pledge with a new logo. What a sponsor changes once everybody sees it waits for an officer."""
    if by_sponsor and pledge["state"] in PARTNER:
        return {**pledge, "proposed_logo": blob}
    return {**_without_proposal(pledge), "logo": blob}


def waiting_logo(pledge: Pledge) -> str | None:
    """The logo that an officer's decision makes public: a partner's new one, or that of a pledge which waits for its
    confirmation."""
    return pledge["logo"] if pledge["state"] == PLEDGED else pledge.get("proposed_logo")


def known_waiting_logo(pledge: Pledge) -> str:
    """The same. Raises NotFound where none waits."""
    blob = waiting_logo(pledge)
    if blob is None:
        raise NotFound("partnerships.logo_unknown")
    return blob


def require_seen(pledge: Pledge, seen: str | None) -> None:
    """Raises Conflict where another logo waits than the one that was looked at; NO_LOGO: none did. None says nothing
    of it."""
    if seen not in (None, waiting_logo(pledge) or NO_LOGO):
        raise Conflict("partnerships.logo_changed")


def with_proposal_decided(pledge: Pledge, accepted: bool, seen: str | None) -> Pledge:
    """The logo that waits is public, or gone. `seen` is the one that was looked at. Raises NotFound where none waits,
    Conflict where it is another one."""
    blob = pledge.get("proposed_logo")
    if blob is None:
        raise NotFound("partnerships.logo_unknown")
    require_seen(pledge, seen)
    return {**_without_proposal(pledge), "logo": blob if accepted else pledge["logo"]}


def blobs(pledge: Pledge) -> set[str]:
    """The files that a pledge refers to."""
    return {blob for blob in (pledge["logo"], pledge.get("proposed_logo")) if blob is not None}


def _without_proposal(pledge: Pledge) -> Pledge:
    kept: Pledge = {**pledge}
    kept.pop("proposed_logo", None)
    return kept


def check_logo(head: bytes) -> None:
    """Raises Invalid unless these are the first bytes of a PNG whose sides have 1 to MAX_LOGO_SIDE pixels."""
    sides = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if not head.startswith(_PNG) or len(head) < 24 or not all(1 <= side <= MAX_LOGO_SIDE for side in sides):
        raise Invalid("partnerships.logo_too_large", side=MAX_LOGO_SIDE)
