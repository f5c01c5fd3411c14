"""`security.yaml` of each part says all that only a person can say; `security.md` is what `wsis security` prints."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.security import PAGE, Installed, data, installed, pages


@pytest.fixture(scope="module")
def suite(project: Any) -> Installed:
    return installed(project.plugins)


def test_nothing_is_missing(suite: Installed, part: str) -> None:
    assert list(pages.problems(suite.part(part), suite)) == []


def test_page_is_current(suite: Installed, part: str) -> None:
    page = suite.part(part).folder / PAGE
    written = page.read_text("utf-8") if page.is_file() else ""
    assert written == pages.write(suite.part(part), suite), "run `make inventories`"


# -- what the inventories do not compare ------------------------------------------------------------------------------


def test_each_level_has_its_protection(project: Any) -> None:
    page = project.text(project.root / "docs/security/data.md").partition("\n## Levels\n")[2].partition("\n## ")[0]
    rows = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in page.splitlines() if line[:2] == "| "]
    assert [row[0] for row in rows[2:]] == list(data.LEVELS)
    assert [row[0] for row in rows if len(row) != 6 or not all(row)] == []


def test_each_service_with_persons_plants_them_in_a_test(project: Any, suite: Installed) -> None:
    owners = {
        part.name for part in suite.parts if part.plugin and {"deletes", "clears"} & {*data.erasures(part).values()}
    }
    tested = {
        path.relative_to(project.root).parts[1]
        for path in project.root.glob("services/*/tests/**/test_*.py")
        if "canaries.to_go(" in path.read_text("utf-8")
    }
    assert owners - tested == set()
