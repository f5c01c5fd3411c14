"""Keys of people and organizations: the same key for two spellings of one name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anyascii import anyascii
from rapidfuzz import fuzz, process

# Forms of address that some lists have and others have not.
TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "mme", "sr", "sra", "he", "hon", "ing", "amb"})
LIKE = 85  # percent
_WORDS = re.compile(r"[a-z0-9]+")


def person_key(name: str) -> str:
    """The words of a name in Latin letters, sorted, without forms of address: "Dr. José Núñez" and "NUNEZ, Jose" are
    both "jose nunez". An officer who knows that two keys are one person gives both the same key."""
    words = _words(name)
    return " ".join(sorted([word for word in words if word not in TITLES] or words))


def organization_key(name: str) -> str:
    """The words of the name of an organization in Latin letters, in their order."""
    return " ".join(_words(name))


def lookalikes(keys: Iterable[str]) -> list[tuple[str, str, int]]:
    """(key, key, likeness in percent) of keys that may be one person, the likeliest first: "mohamed ali" and
    "mohammed ali". People decide: names of different persons look alike too."""
    ordered = sorted(set(keys))
    pairs = [
        (key, str(other), round(score))
        for number, key in enumerate(ordered)
        for other, score, _ in process.extract_iter(key, ordered[number + 1 :], scorer=fuzz.ratio, score_cutoff=LIKE)
    ]
    return sorted(pairs, key=lambda pair: (-pair[2], pair))


def _words(name: str) -> list[str]:
    latin = anyascii(name.replace("’", "'")).casefold().replace("'", "").replace(".", "")
    return _WORDS.findall(latin) or [name.strip().casefold()]
