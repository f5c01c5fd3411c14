"""docs/security/ is true: each requirement stands once, its tests exist, and the head counts the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

# Section of ASVS 5.0.0 -> how many requirements of levels 1 and 2 it has. They are its first ones.
SECTIONS = {
    "V1.1": 2,
    "V1.2": 9,
    "V1.3": 11,
    "V1.4": 3,
    "V1.5": 2,
    "V2.1": 3,
    "V2.2": 3,
    "V2.3": 4,
    "V2.4": 1,
    "V3.2": 2,
    "V3.3": 4,
    "V3.4": 6,
    "V3.5": 5,
    "V3.7": 2,
    "V4.1": 3,
    "V4.2": 1,
    "V4.3": 2,
    "V4.4": 4,
    "V5.1": 1,
    "V5.2": 3,
    "V5.3": 2,
    "V5.4": 3,
    "V6.1": 3,
    "V6.2": 12,
    "V6.3": 4,
    "V6.4": 4,
    "V6.5": 5,
    "V6.6": 3,
    "V6.8": 4,
    "V7.1": 3,
    "V7.2": 4,
    "V7.3": 2,
    "V7.4": 5,
    "V7.5": 2,
    "V7.6": 2,
    "V8.1": 2,
    "V8.2": 3,
    "V8.3": 1,
    "V8.4": 1,
    "V9.1": 3,
    "V9.2": 4,
    "V10.1": 2,
    "V10.2": 2,
    "V10.3": 4,
    "V10.4": 11,
    "V10.5": 5,
    "V10.6": 2,
    "V10.7": 3,
    "V11.1": 2,
    "V11.2": 3,
    "V11.3": 3,
    "V11.4": 4,
    "V11.5": 1,
    "V11.6": 1,
    "V12.1": 3,
    "V12.2": 2,
    "V12.3": 4,
    "V13.1": 1,
    "V13.2": 5,
    "V13.3": 2,
    "V13.4": 5,
    "V14.1": 2,
    "V14.2": 4,
    "V14.3": 3,
    "V15.1": 3,
    "V15.2": 3,
    "V15.3": 7,
    "V16.1": 1,
    "V16.2": 5,
    "V16.3": 4,
    "V16.4": 3,
    "V16.5": 3,
    "V17.1": 1,
    "V17.2": 4,
    "V17.3": 2,
}
REQUIREMENTS = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
RISKS = [f"API{number}:2023" for number in range(1, 11)]
STATES = ("test", "not applicable", "open: no test", "open")
PAGES = ("asvs.md", "api-top-10.md")
LISTS = ("tests/security/findings.yaml", "tests/faults/bus_findings.yaml")
_ROW = re.compile(r"^\| ((?:V|API)[\d.:]+) \| .+? \| (.+?) \| (.+) \|$", re.MULTILINE)
_COUNT = re.compile(r"^\| ([a-z: ]+) \| (\d+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w./-]+\.py::\w+)`")
_FILE = re.compile(r"`([\w.-]+/[\w./-]+\.\w+)(?:::\w+)?`")


@dataclass(frozen=True)
class Row:
    """A row of a page. `id` is a requirement, or a section or chapter of them."""

    id: str
    state: str
    where: str

    def covers(self) -> list[str]:
        """The requirements or the risk that it is about."""
        inside = [one for one in REQUIREMENTS if one == self.id or one.startswith(f"{self.id}.")]
        return inside or [self.id]


@pytest.fixture(scope="module")
def folder(project: Any) -> Path:
    found: Path = project.root / "docs/security"
    return found


def _rows(page: Path) -> list[Row]:
    return [Row(*cells) for cells in _ROW.findall(page.read_text("utf-8"))]


def _named(root: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """(page, test) of each test that a page or a list of findings names."""
    for page in sorted([*folder.glob("*.md"), *root.glob("*/security.md"), *root.glob("services/*/security.md")]):
        yield from ((page.name, test) for test in _TEST.findall(page.read_text("utf-8")))
    for finding in _findings(root):
        yield from ((finding["finding"], test) for test in finding["tests"])


def _findings(root: Path) -> list[dict[str, Any]]:
    return [row for name in LISTS for row in yaml.safe_load((root / name).read_text("utf-8"))]


def test_named_tests_exist(project: Any, folder: Path) -> None:
    wrong, named = [], list(_named(project.root, folder))
    for page, test in named:
        path, *names = test.split("::")
        file = project.root / path
        text = file.read_text("utf-8") if file.is_file() else ""
        name = names[-1].partition("[")[0] if names else ""
        if not file.exists() or (name and not re.search(rf"^\s*(async )?def {name}\(", text, re.MULTILINE)):
            wrong.append(f"{page}: {test}")
    assert wrong == []
    assert len(named) > 100


def test_each_finding_has_its_tests_or_says_what_is_open(project: Any) -> None:
    rows = _findings(project.root)
    assert [row["finding"] for row in rows if not row["tests"] and "open" not in row] == []
    assert [name for name, count in Counter(row["finding"] for row in rows).items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(project: Any, folder: Path, page: str) -> None:
    named = _FILE.findall((folder / page).read_text("utf-8"))
    assert [path for path in named if not (project.root / path).is_file()] == []


def test_each_requirement_stands_once(folder: Path) -> None:
    listed = [one for row in _rows(folder / "asvs.md") for one in row.covers()]
    assert sorted(listed) == sorted(REQUIREMENTS)


def test_each_risk_has_a_row(folder: Path) -> None:
    assert {row.id for row in _rows(folder / "api-top-10.md")} == set(RISKS)


@pytest.mark.parametrize("page", PAGES)
def test_each_row_has_a_state_with_its_tests_or_reason(folder: Path, page: str) -> None:
    rows = _rows(folder / page)
    assert {row.state for row in rows} <= set(STATES)
    assert [row.id for row in rows if row.state == "test" and not _TEST.search(row.where)] == []
    # A reason is more than names of tests.
    bare = [row.id for row in rows if row.state != "test" and not re.search(r"[a-z]{2}", _TEST.sub("", row.where))]
    assert bare == []


@pytest.mark.parametrize("page", PAGES)
def test_the_head_counts_the_rows(folder: Path, page: str) -> None:
    head = dict(_COUNT.findall((folder / page).read_text("utf-8")))
    counted = Counter[str]()
    for row in _rows(folder / page):
        counted[row.state] += len(row.covers())
    assert {state: int(count) for state, count in head.items()} == {state: counted[state] for state in STATES}


def test_updates_have_time_frames_by_severity(project: Any) -> None:
    text = (project.root / "SECURITY.md").read_text("utf-8").partition("\n## Updates of libraries\n")[2]
    rows = re.findall(r"^\| (critical|high|medium|low)\b.* \| (\d+) \|$", text.partition("\n## ")[0], re.MULTILINE)
    assert [severity for severity, _ in rows] == ["critical", "high", "medium", "low"]
    days = [int(number) for _, number in rows]
    assert days == sorted(days)
    others = re.search(r"at least every (\d+) days", text)
    assert others
    assert int(others[1]) <= 90
