"""Fonts, colours and the sheet that charts are drawn on. Lengths are in points, from the top left corner, in Arabic
from the top right one."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import matplotlib as mpl
from babel.numbers import format_decimal, format_percent
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from wsis_shared.json_types import Input

from wsis_stocktaking.charts.colours import INK, PAPER

# In order of preference; a glyph that one lacks is taken from the next. Debian: fonts-noto-core, fonts-droid-fallback.
FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Naskh Arabic", "Noto Sans CJK SC", "Droid Sans Fallback", "DejaVu Sans")
LATIN = "\u0530"  # up to here the first font has all that the texts of the suite need: Latin, Greek, Cyrillic
RIGHT_TO_LEFT = "\u200f"
GREY, FAINT = "#4A5563", "#D5DAE0"
BLUE = "#0B5394"
# Distinct for most kinds of colour vision, dark enough for white figures or light enough for black ones.
SERIES = ("#0B5394", "#E69F00", "#00806A", "#C2639A", "#56B4E9", "#C44E00", "#7B7F85", "#5E4FA2")
WIDTH = 760.0  # points: 10.6 inches, a page in landscape
MARGIN = 18.0
TITLE, BODY, SMALL = 15.0, 10.0, 8.5
MIN_BEFORE_HYPHEN = 5  # characters that a line may end with
LINE = 1.32  # height of a line, of the size of its text
DPI = 180  # of the PNG


def prepare() -> None:
    """Settings that make the same chart the same bytes, and texts only texts."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # not every font has a bold face
    mpl.rcParams.update(
        {
            "svg.fonttype": "path",
            "svg.hashsalt": "wsis",
            "text.parse_math": False,
            "text.usetex": False,
        }
    )


@cache
def _families() -> tuple[str, ...]:
    there = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in FONTS if name in there) or ("sans-serif",)


def _fonts(text: str) -> list[str]:
    """Where to look for the glyphs of a text: each further font costs time."""
    return list(_families()[:1] if max(text, default="") < LATIN else _families())


class Sheet:
    """A page of WIDTH whose height follows from what is drawn on it. `rtl`: everything is mirrored, but not letters."""

    def __init__(self, chart: Input) -> None:
        self.language = str(chart["language"])
        self.rtl = self.language == "ar"
        self._items: list[Any] = []
        self._measure = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=72)).get_renderer()
        self._scratch = Figure(figsize=(1, 1), dpi=72)
        self._scratch.set_canvas(FigureCanvasAgg(self._scratch))
        self._widths: dict[tuple[str, float, bool], float] = {}

    # -- texts --------------------------------------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return str(format_decimal(value, locale=self.language))

    def percent(self, share: float) -> str:
        """A share (0 to 1) in per cent, as the language writes it."""
        return str(format_percent(share, locale=self.language))

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width of one line."""
        key = (text, size, bold)
        if key not in self._widths:
            item = Text(
                0,
                0,
                text,
                fontsize=size,
                fontweight="bold" if bold else "normal",
                fontfamily=_fonts(text),
                figure=self._scratch,
            )
            self._widths[key] = item.get_window_extent(self._measure).width if text.strip() else 0.0
        return self._widths[key]

    def wrap(self, text: str, width: float, size: float, *, bold: bool = False, lines: int = 99) -> list[str]:
        """The lines of a text, at most `lines`; what does not fit is replaced with an ellipsis."""
        found: list[str] = []
        rest = _pieces(text)
        while rest and len(found) < lines:
            count = self._fitting(rest, width, size, bold)
            found.append("".join(rest[:count]).strip())
            rest = rest[count:]
        if rest:
            last = _pieces(found[-1])
            while len(last) > 1 and self.width("".join(last).strip() + "…", size, bold) > width:
                last.pop()
            found[-1] = "".join(last).strip() + "…"
        return found

    def _fitting(self, pieces: list[str], width: float, size: float, bold: bool) -> int:
        count = 1
        while count < len(pieces) and self.width("".join(pieces[: count + 1]).strip(), size, bold) <= width:
            count += 1
        return count

    # -- shapes -------------------------------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = BODY,
        *,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "start",
        rotation: float = 0.0,
    ) -> None:
        """One line, whose middle is at the height `y`. `anchor`: start, middle or end of the line is at `x`."""
        align = {"start": "right" if self.rtl else "left", "middle": "center", "end": "left" if self.rtl else "right"}
        turned = -rotation if self.rtl else rotation
        self._items.append(
            (
                Text,
                x,
                y,
                {
                    "text": RIGHT_TO_LEFT + text if self.rtl and not text.isascii() else text,
                    "fontfamily": _fonts(text),
                    "fontsize": size,
                    "fontweight": "bold" if bold else "normal",
                    "color": colour,
                    "ha": align[anchor],
                    "va": "center_baseline",
                    "rotation": turned,
                    "rotation_mode": "anchor",
                },
            )
        )

    def lines(self, x: float, y: float, lines: list[str], size: float = BODY, **style: Any) -> None:
        """Several lines around the height `y`."""
        first = y - (len(lines) - 1) * size * LINE / 2
        for place, line in enumerate(lines):
            self.text(x, first + place * size * LINE, line, size, **style)

    def box(self, x: float, y: float, width: float, height: float, colour: str, edge: str = "none") -> None:
        """A rectangle with its corner nearest to the start of the sheet."""
        self._items.append(
            (
                Rectangle,
                x,
                y,
                {
                    "width": width,
                    "height": height,
                    "facecolor": colour,
                    "edgecolor": edge,
                    "linewidth": 0.8,
                },
            )
        )

    def vertical_line(self, x: float, y: float, height: float, colour: str = FAINT) -> None:
        """A thin vertical line."""
        self.box(x - 0.4, y, 0.8, height, colour)

    # -- the end ------------------------------------------------------------------------------------------------------

    def figure(self, height: float) -> Figure:
        """The page."""
        figure = Figure(figsize=(WIDTH / 72, height / 72), facecolor=PAPER)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.axis("off")
        for kind, x, y, style in self._items:
            if kind is Text:
                axes.text(WIDTH - x if self.rtl else x, y, style.pop("text"), **style)
            else:
                axes.add_patch(Rectangle((WIDTH - x - style["width"] if self.rtl else x, y), **style))
        return figure


def _pieces(text: str) -> list[str]:
    """Where a line may end: after spaces, around each Han character, and after the hyphen of a long word."""
    pieces: list[str] = []
    for char in " ".join(text.split()):
        wide = "\u2e80" <= char <= "\u9fff"
        closes = char in "，。、；：）”》"
        after = pieces[-1][-1] if pieces else " "
        hyphen = after == "-" and len(pieces[-1]) > MIN_BEFORE_HYPHEN
        begins = after == " " or hyphen or (wide and not closes) or ("\u2e80" <= after <= "\u9fff" and not closes)
        if pieces and not (begins and char != " "):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
