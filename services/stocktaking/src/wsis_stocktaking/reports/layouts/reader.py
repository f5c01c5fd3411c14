"""How reports say things in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.rendering import blocks, reader
from wsis_shared.rendering.blocks import Run
from wsis_shared.sentences import Sentences

from wsis_stocktaking.register.rules import codes as register
from wsis_stocktaking.reports.rules.scopes import STORIES

_sentences = Sentences("wsis_stocktaking", "reports")


class Reader(reader.Reader):
    """Writes for the readers of one language."""

    def __init__(self, language: str) -> None:
        super().__init__(_sentences, language)

    def report_title(self, scope: Input) -> str:
        """ "Global report", "Regional report: Arab States"."""
        region = self.region(scope["region"]) if scope["region"] else ""
        return self.say(f"{scope['kind']}_title", region=region, edition=scope["edition"] or "")

    def scope(self, scope: Input) -> str:
        """The period, or the edition."""
        if scope["kind"] == STORIES:
            return self.say("edition_of", edition=scope["edition"])
        return self.span(scope["period"]["start"], scope["period"]["end"])

    def span(self, start: str, end: str) -> str:
        """Two days with a dash."""
        return f"{self.day(start)} \N{EN DASH} {self.day(end)}"

    def content(self, texts: Mapping[str, str], original: str) -> Run:
        """What a contributor wrote: in this language if there is such a text, else as it was written, marked with its
        language."""
        if texts.get(self.language):
            return blocks.run(texts[self.language])
        return self.own(texts.get(original) or next(iter(texts.values()), ""), original)

    def is_translated(self, texts: Mapping[str, str], original: str) -> bool:
        """Whether what `content` gives is a translation."""
        return original != self.language and bool(texts.get(self.language))

    def types(self, codes: Sequence[str]) -> str:
        """The title of one stakeholder type, or of several that are counted together."""
        return " / ".join(reference.title(reference.stakeholder_type(code), self.language) for code in codes)

    def group(self, code: str) -> str:
        """The title of a part of a chapter: a stakeholder type or a prize status."""
        return self.types([code]) if reference.is_stakeholder_type(code) else self.code("prizes", code)

    def code(self, group: str, code: str) -> str:
        """The title of a kind, coverage or status."""
        return register.title(group, code, self.language)

    def line(self, code: str) -> str:
        """ "C7. ICT applications: e-health"."""
        return self.action_line(code)

    def places(self, codes: Iterable[str], regions: Iterable[str]) -> str:
        """Up to four countries by name, else their number is said; regions where no country is named."""
        names = [self.country(code) for code in codes]
        if len(names) > 4:
            return self.say("countries_count", count=self.number(len(names)))
        return self.listed(names or [self.region(code) for code in regions])

    def listed(self, parts: Iterable[str]) -> str:
        """Parts with the comma of the language."""
        return {"ar": "، ", "zh": "、"}.get(self.language, ", ").join(parts)

    def goals(self, sdgs: Iterable[int], targets: Iterable[str]) -> str:
        """ "2 (2.3, 2.4); 9"."""
        by_goal: dict[int, list[str]] = {number: [] for number in sdgs}
        for target in targets:
            by_goal.setdefault(int(target.partition(".")[0]), []).append(target)
        parts = [f"{number} ({', '.join(found)})" if found else str(number) for number, found in by_goal.items()]
        return {"ar": "؛ ", "zh": "；"}.get(self.language, "; ").join(parts)
