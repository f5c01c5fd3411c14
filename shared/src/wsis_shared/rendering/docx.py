"""DOCX by python-docx: real styles and headings, languages and directions marked, charts as pictures with a text."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from docx import Document as new_document
from docx.shared import Cm, Pt, RGBColor
from wsis_shared.rendering import ooxml, pdf
from wsis_shared.rendering.blocks import Block, Document, Run, plain, run

NAVY, BLUE, GREY = RGBColor(0x10, 0x37, 0x5C), RGBColor(0x2B, 0x6C, 0xA3), RGBColor(0x5B, 0x66, 0x70)
PICTURE_WIDTH = Cm(16)
_RTL = "\u0590-\u08ff\ufb1d-\ufefc"
_LEFT_TO_RIGHT = re.compile(rf"[^\W\d_{_RTL}](?:[^\n{_RTL}]*[^\W{_RTL}])?")
# A moment that every part of the file bears: the same document gives the same bytes.
ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)


def make(document: Document) -> bytes:
    """The file; the same document gives the same bytes."""
    return _stable(_Writer(document).write())


class _Writer:
    """Writes the blocks of one document."""

    def __init__(self, document: Document) -> None:
        self.d = document
        self.rtl = document["direction"] == "rtl"
        self.file: Any = new_document()
        self.end = ooxml.BodyEnd(self.file)
        self.charts = iter(pdf.charts(document))
        self.bookmarks = 0

    def write(self) -> bytes:
        """The file as python-docx saves it."""
        self._set_up()
        self._cover()
        self._contents()
        for block in self.d["blocks"]:
            getattr(self, f"_{block['block']}")(block)
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    def _set_up(self) -> None:
        properties, day = self.file.core_properties, datetime.fromisoformat(self.d["date"])
        properties.title, properties.author, properties.language = self.d["title"], self.d["author"], self.d["language"]
        properties.created = properties.modified = day
        properties.comments = properties.last_modified_by = ""
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        section.different_first_page_header_footer = True
        for name, size, colour in (
            ("Normal", 10, None),
            ("Title", 28, NAVY),
            ("Subtitle", 13, BLUE),
            ("Heading 1", 18, NAVY),
            ("Heading 2", 13, NAVY),
            ("Heading 3", 10.5, NAVY),
            ("Caption", 9, GREY),
        ):
            ooxml.style(self.file.styles[name], size, colour, self.d["language"])
        self._line(section.header.paragraphs[0], [run(self.d["running"])], 8, GREY)
        ooxml.page_numbers(section.footer.paragraphs[0])

    def _cover(self) -> None:
        for style, text in (("Subtitle", self.d["series"]), ("Title", self.d["title"])):
            self._words(self.end.add_paragraph(style=style), [run(text)])
        for row in self.d["cover"]:
            paragraph = self.end.add_paragraph()
            self._words(paragraph, [row["label"], {**row["label"], "text": ": "}])
            self._words(paragraph, [row["value"]], bold=True)
        self._line(self.end.add_paragraph(), [run(self.d["author"])], 9, GREY)
        for number, row in enumerate(self.d["imprint"]):
            label = self.end.add_paragraph()
            label.paragraph_format.page_break_before = number == 0
            label.paragraph_format.keep_with_next = True
            self._words(label, [row["label"]], size=8.5, bold=True, colour=NAVY)
            self._passage(row["words"], size=8.5)

    def _contents(self) -> None:
        title = self.end.add_paragraph(style="Subtitle")
        title.paragraph_format.page_break_before = True
        self._words(title, [run(self.d["contents"])])
        headings = [
            block for block in self.d["blocks"] if block["block"] == "heading" and block["level"] <= self.d["depth"]
        ]
        lines = []
        for block in headings:
            paragraph = self.end.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.left_indent = Cm(0.6 * (block["level"] - 1))
            self._direct(paragraph)
            ooxml.link(paragraph, plain(block["words"]), block["id"], rtl=self.rtl)
            lines.append(paragraph)
        ooxml.contents_field(lines, self.d["depth"])

    def _heading(self, block: Block) -> None:
        paragraph = self.end.add_paragraph(style=f"Heading {block['level']}")
        paragraph.paragraph_format.page_break_before = bool(block["new_page"])
        self._words(paragraph, block["words"])
        self._bookmark(paragraph, block["id"])

    def _paragraph(self, block: Block) -> None:
        self._passage(block["words"], size=8.5 if block["note"] else None, colour=GREY if block["note"] else None)

    def _bullets(self, block: Block) -> None:
        for item in block["items"]:
            self._words(self.end.add_paragraph(style="List Bullet"), item)

    def _table(self, block: Block) -> None:
        if plain(block["caption"]):
            caption = self.end.add_paragraph(style="Caption")
            caption.paragraph_format.keep_with_next = True
            self._words(caption, block["caption"])
        ooxml.table(self.file, block["columns"], block["rows"], self._words, rtl=self.rtl)
        self._gap()

    def _gap(self) -> None:
        """Two tables need a paragraph between them; one of a full line could make an empty page of its own."""
        between = self.end.add_paragraph().paragraph_format
        between.space_after, between.line_spacing = Pt(0), Pt(4)

    def _bars(self, block: Block) -> None:
        self._picture(block, next(self.charts))

    def _figure(self, block: Block) -> None:
        self._picture(block, b64decode(block["picture"]["png"]))

    def _picture(self, block: Block, png: bytes) -> None:
        picture = self.end.add_paragraph()
        picture.paragraph_format.keep_with_next = True
        drawn = picture.add_run().add_picture(io.BytesIO(png), width=PICTURE_WIDTH)
        drawn._inline.docPr.set("descr", block["alt"])
        if plain(block["source"]):
            self._line(self.end.add_paragraph(), block["source"], 8, GREY)

    def _entry(self, block: Block) -> None:
        title = self.end.add_paragraph(style="Heading 3")
        self._words(title, block["words"])
        self._bookmark(title, block["id"])
        if plain(block["about"]):
            about = self.end.add_paragraph()
            about.paragraph_format.keep_with_next = True
            self._line(about, block["about"], 8.5, GREY)
        for part in block["parts"]:
            if plain(part["label"]):
                label = self.end.add_paragraph()
                label.paragraph_format.keep_with_next = True
                label.paragraph_format.space_after = Pt(1)
                self._line(label, part["label"], 9, BLUE, bold=True)
            self._passage(part["words"])

    def _passage(self, runs: Sequence[Run], **look: Any) -> None:
        if len(runs) != 1:
            self._line(self.end.add_paragraph(), runs, **look)
            return
        for part in filter(str.strip, runs[0]["text"].split("\n\n")):
            self._line(self.end.add_paragraph(), [{**runs[0], "text": part.strip()}], **look)

    def _line(
        self,
        paragraph: object,
        runs: Sequence[Run],
        size: float | None = None,
        colour: object = None,
        *,
        bold: bool = False,
    ) -> None:
        self._words(
            paragraph,
            runs,
            size=size,
            colour=colour,
            bold=bold,
            direction=runs[0]["direction"] if len(runs) == 1 else "",
        )

    def _words(
        self,
        paragraph: object,
        runs: Sequence[Run],
        *,
        size: float | None = None,
        colour: object = None,
        bold: bool = False,
        direction: str | None = None,
    ) -> None:
        self._direct(paragraph, direction)
        for part in runs:
            rtl = (part["direction"] or self.d["direction"]) == "rtl"
            language = part["language"] or self.d["language"]
            to = part.get("link", "")
            tone, heavy = BLUE if to and colour is None else colour, bold or "strong" in part
            for text, from_right in _directed(part["text"]) if rtl else [(part["text"], False)]:
                ooxml.run(
                    paragraph,
                    text,
                    language,
                    rtl=from_right,
                    size=size,
                    colour=tone,
                    bold=heavy,
                    to=to,
                )

    def _direct(self, paragraph: object, direction: str | None = None) -> None:
        if (direction or self.d["direction"]) == "rtl":
            ooxml.right_to_left(paragraph)

    def _bookmark(self, paragraph: object, name: str) -> None:
        if name:
            self.bookmarks += 1
            ooxml.bookmark(paragraph, name, self.bookmarks)


def _directed(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text that runs from right to left; what begins with a letter of another script does not. Word
    would write "OCP-2017" as "2017-OCP" in a run that is marked as such."""
    at = 0
    for found in _LEFT_TO_RIGHT.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], True
        yield found[0], False
        at = found.end()
    if at < len(text):
        yield text[at:], True


def _stable(file: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            info = zipfile.ZipInfo(part.filename, ZIP_MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(part.filename))
    return out.getvalue()
