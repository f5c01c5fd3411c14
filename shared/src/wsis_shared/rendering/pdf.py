"""PDF by typst: tagged, with bookmarks, after PDF/UA-1. Texts enter as JSON, so they are never markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import typst
from wsis_shared.rendering import fonts, joined
from wsis_shared.rendering.blocks import Block, Document, texts
from wsis_shared.rendering.parts import PART_BYTES, elsewhere, headings, level, split

STANDARD = "ua-1"
CHART_PPI = 220.0
_KEPT = 11  # documents
# A word this long cannot be broken by rule: it gets invisible places to break at. Scripts without spaces do not count.
_LONG = re.compile(
    r"[^\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]{36,}"
)
_EVERY = re.compile("(.{12})(?=.)", re.DOTALL)
_PLACE = "\N{ZERO WIDTH SPACE}"
_AS_THEY_ARE = ("picture", "link")


def make(document: Document, part: int = PART_BYTES) -> bytes:
    """The PDF; the same document gives the same bytes. One of more than `part` bytes of text is set in parts: each
    page takes typst some hundred kilobytes, until the file is written."""
    pieces = split(document["blocks"], part)
    return _one("main.typ", document, standards=(STANDARD,)) if len(pieces) == 1 else _in_parts(document, pieces)


def _in_parts(document: Document, pieces: Sequence[list[Block]]) -> bytes:
    """The first part last, for its table of contents has the pages of the others."""
    levels = [level(block) for block in headings(document["blocks"])]
    files, pages = list[bytes](), 0
    places: dict[str, int] = {}
    for piece in pieces[1:]:
        missing = elsewhere(document, piece, contents=False)
        # No standard: it asks for a heading of level 1 before the others, and the first part has it.
        files.append(_one("main.typ", {**document, "blocks": piece, "first": False, "elsewhere": missing}))
        count, found = joined.pages(files[-1])
        places |= {block["id"]: pages + page + 1 for block, page in zip(headings(piece), found, strict=True)}
        pages += count
    listed = [{**block, "page": places[block["id"]]} for block in elsewhere(document, pieces[0], contents=True)]
    first = _one("main.typ", {**document, "blocks": pieces[0], "elsewhere": listed}, standards=(STANDARD,))
    total = joined.pages(first)[0] + pages
    numbers = _one("numbers.typ", {**document, "blocks": [], "pages": total}, tags=False)
    return joined.join([first, *files], numbers, levels)


def _one(main: str, document: Document, *, standards: Sequence[str] = (), tags: bool = True) -> bytes:
    made = _compile(main, document, "pdf", pdf_standards=list(standards), pdf_tags=tags)
    _forget()
    return made if isinstance(made, bytes) else made[0]


def _forget() -> None:
    """Typst keeps what it has laid out until it has made ten more documents: make them."""
    for _ in range(_KEPT):
        typst.compile(b"", font_paths=fonts.installed(), ignore_system_fonts=True)


def charts(document: Document) -> list[bytes]:
    """The charts of a document as PNG, in their order."""
    drawn = [block for block in document["blocks"] if block["block"] == "bars"]
    if not drawn:
        return []
    made = _compile("charts.typ", {**document, "blocks": drawn}, "png", ppi=CHART_PPI)
    return [made] if isinstance(made, bytes) else made


def typeset(
    data: Mapping[str, Any],
    sources: Mapping[str, bytes],
    at: datetime,
    *,
    latin: Sequence[str] = fonts.LATIN,
    arabic: Sequence[str] = fonts.ARABIC,
    format: Literal["pdf", "png", "svg"] = "pdf",
    **options: Any,
) -> bytes | list[bytes]:
    """Lay out the source "main", which reads `data`, and "fonts" in it, from document.json. `at` dates the file: the
    same data give the same bytes. `latin`: families for Latin and Cyrillic letters. Several pages as pictures are a
    list."""
    lacking = dict.fromkeys(map(ord, fonts.missing(texts(data))), fonts.REPLACEMENT)
    given = {**_fit(data, lacking), "fonts": list(fonts.families(latin, arabic))}
    made: bytes | list[bytes] | None = typst.compile(
        {**sources, "document.json": json.dumps(given).encode()},
        format=format,
        timestamp=int(at.timestamp()),
        font_paths=fonts.installed(),
        ignore_system_fonts=True,
        **options,
    )
    return made or b""


def _compile(main: str, document: Document, format: Literal["pdf", "png"], **options: Any) -> bytes | list[bytes]:
    pictures: dict[str, bytes] = {}
    data = {**document, "blocks": [_without_picture(block, pictures) for block in document["blocks"]]}
    sources = {"main": _sources()[main], **_sources(), **pictures}
    day = datetime.fromisoformat(document["date"]).replace(tzinfo=UTC)
    return typeset(data, sources, day, format=format, **options)


def _without_picture(block: Block, pictures: dict[str, bytes]) -> Block:
    """The block with the name of its picture, which is added to `pictures`."""
    if block["block"] != "figure":
        return block
    name = f"figure-{len(pictures)}.svg"
    pictures[name] = block["picture"]["svg"].encode()
    return {**block, "picture": name}


@cache
def _sources() -> dict[str, bytes]:
    folder = files(__package__ or "") / "templates"
    return {
        name: (folder / name).read_bytes()
        for name in ("main.typ", "front.typ", "blocks.typ", "charts.typ", "numbers.typ")
    }


def _fit(node: object, lacking: Mapping[int, str]) -> Any:
    if isinstance(node, str):
        return _LONG.sub(lambda found: _EVERY.sub(rf"\1{_PLACE}", found[0]), node.translate(lacking))
    if isinstance(node, Mapping):
        return {key: value if key in _AS_THEY_ARE else _fit(value, lacking) for key, value in node.items()}
    return [_fit(item, lacking) for item in node] if isinstance(node, list) else node
