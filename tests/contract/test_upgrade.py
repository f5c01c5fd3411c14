"""`make upgrade` knows the parts of both versions, and how each is started. It takes minutes and a quiet machine: here
nothing is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults import upgrade
from tests.faults.kit.two_versions import FORMER, TODAY, TwoVersions
from wsis_local.supervise import GATEWAY
from wsis_shared.plugin import discover
from wsis_testkit import versions


def test_a_version_that_is_not_here_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade.main(["--from", "v0.0.0-none"]) == 2
    assert "commit v0.0.0-none is not here" in capsys.readouterr().out


def test_each_part_of_both_versions_has_a_program(tmp_path: Path) -> None:
    try:
        former = versions.former("HEAD", tmp_path / "former")
    except versions.NotHere as error:
        pytest.skip(str(error))
    stack = TwoVersions(tmp_path / "suite", environ={"WSIS_GATEWAY_PLUGINS": ""})
    stack.sides = {FORMER: former, TODAY: versions.today()}
    stack.wires = []
    try:
        programs = {program.name: program for program in stack._programs()}
    finally:
        stack.stop()
    plugins = [plugin for plugin in discover(routes=False) if plugin.name in former.names]  # others may join meanwhile
    names = {GATEWAY, *former.names}
    names |= {process.full_name(plugin.name) for plugin in plugins for process in plugin.processes}
    for side, code in stack.sides.items():
        assert set(stack.parts[side]) >= names, side
        for name in names:
            program = programs[f"{name}-{side}"]
            assert program.env.items() >= code.environment.items(), program.name
            assert program.standby == (side == TODAY), program.name
    assert not {part.name for part in stack.parts[TODAY].values() if part.twice} & {"notifications-inbound"}
