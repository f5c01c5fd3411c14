"""What is compared of two entries that may be the same activity (`wsis_shared.likeness`).

Weights and thresholds were measured on altered copies of entries and on entries of the same organization: of the pairs
that reach duplicates.LIKELY none were two activities. Translations are found by a website that both name alone.
"""

from __future__ import annotations

from wsis_shared.json_types import Input
from wsis_shared.likeness import Profile, address, fold, words_of


def profile(content: Input) -> Profile:
    """The profile of a content or card. Only `title` is needed."""
    titles = tuple(sorted({fold(text) for text in content["title"].values()} - {""}))
    organization = content.get("organization") or {}
    own = address(organization.get("website") or "")
    sites = {address(link["url"]) for link in content.get("links") or []}
    return Profile(
        titles=titles,
        words=words_of(titles),
        organization=fold(organization.get("name") or ""),
        countries=frozenset(content.get("countries") or ()),
        sites=frozenset(sites - {"", own}),
    )
