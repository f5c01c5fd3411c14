"""A long document in parts that are set one after another: what is in each, and what each must know of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from wsis_shared.rendering.blocks import Block, Document, texts

# Of text, as UTF-8. Typst needs some 160 (Latin) to 240 (Arabic) bytes of memory for each of them.
PART_BYTES = 1_200_000
_STARTS = ("heading", "entry")


def split(blocks: Sequence[Block], size: int = PART_BYTES) -> list[list[Block]]:
    """The blocks in parts of about `size` bytes of text each, alike in size. A part begins where a new page may: at a
    heading or an entry, at a chapter with a page of its own sooner than elsewhere; each part has one of them."""
    weights = [sum(len(text.encode()) for text in texts(block)) for block in blocks]
    total = sum(weights)
    most = total / max(ceil(total / size), 1)
    parts: list[list[Block]] = [[]]
    filled, before, named = 0, "", False
    for block, weight in zip(blocks, weights, strict=True):
        full = most * (0.7 if block.get("new_page") else 1)
        starts = block["block"] in _STARTS
        if starts and named and before != "heading" and filled >= full:
            parts.append([])
            filled = 0
        parts[-1].append(block)
        filled, before, named = filled + weight, block["block"], named or starts
    return parts


def headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks that the bookmarks name: headings and, as those of level 3, entries."""
    return (block for block in blocks if block["block"] in _STARTS)


def level(block: Block) -> int:
    """Of a heading or an entry."""
    return int(block.get("level", 3))


def elsewhere(document: Document, part: Sequence[Block], *, contents: bool) -> list[Block]:
    """What a part leads to and another one has: the targets of its links, and, for the part with the table of
    contents, the headings in it, which are `listed`."""
    here = {block["id"] for block in headings(part)}
    linked = set(_links(part))
    found = []
    for block in headings(document["blocks"]):
        listed = contents and block["block"] == "heading" and block["level"] <= document["depth"]
        if block["id"] not in here and (listed or block["id"] in linked):
            found.append({"id": block["id"], "level": level(block), "words": block["words"], "listed": listed})
    return found


def _links(node: object) -> Iterator[str]:
    """The ids that links inside the document lead to."""
    if isinstance(node, dict):
        if str(node.get("link", "")).startswith("#"):
            yield node["link"][1:]
        for value in node.values():
            yield from _links(value)
    elif isinstance(node, list):
        for value in node:
            yield from _links(value)
