"""PDF by typst: tagged, with bookmarks, after PDF/UA-1. Texts enter as JSON, so they are never markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from wsis_shared.rendering import fonts
from wsis_shared.rendering.blocks import Document, texts

STANDARD = "ua-1"
CHART_PPI = 220.0
# A word this long cannot be broken by rule: it gets invisible places to break at. Scripts without spaces do not count.
_LONG = re.compile(
    r"[^\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]{36,}"
)
_EVERY = re.compile("(.{12})(?=.)", re.DOTALL)
_PLACE = "\N{ZERO WIDTH SPACE}"


def make(document: Document) -> bytes:
    """The PDF; the same document gives the same bytes."""
    made = _compile("main.typ", document, "pdf", pdf_standards=STANDARD)
    return made if isinstance(made, bytes) else made[0]


def charts(document: Document) -> list[bytes]:
    """The charts of a document as PNG, in their order."""
    if not any(block["block"] == "bars" for block in document["blocks"]):
        return []
    made = _compile("charts.typ", document, "png", ppi=CHART_PPI)
    return [made] if isinstance(made, bytes) else made


def _compile(main: str, document: Document, format: Any, **options: Any) -> bytes | list[bytes]:
    lacking = dict.fromkeys(map(ord, fonts.missing(texts(document))), fonts.REPLACEMENT)
    data = {**_fit(document, lacking), "fonts": list(fonts.families())}
    pictures: dict[str, bytes] = {}
    for block in data["blocks"]:
        if block["block"] == "figure":
            name = f"figure-{len(pictures)}.svg"
            pictures[name], block["picture"] = block["picture"]["svg"].encode(), name
    day = datetime.fromisoformat(document["date"]).replace(tzinfo=UTC)
    given = {name: source for name, source in _sources().items() if name != main}
    made: bytes | list[bytes] | None = typst.compile(
        {"main": _sources()[main], **given, **pictures, "document.json": json.dumps(data).encode()},
        format=format, timestamp=int(day.timestamp()), **options,
    )  # fmt: skip
    return made or b""


@cache
def _sources() -> dict[str, bytes]:
    folder = files(__package__ or "") / "templates"
    return {name: (folder / name).read_bytes() for name in ("main.typ", "blocks.typ", "charts.typ")}


def _fit(node: Any, lacking: Mapping[int, str]) -> Any:
    if isinstance(node, str):
        return _LONG.sub(lambda found: _EVERY.sub(rf"\1{_PLACE}", found[0]), node.translate(lacking))
    if isinstance(node, Mapping):
        return {key: value if key == "picture" else _fit(value, lacking) for key, value in node.items()}
    return [_fit(item, lacking) for item in node] if isinstance(node, list) else node
