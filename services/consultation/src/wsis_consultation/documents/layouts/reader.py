"""How documents of the consultation say things in one language."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared import reference
from wsis_shared.rendering import reader
from wsis_shared.rendering.reader import Prose
from wsis_shared.sentences import Sentences

__all__ = ["Prose", "Reader"]

_sentences = Sentences("wsis_consultation", "documents")


class Reader(reader.Reader):
    """Writes for the readers of one language; moments in the zone of the consultation."""

    def __init__(self, language: str, time_zone: str) -> None:
        super().__init__(_sentences, language, time_zone)

    def stakeholder_types(self, codes: Sequence[str]) -> str:
        """The title of one type, or of several that are counted together."""
        return " / ".join(reference.title(reference.stakeholder_type(code), self.language) for code in codes)
