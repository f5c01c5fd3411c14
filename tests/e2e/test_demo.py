"""The small demonstration: its figures fit, and it is not played twice in one edition."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.plugin import discover

from wsis_demo.main import WORTH_OPENING, Options, perform, prepare
from wsis_demo.suites import CannotPlay
from wsis_gateway.web.catalogue import PAGES


def test_figures_of_the_small_demo_fit_and_its_log_is_left_behind(demo: Any):
    assert demo.err == ""
    assert demo.status == 0
    *acts, how, last = demo.out.splitlines()
    figures = {name: int(value) for name, value in re.findall(r"([a-z ]+) (\d+)", last.partition(": ")[2])}
    figures = {name.strip(): value for name, value in figures.items()}
    assert (figures["submitted"], figures["nominated"], figures["voters"]) == (40, 20, 30)
    assert figures["finalists"] == figures["winners"] + figures["champions"]
    assert 0 < figures["votes counted"] < figures["votes cast"]
    assert figures["mails delivered"] == figures["mails expected"] > 500
    verified = next(line for line in acts if line.startswith("verified "))
    counted = f" {figures['votes cast']} votes in the public log, each opened or void,"
    assert f"{counted} totals and champions as published " in verified
    assert any(re.match(r"consultation +50 inputs: ", line) for line in acts)
    told = [found.groups() for line in acts if (found := re.search(r"; (\d+) of (\d+)\)$", line))]
    assert told == [(str(number), str(len(told))) for number in range(1, len(told) + 1)]
    names = [line[:13].strip() for line in acts]
    embargo = [number for number, name in enumerate(names) if name == "embargo"]
    assert [names[number + 1] for number in embargo] == ["champions", "ceremony"]
    assert any(re.match(r"stocktaking +1003 rows imported in ", line) for line in acts)
    assert any(
        re.match(r"ministry +2 rows of a ministry mapped, 2 entries claimed, one confirmed", line) for line in acts
    )
    assert any(
        re.match(r"newsletter +40 readers, 5 left; \d+ mails of the newsletter in 7 languages", line) for line in acts
    )
    events = next(
        found for line in acts if (found := re.match(r"events +(\d+) public events of \d+ types in the log", line))
    )
    assert events.string.endswith(f"; webhook {events[1]}, queue {events[1]}, feed {events[1]}")
    received = demo.folder / "demo" / "agencies" / demo.edition
    assert len((received / "events.jsonl").read_text("utf-8").splitlines()) == int(events[1]) > 100
    notified = demo.folder / "demo" / "notifications" / demo.edition
    assert len(list(notified.glob("flash-*.html"))) == 7
    documents = [path.name for path in (demo.folder / "demo" / "documents" / demo.edition).iterdir()]
    assert {f"{demo.edition}-outcomes-{version}-en.pdf" for version in ("1.1", "1.2")} <= set(documents)
    left = demo.folder / "demo" / "public-log" / demo.edition
    told = re.fullmatch(r"check it +python3 (.+/verify\.py) (.+)", how)
    assert told is not None
    assert Path(told[2]) == left
    check = subprocess.run([sys.executable, told[1], told[2]], capture_output=True, text=True)
    assert (check.returncode, len(re.findall(r"^\d+\. ok ", check.stdout, re.MULTILINE))) == (0, 9)


def test_a_second_play_of_an_edition_is_refused_and_says_what_to_do(stage: Any, demo: Any):
    suite = stage.with_empty_mailbox()
    with pytest.raises(CannotPlay, match=rf"--edition {int(demo.edition) + 1}"):
        perform(prepare(suite, stage.environment, Options(edition=demo.edition)), stage.environment)


def test_what_is_worth_opening_are_pages() -> None:
    pages = {page.path for plugin in discover() for page in plugin.pages} | {page.path for page in PAGES}
    assert [path for path in WORTH_OPENING if path not in pages] == []
