"""What `.ci/suites.py` gives to each process of pytest, and what it says of them."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def suites() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / ".ci/suites.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four modules, of which one stands deeper."""
    (tmp_path / "deeper").mkdir()
    for name in ("test_a.py", "test_b.py", "deeper/test_c.py", "test_d.py"):
        (tmp_path / name).touch()
    return tmp_path


def test_a_short_folder_is_one_suite(suites: dict[str, Any], folder: Path) -> None:
    (found,) = suites["split"](str(folder), {})
    assert found == (str(folder), [str(folder)], 4)


def test_a_long_folder_becomes_parts_of_equal_duration(suites: dict[str, Any], folder: Path) -> None:
    lasting = {f"{folder}/test_a.py": 200, f"{folder}/test_b.py": 120, f"{folder}/deeper/test_c.py": 90}
    first, second = suites["split"](str(folder), lasting)
    assert first == (f"{folder} 1/2", [f"{folder}/test_a.py", f"{folder}/test_d.py"], 201)
    assert second == (f"{folder} 2/2", [f"{folder}/deeper/test_c.py", f"{folder}/test_b.py"], 210)


@pytest.mark.parametrize(("path", "shared"), [("tests/e2e", "demo: Any"), ("tests/faults", "suite: Any")])
def test_modules_that_share_what_takes_minutes_stay_together(suites: dict[str, Any], path: str, shared: str) -> None:
    modules = [str(module) for module in Path(path).glob("test_*.py")]
    parts = [paths for _, paths, _ in suites["split"](path, dict.fromkeys(modules, 50))]
    looking = [{path for path in paths if shared in Path(path).read_text("utf-8")} for paths in parts]
    assert sorted(path for paths in parts for path in paths) == sorted(modules)
    assert len(parts) > 1
    assert [len(paths) > 1 for paths in looking if paths] == [True]


def test_a_long_module_is_one_suite(suites: dict[str, Any], folder: Path) -> None:
    module = f"{folder}/test_a.py"
    assert suites["split"](module, {module: 1_000}) == [(module, [module], 1_000)]


def test_totals_and_processor_time_are_printed(folder: Path) -> None:
    """Processor time is that of pytest and of what it starts."""
    work = "import time\nwhile time.process_time() < 0.5: pass"
    (folder / "test_a.py").write_text(
        "import pathlib, subprocess, sys, time\ndef test_work():\n"
        f" subprocess.run([sys.executable, '-c', {work!r}])\n"
        " pathlib.Path('own').write_text(str(time.process_time()))\n"
    )
    (folder / "test_b.py").write_text(
        "import pathlib\nfrom wsis_testkit import programs\ndef test_failure():\n"
        " log = pathlib.Path('sample.log')\n log.write_text('its last words')\n programs.LOGS.add(log)\n assert False\n"
        "def test_not_chosen():\n assert False\n"
    )
    (folder / "test_c.py").write_text("import os\ndef test_crash():\n os._exit(7)\n")
    without = [f"-pno:{name}" for name in ("pytest_nameko", "schemathesis", "anyio")]  # they take seconds to load
    modules = ["test_a.py", "test_b.py", "test_c.py"]
    command = [sys.executable, ROOT / ".ci/suites.py", *modules, "--", "-knot chosen", *without]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 1
    lines = re.findall(r"^(?:passed|FAILED)(?: with.*)?  .*", ran.stdout, re.MULTILINE)
    first, second, third = [line.split() for line in lines]
    assert (first[:3], second[:3]) == (["passed", "test_a.py", "1"], ["FAILED", "test_b.py", "1"])
    assert third[:5] == ["FAILED", "with", "status", "7", "test_c.py"], "a crash leaves no report"
    assert float(first[6]) > float((folder / "own").read_text()) + 0.4
    totals = "FAILED: test_b.py, test_c.py: 2 tests, 1 passed, 1 failed, 0 skipped in "
    *_, failure, _, last = ran.stdout.splitlines()
    assert failure == "FAILED test_b.py::test_failure - assert False"
    assert last.startswith(totals)
    assert "\n=== test_b.py\nFAILED test_b.py::test_failure\n" in ran.stdout, "what failed comes first"
    assert re.search(r"- Log sample\.log -+\nits last words\n", ran.stdout)


def test_durations_are_recorded(suites: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the last run; what it did not run keeps what it had, as long as it exists and takes seconds."""
    monkeypatch.chdir(folder)
    results = Path(".run/test-results")
    results.mkdir(parents=True)
    case = '<testcase file="{}" time="{}"/>'
    (results / "a.xml").write_text(f"<a>{case.format('test_a.py', 3.4)}{case.format('test_a.py', 0.5)}</a>")
    (results / "b.xml").write_text(f"<b>{case.format('test_b.py', 0.9)}</b>")
    kept = folder / "durations.json"
    kept.write_text('{"test_a.py": 9, "test_b.py": 9, "test_d.py": 9, "test_gone.py": 9}')
    suites["record"].__globals__["DURATIONS"] = kept
    suites["record"]()
    assert json.loads(kept.read_text()) == {"test_a.py": 4, "test_d.py": 9}
