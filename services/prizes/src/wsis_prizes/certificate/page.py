"""Certificates of champions and winners as PDF: one landscape page that fits whatever the names are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue
from wsis_shared import clock, reference
from wsis_shared.languages import long_date
from wsis_shared.translations import by_language

from wsis_prizes.certificate import fonts
from wsis_prizes.domain import reference as contest

WIDTH, HEIGHT, MARGIN = 297.0, 210.0, 12.0  # A4 landscape, in millimetres
INNER = 225.0
NAVY, GOLD, GREY, INK = (16, 55, 92), (166, 124, 46), (96, 104, 112), (24, 28, 32)
BAND = 5.0  # height of the band of the Goals' colours
TOP, BOTTOM = 20.0, 168.0  # between these the text is centred


@dataclass(frozen=True)
class Block:
    """A centred paragraph that shrinks, in steps of half a point, until it takes at most `lines` lines."""

    text: str
    size: float
    colour: tuple[int, int, int]
    before: float = 0.0
    bold: bool = False
    lines: int = 1
    least: float = 9.0


def render(
    project: Mapping[str, Any], language: str, *, winner: bool, at: datetime, font_folders: Sequence[str]
) -> bytes:
    """The PDF. `project` has edition, number, title, organization, country, category; `at`: when it was announced."""
    blocks, foot = _content(project, language, winner=winner, at=at)
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    with TemporaryDirectory() as folder:
        family = fonts.equip(pdf, [*(block.text for block in blocks), *foot], font_folders, Path(folder))
        _describe(pdf, project, blocks, language, at)
        pdf.add_page()
        _frame(pdf)
        _centred(pdf, family, blocks)
        _foot(pdf, family, foot, from_right=reference.language(language).direction == "rtl")
        return bytes(pdf.output())


def _content(
    project: Mapping[str, Any], language: str, *, winner: bool, at: datetime
) -> tuple[list[Block], tuple[str, str, str]]:
    words = by_language("wsis_prizes", "certificate")[language]
    category = reference.title(contest.category(project["category"]), language)
    blocks = [
        Block(words["process"], 13, GREY, lines=2),
        Block(words["prizes"].format(project["edition"]), 19, NAVY, before=1.5),
        Block(words["winner" if winner else "champion"], 46, GOLD if winner else NAVY, before=5, bold=True),
        Block(words["awarded"], 12, GREY, before=6),
        Block(project["organization"], 28, INK, before=3, bold=True, lines=2, least=13),
        Block(reference.country_name(project["country"], language), 14, INK, before=1.5, lines=2),
        Block(words["project"], 12, GREY, before=6),
        Block(project["title"], 20, NAVY, before=3, bold=True, lines=3, least=10),
        Block(words["category"].format(category), 12, GREY, before=5, lines=3, least=8),
    ]
    return blocks, (
        words["given"].format(long_date(clock.to_geneva(at), language)),
        f"WSIS-{project['edition']}-{project['number']:04d}",
        words["secretariat"],
    )


def _describe(pdf: FPDF, project: Mapping[str, Any], blocks: list[Block], language: str, at: datetime) -> None:
    pdf.set_title(f"{blocks[1].text}: {blocks[2].text}: {project['title']}")
    pdf.set_author(blocks[0].text)
    pdf.set_lang(language)
    # The same certificate is the same file whenever it is asked for.
    pdf.set_creation_date(at)


def _frame(pdf: FPDF) -> None:
    pdf.set_draw_color(*NAVY)
    pdf.set_line_width(0.9)
    pdf.rect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
    pdf.set_line_width(0.25)
    pdf.rect(MARGIN + 2, MARGIN + 2, WIDTH - 2 * MARGIN - 4, HEIGHT - 2 * MARGIN - 4)
    goals = reference.sdgs()
    start, step = MARGIN + 2, (WIDTH - 2 * MARGIN - 4) / len(goals)
    for place, goal in enumerate(goals):
        pdf.set_fill_color(*(int(goal.colour[i : i + 2], 16) for i in (1, 3, 5)))
        pdf.rect(start + place * step, HEIGHT - MARGIN - 2 - BAND, step, BAND, style="F")


def _centred(pdf: FPDF, family: str, blocks: list[Block]) -> None:
    sizes = [_fit(pdf, family, block) for block in blocks]
    heights = [_leading(size) * count for size, count in sizes]
    total = sum(heights) + sum(block.before for block in blocks)
    pdf.set_y(TOP + max(0.0, (BOTTOM - TOP - total) / 2))
    for block, (size, _), _height in zip(blocks, sizes, heights, strict=True):
        pdf.set_y(pdf.get_y() + block.before)
        pdf.set_x((WIDTH - INNER) / 2)
        pdf.set_text_color(*block.colour)
        _font(pdf, family, size, bold=block.bold)
        pdf.multi_cell(INNER, _leading(size), _shown(family, block.text), align=Align.C, new_x="LMARGIN", new_y="NEXT")


def _fit(pdf: FPDF, family: str, block: Block) -> tuple[float, int]:
    size = block.size
    while True:
        _font(pdf, family, size, bold=block.bold)
        lines = pdf.multi_cell(
            INNER, _leading(size), _shown(family, block.text), align=Align.C, dry_run=True,
            output=MethodReturnValue.LINES,
        )  # fmt: skip
        if len(lines) <= block.lines or size <= block.least:
            return size, len(lines)
        size -= 0.5


def _font(pdf: FPDF, family: str, size: float, *, bold: bool = False) -> None:
    # The library leaves out a font that it set before, also where that was inside the graphics state of a text in
    # several fonts, which has ended since: another size in between makes it say the font again.
    for points in (size + 1, size):
        pdf.set_font(family, "B" if bold else "", points)


def _leading(size: float) -> float:
    return size * 0.3528 * 1.35


def _foot(pdf: FPDF, family: str, foot: tuple[str, str, str], *, from_right: bool) -> None:
    date, number, secretariat = foot
    y, side, width = 174.0, MARGIN + 22, 80.0
    left, right = (secretariat, date) if from_right else (date, secretariat)
    signed = side if from_right else WIDTH - side - width
    pdf.set_draw_color(*GREY)
    pdf.set_line_width(0.25)
    pdf.line(signed, y - 1.5, signed + width, y - 1.5)
    pdf.set_text_color(*INK)
    for x, text in ((side, left), (WIDTH - side - width, right)):
        _font(pdf, family, 10.5)
        pdf.set_xy(x, y)
        pdf.multi_cell(width, 5.5, _shown(family, text), align=Align.C)
    pdf.set_text_color(*GREY)
    _font(pdf, family, 8.5)
    pdf.set_xy((WIDTH - 60) / 2, y + 1)
    pdf.cell(60, 5, _shown(family, number), align=Align.C)


def _shown(family: str, text: str) -> str:
    return fonts.plain(text) if family == fonts.HELVETICA else text
