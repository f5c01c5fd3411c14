"""The document that the renderers take: plain JSON, made of blocks in reading order, in one language.

A text is a list of runs, {"text", "language", "direction"}: what a person wrote keeps its own language and direction
inside the document's. Whatever takes an `Inline` takes a string too. Texts are data: no renderer reads markup in them.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Run = dict[str, str]
"""{"text", "language": "fr" or "" for that of the document, "direction": "ltr", "rtl" or ""}; a link also has "link":
an address of the web, or "#" and the id of a block; what is set bold has "strong"."""
Block = dict[str, Any]
Document = dict[str, Any]
Inline = str | Run | Sequence[str | Run]

# What neither XML nor a font can hold: control characters, surrogates, noncharacters; and what reorders text.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"
)
_LINK = re.compile(r"https?://[^\s<>\"]+\Z|#[\w.-]+\Z")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]*[^*\s])\*\*")
_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
_BEYOND = re.compile(
    "[" + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)) + "]"
)


def run(text: str, language: str = "", direction: str = "", link: str = "") -> Run:
    """A text in a language; characters that no format can hold are left out, line breaks become line feeds. Raises
    ValueError for a link that is neither of the web nor inside the document."""
    if link and not _LINK.match(link):
        raise ValueError(f"no link of a document: {link}")
    plain = _BEYOND.sub("", _UNFIT.sub("", _BREAKS.sub("\n", text)))
    found = {"text": plain, "language": language, "direction": direction}
    return {**found, "link": link} if link else found


def linked(content: Inline, link: str) -> list[Run]:
    """The runs of a text, each as a link."""
    return [run(each["text"], each["language"], each["direction"], link) for each in inline(content)]


def emphasized(text: Run) -> list[Run]:
    """The runs of a text in which officers mark emphasis by two asterisks on either side."""
    parts = enumerate(_STRONG.split(text["text"]))
    return [{**text, "text": part, **({"strong": "yes"} if place % 2 else {})} for place, part in parts if part]


def inline(content: Inline) -> list[Run]:
    """The runs of a text."""
    parts = [content] if isinstance(content, (str, Mapping)) else content
    return [run(part) if isinstance(part, str) else dict(part) for part in parts]


def plain(runs: Iterable[Run]) -> str:
    """The text of runs without their languages."""
    return "".join(each["text"] for each in runs)


def _title(content: Inline) -> list[Run]:
    """A text that is not empty: PDF/UA forbids headings and alternatives without text."""
    runs = inline(content)
    seen = any(unicodedata.category(char)[0] in "LNPS" for char in plain(runs))
    return runs if seen else [run("\N{EM DASH}")]


def heading(level: int, content: Inline, *, id: str = "", new_page: bool = False) -> Block:
    """A heading of level 1 to 3; no level may be left out. Levels 1 and 2 can be in the table of contents."""
    return {"block": "heading", "level": level, "words": _title(content), "id": id, "new_page": new_page}


def paragraph(content: Inline, *, note: bool = False) -> Block:
    """A paragraph; a `note` is set small: a source, a reservation."""
    return {"block": "paragraph", "words": inline(content), "note": note}


def bullets(items: Iterable[Inline]) -> Block:
    """A list."""
    return {"block": "bullets", "items": [inline(item) for item in items]}


def table(columns: Sequence[tuple[Inline, str]], rows: Iterable[Sequence[Inline]], *, caption: Inline = "") -> Block:
    """A table with one row of headings. A column is (heading, kind): "number" and "code" are as wide as what they hold
    and never broken; of the rest, "text" columns get a share, "wide" ones two."""
    heads = [{"words": inline(head), "kind": kind} for head, kind in columns]
    cells = [[inline(cell) for cell in row] for row in rows]
    return {"block": "table", "columns": heads, "rows": cells, "caption": inline(caption)}


def bars(alt: str, rows: Iterable[tuple[Inline, float, str]], *, source: Inline) -> Block:
    """A chart of horizontal bars below a heading that names it. A row is (label, value, value in words); `alt` says
    what the chart shows, `source` where its figures come from."""
    given = [(inline(label), float(value), said) for label, value, said in rows]
    largest = max((value for _, value, _ in given), default=0.0)
    drawn = [
        {"label": label, "ratio": round(value / largest, 4) if largest else 0.0, "value": run(said)}
        for label, value, said in given
    ]
    return {"block": "bars", "alt": plain(_title(alt)), "rows": drawn, "source": inline(source)}


def figure(alt: str, svg: str, png: bytes, *, source: Inline) -> Block:
    """A picture as wide as the page: as SVG for HTML and PDF, as PNG for DOCX. `alt` says what it shows, `source` where
    its figures come from."""
    picture = {"svg": svg, "png": b64encode(png).decode()}
    return {"block": "figure", "alt": plain(_title(alt)), "picture": picture, "source": inline(source)}


def entry(title: Inline, about: Inline, parts: Iterable[tuple[Inline, Inline]], *, id: str = "") -> Block:
    """A contribution: its title (a heading of level 3), who it is from, and what it says as (label, text)."""
    entries = [{"label": inline(label), "words": inline(text)} for label, text in parts]
    return {"block": "entry", "words": _title(title), "about": inline(about), "parts": entries, "id": id}


def document(
    *,
    language: str,
    direction: str,
    title: str,
    series: str,
    cover: Iterable[tuple[str, str]],
    running: str,
    contents: str,
    author: str,
    date: str,
    blocks: Iterable[Block],
    depth: int = 2,
    imprint: Iterable[tuple[str, Inline]] = (),
    colours: Iterable[str] = (),
) -> Document:
    """A document. `series` stands above the title, `cover` has (label, value) below it, `running` is the line at the
    head of each page, `contents` the title of the table of contents, which lists headings down to the level
    `depth`, `date` the day it speaks of (2017-03-17). `imprint` has (label, text) for the page behind the cover, which
    `colours` (#e5243b) adorn. Each heading gets an id, the place that the table of contents leads to."""
    named = [
        {**block, "id": block["id"] or f"section-{number}"} if block["block"] == "heading" else block
        for number, block in enumerate(blocks, 1)
    ]
    return {
        "language": language,
        "direction": direction,
        "title": run(title)["text"],
        "series": run(series)["text"],
        "cover": [{"label": run(label), "value": run(value)} for label, value in cover],
        "imprint": [{"label": run(label), "words": inline(text)} for label, text in imprint],
        "colours": list(colours),
        "running": run(running)["text"],
        "contents": run(contents)["text"],
        "author": run(author)["text"],
        "date": date,
        "depth": depth,
        "blocks": named,
    }


def numbered(content: Iterable[Block]) -> Iterator[Block]:
    """The blocks with numbers before the headings of levels 1 and 2: "2.", "2.1"."""
    chapter = section = 0
    for block in content:
        if block["block"] == "heading" and block["level"] == 1:
            chapter, section = chapter + 1, 0
            yield {**block, "words": [run(f"{chapter}. "), *block["words"]]}
        elif block["block"] == "heading" and block["level"] == 2:
            section += 1
            yield {**block, "words": [run(f"{chapter}.{section} "), *block["words"]]}
        else:
            yield block


def texts(node: object) -> Iterable[str]:
    """All texts of a document but those inside pictures, for example to choose fonts."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key != "picture":
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
