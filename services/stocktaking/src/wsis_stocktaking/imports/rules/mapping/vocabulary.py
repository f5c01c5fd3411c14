"""Words of registers and their codes: titles in seven languages, and what registers write instead
(`data/import_values.yaml`), beside those of every service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from wsis_shared import reference
from wsis_shared.mapping import vocabulary
from wsis_shared.mapping.vocabulary import Vocabulary

from wsis_stocktaking.register.rules import codes


@cache
def of(group: str) -> Vocabulary:
    """The vocabulary of a group: "countries", "kinds"."""
    if group in vocabulary.GROUPS:
        return vocabulary.of(group)
    return vocabulary.build(_titles(group), group, "import_values", "wsis_stocktaking")


_ICT = re.compile(
    r"\b(?:information and communications? technolog(?:y|ies)|icts|tics?|икт|technologies de l[’']information et de la"
    r" communication|tecnolog[ií]as de (?:la )?informa(?:ción|ção) e?y? ?(?:de )?(?:la )?comunica(?:ción|ção)"
    r"|информационно-коммуникационны[хе] технологи[йи])\b|信息(?:和|与)?通信技术|ict",
    re.IGNORECASE,
)


def shortened(text: str) -> str:
    """A text with one name for information and communication technologies in every language."""
    return _ICT.sub("ict", text)


def _titles(group: str) -> Iterator[tuple[str, Iterable[str]]]:
    if group == "action_lines":
        for line in reference.action_lines():
            # A title of C7 is "ICT applications: e-health": its end alone says as much.
            ends = [part for title in line.title.values() if line.code.startswith("C7") for part in _ends(title)]
            yield line.code, [line.code, *line.title.values(), *map(shortened, line.title.values()), *ends]
        for line in reference.action_lines():
            for theme in line.sub_themes:
                code = f"{line.code}.{theme.code}"
                yield code, [code, theme.code, *theme.title.values()]
    elif group == "sdgs":
        for goal in reference.sdgs():
            yield str(goal.number), goal.title.values()
    elif group == "regions":
        for region in reference.itu_regions():
            yield region.code, [region.code, *region.title.values()]
    else:
        rows = {"kinds": codes.kind_rows, "coverages": codes.coverage_rows, "statuses": codes.status_rows}[group]()
        for row in rows:
            yield row["code"], [row["code"], *row["title"].values()]


def _ends(title: str) -> list[str]:
    return re.split("[:：]", title)[1:]
