"""Corrections of minutes: a published version is marked or withdrawn, and numbers of people in it are masked."""

from __future__ import annotations

import re

from wsis_shared.errors import Conflict

from wsis_consultation.meetings.rules.schedule import Correction, Minutes

CORRECTED, WITHDRAWN = MARKS = ("corrected", "withdrawn")

# A telephone number with the usual separators, international or not; a passport or identity card: one to three capital
# letters and six to nine digits, or nine to sixteen digits. A year, a date, a resolution (A/RES/70/125) and an amount
# with commas stay. Looks at each character a bounded number of times.
_NUMBERS = re.compile(
    r"(?<![\w./,-])(?:"
    r"(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}"
    r"|\(?0\d{1,4}\)?(?:[ .-]\d{2,4}){2,4}"
    r"|[A-Z]{1,3} ?\d{6,9}"
    r"|\d{9,16}"
    r")(?![\w/-]|[.,]\d)"
)
MASK = "[…]"


def marked(version: Minutes, correction: Correction) -> Minutes:
    """The version with its mark, which everybody reads. Raises Conflict for one that is not published, or withdrawn."""
    if version["published_at"] is None:
        raise Conflict("consultation.minutes_not_published", version=version["number"])
    if is_withdrawn(version.get("correction")):
        raise withdrawn_error(version)
    return {**version, "correction": correction}


def is_withdrawn(correction: Correction | None) -> bool:
    """Whether nobody reads the text of a version any more."""
    return correction is not None and correction["mark"] == WITHDRAWN


def withdrawn_error(version: Minutes) -> Conflict:
    """Nothing of a withdrawn version is read or changed."""
    return Conflict("consultation.minutes_withdrawn", version=version["number"])


def is_public(version: Minutes) -> bool:
    """Whether everybody may read its text."""
    return version["published_at"] is not None and not is_withdrawn(version.get("correction"))


def masked(version: Minutes) -> tuple[Minutes, int]:
    """The version without telephone, passport and identity numbers, and how many there were."""
    found = {language: _NUMBERS.subn(MASK, text) for language, text in version["text"].items()}
    text = {language: rest for language, (rest, _) in found.items()}
    return {**version, "text": text}, sum(count for _, count in found.values())
