"""Charts: what they look like to a program, and what becomes of the child that draws them."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from wsis_testkit import wait_for

from wsis_stocktaking.charts import ChartFailed, ChartProcess

SVG = "{http://www.w3.org/2000/svg}"
HEAT_MAP = {
    "kind": "heat_map",
    "language": "en",
    "title": "Links <b> & $x^2$",
    "description": "Two lines & two goals",
    "note": "Source: the register",
    "rows": [{"code": "C1", "label": "Governance"}, {"label": "Infrastructure"}],
    "columns": [
        {"code": "1", "label": "No poverty", "colour": "#E5243B"},
        {"code": "2", "label": "Zero hunger", "colour": "#DDA63A"},
    ],
    "values": [[3, 0], [None, 1200]],
}
BARS = {
    "kind": "bars",
    "language": "en",
    "title": "Entries",
    "description": "Two regions",
    "value_title": "Entries",
    "items": [{"label": "Africa", "value": 12}, {"label": "Europe", "value": 6}],
}
STACKED = {
    "kind": "stacked_bars",
    "language": "en",
    "title": "Entries",
    "description": "One region",
    "rows": [{"label": "Africa"}],
    "series": [{"label": "Government"}, {"label": "Civil society"}],
    "values": [[30, 10]],
}


@pytest.fixture(scope="module")
def drawer() -> Iterator[ChartProcess]:
    made = ChartProcess(seconds=120)
    yield made
    made.close()


def boxes(svg: bytes, colour: str) -> list[tuple[float, float]]:
    """Left and right of each rectangle in a colour."""

    def found(parent: ElementTree.Element, left: float) -> Iterator[tuple[float, float]]:
        for each in parent:
            moved = re.match(r"translate\((\S+) ", each.get("transform", ""))
            start = left + (float(moved[1]) if moved else 0)
            if each.get("fill") == colour and (width := re.search(r"h (\S+)", each.get("d", ""))):
                yield start, start + float(width[1].rstrip("v"))
            yield from found(each, start)

    return list(found(ElementTree.fromstring(svg), 0))


def height(svg: bytes) -> float:
    return float(ElementTree.fromstring(svg).get("height", "").removesuffix("pt"))


def test_svg_is_an_image_with_name_and_description_and_texts_are_no_markup(drawer: ChartProcess) -> None:
    root = ElementTree.fromstring(drawer.draw(HEAT_MAP, ["svg"])["svg"])
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert [(each.tag, each.text) for each in list(root)[:2]] == [
        (f"{SVG}title", "Links <b> & $x^2$"),
        (f"{SVG}desc", "Two lines & two goals"),
    ]
    assert not [each for each in root.iter() if each.tag in (f"{SVG}text", f"{SVG}script", f"{SVG}image")]


def test_the_same_chart_is_the_same_bytes_in_another_process_too(drawer: ChartProcess) -> None:
    first, other = drawer.draw(HEAT_MAP), ChartProcess(seconds=120)
    try:
        assert other.draw(HEAT_MAP) == first
    finally:
        other.close()
    assert first["png"][:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack("!I", first["png"][16:20]) == (1900,)
    assert drawer.draw({**HEAT_MAP, "values": [[3, 0], [None, 1201]]}) != first


def test_arabic_charts_run_from_right_to_left(drawer: ChartProcess) -> None:
    def places(language: str) -> tuple[float, float]:
        svg = drawer.draw({**HEAT_MAP, "language": language}, ["svg"])["svg"]
        return boxes(svg, "#e5243b")[0][0], boxes(svg, "#dda63a")[0][0]

    (first, second), (mirrored, other) = places("en"), places("ar")
    assert first < second
    assert mirrored > other


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize("columns", [2, 12], ids=["across", "turned"])
def test_a_label_that_is_too_long_ends_with_an_ellipsis(drawer: ChartProcess, language: str, columns: int) -> None:
    word = {"en": "governance ", "ar": "الحوكمة ", "zh": "治理"}[language]

    def drawn(words: int) -> float:
        heads = [{"label": word * words}] * columns
        rows = {"rows": [{"label": word * words}], "columns": heads, "values": [[1] * columns]}
        return height(drawer.draw({**HEAT_MAP, **rows, "language": language}, ["svg"])["svg"])

    assert drawn(3) < drawn(60) == drawn(90)


def test_bars_are_as_long_as_their_values(drawer: ChartProcess) -> None:
    lengths = [right - left for left, right in boxes(drawer.draw(BARS, ["svg"])["svg"], "#0b5394")]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.01)
    svg = drawer.draw(STACKED, ["svg"])["svg"]
    parts = [boxes(svg, colour)[-1] for colour in ("#0b5394", "#e69f00")]
    assert parts[0][1] - parts[0][0] == pytest.approx(3 * (parts[1][1] - parts[1][0]), rel=0.01)


@pytest.mark.parametrize(
    "chart",
    [
        {**HEAT_MAP, "values": [[1]]},
        {**BARS, "items": []},
        {"kind": "bars"},
        {**BARS, "kind": "pie"},
        {**BARS, "items": [{"label": "a", "value": -1}]},
    ],
)
def test_what_is_no_chart_is_refused_and_the_child_stays(drawer: ChartProcess, chart: dict[str, Any]) -> None:
    drawer.draw(BARS, ["svg"])
    child = drawer.pid
    with pytest.raises(ValueError, match="Error"):
        drawer.draw({"language": "en", "title": "t", "description": "d", **chart})
    assert (drawer.pid, list(drawer.draw(BARS, ["png"]))) == (child, ["png"])


def test_a_child_that_died_is_replaced(drawer: ChartProcess) -> None:
    drawer.draw(BARS, ["svg"])
    killed = drawer.pid
    assert killed is not None
    os.kill(killed, 9)
    wait_for(lambda: drawer.pid is None)
    assert drawer.draw(BARS, ["svg"])
    assert drawer.pid != killed


def test_the_child_knows_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_SECRET", "kept back")
    drawer = ChartProcess(seconds=120)
    try:
        drawer.draw(BARS, ["svg"])
        environment = Path(f"/proc/{drawer.pid}/environ").read_text()
    finally:
        drawer.close()
    assert "PATH=" in environment
    assert "WSIS_" not in environment


def test_a_chart_that_takes_too_long_or_finds_a_queue_is_given_up() -> None:
    slow = ChartProcess(seconds=0.001)
    with pytest.raises(ChartFailed, match="imed"):
        slow.draw(BARS)
    assert slow.pid is None
    with pytest.raises(ChartFailed, match="wait already"):
        ChartProcess(max_waiting=0).draw(BARS)
