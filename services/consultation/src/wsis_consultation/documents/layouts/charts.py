"""A chart of counts, with the query behind it and the same figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block

from wsis_consultation.documents.layouts import parts
from wsis_consultation.documents.layouts.reader import Reader


def chart(
    reader: Reader,
    rows: Sequence[Mapping[str, Any]],
    label: Callable[[Mapping[str, Any]], str],
    *,
    title: str,
    column: str,
    query: str,
    note: str = "",
) -> list[Block]:
    """`rows` are {codes, count, percent}; zeros are part of the figures. `title` is that of the heading above."""
    bars = [
        (label(row), row["count"], f"{reader.number(row['count'])} ({reader.percent(row['percent'])})") for row in rows
    ]
    listed = "; ".join(f"{name} {value}" for name, _, value in bars)
    source = f"{reader.say('query', query='').strip()} "
    code = blocks.run(query, "en", "ltr")
    return [
        blocks.bars(reader.say("chart", title=title, rows=listed), bars,
                    source=[source, code, *([f"\n{note}"] if note else [])]),
        parts.counts(reader, rows, column, label),
    ]  # fmt: skip
