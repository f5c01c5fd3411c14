"""What python-docx has no call for: languages, right-to-left text, bookmarks, links, fields (ECMA-376, part 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_DIRECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml.etree import SubElement

WHITE, HEAD = RGBColor(0xFF, 0xFF, 0xFF), "10375C"
TEXT_WIDTH, NUMBER_WIDTH = Cm(16.4), Cm(2.4)
# Fonts that Word and LibreOffice have or replace, by kind of script.
FONTS = {"w:ascii": "Calibri", "w:hAnsi": "Calibri", "w:cs": "Arial", "w:eastAsia": "Microsoft YaHei"}
# The order of the properties of a run: "szCs", these, "lang", these.
_BETWEEN = ("w:highlight", "w:u", "w:effect", "w:bdr", "w:shd", "w:fitText", "w:vertAlign", "w:rtl", "w:cs", "w:em")
_AFTER = ("w:eastAsianLayout", "w:specVanish", "w:oMath")
# Languages as Word writes them, where the bare code would name no keyboard or spelling.
LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "pt": "pt-BR", "es": "es-ES", "zh": "zh-CN", "ar": "ar-SA", "ru": "ru-RU"}


def element(tag: str, /, **attributes: str) -> Any:
    """`element("w:lang", val="fr-FR")`."""
    made = OxmlElement(tag)
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    return made


class BodyEnd:
    """The end of a document, where paragraphs are added. Word keeps the section behind them, and python-docx looks for
    it from the start, and for the style by its name, for each: n paragraphs took n² steps."""

    def __init__(self, file: Document) -> None:
        self._parent, self._section = file._body, file.element.body.sectPr
        self._styles = {style.name: style.style_id for style in file.styles}

    def add_paragraph(self, style: str = "") -> Paragraph:
        """A paragraph in a style, by its name; "" for the normal one."""
        made = element("w:p")
        self._section.addprevious(made)
        if style:
            SubElement(SubElement(made, qn("w:pPr")), qn("w:pStyle")).set(qn("w:val"), self._styles[style])
        return Paragraph(made, self._parent)


def style(found: Any, size: float, colour: RGBColor | None, language: str) -> None:
    """Give a style its fonts, size, colour and language."""
    properties = found.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name, font in FONTS.items():
        fonts.set(qn(name), font)
    found.font.size = Pt(size)
    # Arabic has no italics, and space between its letters tears words apart.
    found.font.italic = found.font.cs_italic = False
    for name in ("w:szCs", "w:lang", "w:spacing"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    _put(properties, element("w:szCs", val=str(int(size * 2))))
    if colour is not None:
        found.font.color.rgb = colour
    _put(properties, _language(language))


def _language(language: str) -> Any:
    tag = LANGUAGES.get(language, language)
    return element("w:lang", val=tag, bidi=tag, eastAsia=tag)


def run(
    paragraph: Any,
    text: str,
    language: str,
    *,
    rtl: bool,
    size: float | None,
    colour: object,
    bold: bool,
    to: str = "",
) -> None:
    """Append a text; a line feed in it is a line break. In text from right to left, Word reads the properties of
    complex scripts. `to`: it leads to an address of the web, or to "#" and the name of a bookmark."""
    made = element("w:r")
    properties = SubElement(made, qn("w:rPr"))
    # In the order of the schema. Word takes no other, and to look for the place of each costs more than all the rest.
    if bold:
        properties.extend((element("w:b"), element("w:bCs")))
    if colour is not None:
        properties.append(element("w:color", val=str(colour)))
    if size is not None:
        half_points = str(int(size * 2))
        properties.extend((element("w:sz", val=half_points), element("w:szCs", val=half_points)))
    if rtl:
        properties.append(element("w:rtl"))
    properties.append(_language(language))
    _write(made, text)
    if not to:
        paragraph._element.append(made)
        return
    anchor = element("w:hyperlink", history="1")
    if to.startswith("#"):
        anchor.set(qn("w:anchor"), _name(to[1:]))
    else:
        anchor.set(qn("r:id"), paragraph.part.relate_to(to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._element.append(anchor)
    anchor.append(made)


def _write(made: BaseOxmlElement, text: str) -> None:
    """The text of a run."""
    for line_number, line in enumerate(text.split("\n")):
        if line_number:
            made.append(element("w:br"))
        for word_number, words in enumerate(line.split("\t")):
            if word_number:
                made.append(element("w:tab"))
            if words:
                written = SubElement(made, qn("w:t"))
                written.text = words
                if words != words.strip():
                    written.set(qn("xml:space"), "preserve")


def _put(properties: Any, child: Any) -> None:
    """Word requires the order of the schema."""
    properties.insert_element_before(child, *(_AFTER if child.tag == qn("w:lang") else (*_BETWEEN, "w:lang", *_AFTER)))


def right_to_left(paragraph: Any) -> None:
    """The paragraph runs from right to left; its start is at the right."""
    properties = paragraph._element.get_or_add_pPr()
    if properties.find(qn("w:bidi")) is None:
        properties.insert_element_before(
            element("w:bidi"),
            "w:adjustRightInd",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:mirrorIndents",
            "w:suppressOverlap",
            "w:jc",
            "w:textDirection",
            "w:textAlignment",
            "w:textboxTightWrap",
            "w:outlineLvl",
            "w:divId",
            "w:cnfStyle",
            "w:rPr",
            "w:sectPr",
            "w:pPrChange",
        )


def bookmark(paragraph: Any, name: str, number: int) -> None:
    """Make the paragraph a place that `link` leads to."""
    paragraph._element.insert(1, element("w:bookmarkStart", id=str(number), name=_name(name)))
    paragraph._element.append(element("w:bookmarkEnd", id=str(number)))


def link(paragraph: Any, text: str, name: str, *, rtl: bool) -> None:
    """Append a link to a bookmark."""
    anchor = element("w:hyperlink", anchor=_name(name), history="1")
    inner = element("w:r")
    if rtl:
        properties = element("w:rPr")
        properties.append(element("w:rtl"))
        inner.append(properties)
    words = element("w:t")
    words.text = text
    inner.append(words)
    anchor.append(inner)
    paragraph._element.append(anchor)


def _name(name: str) -> str:
    return "b_" + name.replace("-", "_").replace(".", "_")[:38]  # Word takes 40 letters, digits, underscores


def contents_field(lines: Sequence[Any], depth: int) -> None:
    """Make these paragraphs the result of a field: Word lists the headings anew, with pages, when asked to update."""
    if not lines:
        return
    start = [_field("begin"), _instruction(rf' TOC \o "1-{depth}" \h \z \u '), _field("separate")]
    for offset, part in enumerate(start):
        first = lines[0]._element
        first.insert(int(first.pPr is not None) + offset, part)
    lines[-1]._element.append(_field("end"))


def page_numbers(paragraph: Any) -> None:
    """ "12 / 80" in the middle."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            paragraph.add_run(" / ")
        for part in (_field("begin"), _instruction(f" {code} "), _field("separate"), _text("1"), _field("end")):
            paragraph._element.append(part)


def _field(kind: str) -> Any:
    made = element("w:r")
    made.append(element("w:fldChar", fldCharType=kind))
    return made


def _instruction(code: str) -> Any:
    made = element("w:r")
    inner = element("w:instrText")
    inner.text = code
    inner.set(qn("xml:space"), "preserve")
    made.append(inner)
    return made


def _text(value: str) -> Any:
    made, inner = element("w:r"), element("w:t")
    inner.text = value
    made.append(inner)
    return made


def table(file: Any, columns: Sequence[Any], rows: Sequence[Any], words: Callable[..., None], *, rtl: bool) -> None:
    """Append a table whose first row is repeated on each page."""
    made = file.add_table(rows=0, cols=len(columns), style="Table Grid")
    made.autofit = False
    # Numbers need little room, many of them two thirds of the line; the words get the rest.
    numbers = sum(column["kind"] == "number" for column in columns)
    number_width = min(NUMBER_WIDTH, TEXT_WIDTH * 2 // (3 * max(numbers, 1)))
    words_width = (TEXT_WIDTH - numbers * number_width) // max(len(columns) - numbers, 1)
    widths = [Emu(number_width if column["kind"] == "number" else words_width) for column in columns]
    if number_width < NUMBER_WIDTH:  # two digits fit between narrower margins
        margins = element("w:tblCellMar")
        margins.extend(element(f"w:{side}", w="30", type="dxa") for side in ("left", "right"))
        made._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    made.table_direction = WD_TABLE_DIRECTION.RTL if rtl else WD_TABLE_DIRECTION.LTR
    for number, row in enumerate([[column["words"] for column in columns], *rows]):
        line = made.add_row()
        properties = line._tr.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if number == 0:
            properties.append(element("w:tblHeader"))
        for cell, runs, column, width in zip(line.cells, row, columns, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            words(paragraph, runs, size=8.5, bold=number == 0, colour=WHITE if number == 0 else None)
            if number == 0:
                cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=HEAD))
            if column["kind"] == "number":
                # In a paragraph that runs to the left, "right" means its end too (ECMA-376, 17.18.44).
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
