"""The small demonstration: its figures fit, and it is not played twice in one edition."""

from __future__ import annotations

import re
from typing import Any

import pytest
from wsis_shared.testing import wait_for

from wsis_demo.client import Suite
from wsis_demo.mailbox import Mailbox
from wsis_demo.main import Options, play
from wsis_demo.suites import CannotPlay

EDITION = "2018"


def test_figures_of_the_small_demo_fit(stage: Any, officer: Any, capsys: pytest.CaptureFixture[str]):
    def quiet() -> bool:
        told = officer.get("/v1/deliveries/figures")
        return not told["expanding"] and not sum(lane["queued"] + lane["sending"] for lane in told["lanes"])

    wait_for(quiet, 120, "mails of other tests to be gone")
    suite = Suite(stage.suite.address, Mailbox(stage.suite.mailbox.address))
    status = play(suite, stage.environment, Options(size="small", edition=EDITION))
    shown = capsys.readouterr()
    assert (status, shown.err) == (0, "")
    last = shown.out.splitlines()[-1]
    figures = {name: int(value) for name, value in re.findall(r"([a-z ]+) (\d+)", last.partition(": ")[2])}
    figures = {name.strip(): value for name, value in figures.items()}
    assert (figures["submitted"], figures["nominated"], figures["voters"]) == (40, 20, 30)
    assert figures["finalists"] == figures["winners"] + figures["champions"]
    assert 0 < figures["votes counted"] < figures["votes cast"]
    assert figures["mails delivered"] == figures["mails expected"] > 500


def test_a_second_play_of_an_edition_is_refused_and_says_what_to_do(stage: Any, officer: Any):
    suite = Suite(stage.suite.address, Mailbox(stage.suite.mailbox.address))
    with pytest.raises(CannotPlay, match=r"--edition 2019"):
        play(suite, stage.environment, Options(size="small", edition=EDITION))
