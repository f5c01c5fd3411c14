"""New rows of a file that are likely an activity that the register, or the file, has already."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypedDict

from wsis_shared import likeness
from wsis_shared.likeness import Profile

from wsis_stocktaking.duplicates.rules.likeness import profile
from wsis_stocktaking.duplicates.rules.pairs import LIKELY
from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.register.rules.contents import Content

_MAX_NEAR = 30  # former rows with words in common that are compared with a row


class LikelyDuplicate(TypedDict):
    """A row with its title, and what it is like: a public entry, or a former row of the file."""

    row: int
    title: str
    entry: str | None
    other_row: int | None
    other_title: str
    other_organization: str
    score: int


def like_entry(row: int, content: Content, score: int, card: Card) -> LikelyDuplicate | None:
    """A row that is like an entry, where it is enough."""
    return _likely(row, content, score, card["entry"], None, card) if score >= LIKELY else None


@dataclass
class FormerRows:
    """The rows of a file that were compared."""

    _rows: list[tuple[int, Content, Profile]] = field(default_factory=list)
    _by_word: dict[str, list[int]] = field(default_factory=dict)

    def compare(self, row: int, content: Content) -> LikelyDuplicate | None:
        """The former row that is most like this one, where it is enough; then this one is a former one too."""
        sought = profile(content)
        shared = Counter(place for word in sought.words for place in self._by_word.get(word, ()))
        near = [self._rows[place] for place, _ in shared.most_common(_MAX_NEAR)]
        scored = [(likeness.score(sought, other), -number, former) for number, former, other in near]
        for word in sought.words:
            self._by_word.setdefault(word, []).append(len(self._rows))
        self._rows.append((row, content, sought))
        score, number, former = max(scored, key=lambda each: each[:2], default=(0, 0, content))
        return _likely(row, content, score, None, -number, former) if score >= LIKELY else None


def _likely(
    row: int, content: Content, score: int, entry: str | None, other_row: int | None, other: Card | Content
) -> LikelyDuplicate:
    return {
        "row": row,
        "title": content["title"][content["original_language"]],
        "entry": entry,
        "other_row": other_row,
        "other_title": other["title"][other["original_language"]],
        "other_organization": other["organization"]["name"],
        "score": score,
    }
