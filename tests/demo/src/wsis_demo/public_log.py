"""The last act is a citizen's: the published log of the votes is checked by the program that anybody can run.

`verify.py` belongs to the source tree and needs nothing of the suite, so it runs as a program of its own here too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from wsis_demo.play import Mismatch, Play, wait

VERIFY = Path(__file__).parents[4] / "services" / "voting" / "verify" / "verify.py"
FILES_SECONDS = 90  # from the certification to its files, on a busy machine


def place_of(play: Play, env: Mapping[str, str]) -> str:
    """Where the log of the edition is published: the suite's own web address where something serves it there, else the
    folder that voting writes it to; empty where the suite publishes no files that can be seen from here."""
    address = f"{play.suite.address}/log/{play.edition}"
    if httpx.get(f"{address}/head.json", timeout=10, trust_env=False).is_success:
        return address
    folder = env.get("WSIS_LOG_DIR")
    return str(Path(folder) / play.edition) if folder else ""


def verify(play: Play, place: str) -> tuple[str, list[str]]:
    """The line to show, and what does not fit, in words."""
    if not place:
        return "not: this suite publishes no files of the log that can be seen from here", []
    if not VERIFY.exists():
        return "not: the demo is installed without the source tree that verify.py belongs to", []
    try:
        wait(lambda: _read(place, "result.json") is not None, FILES_SECONDS, f"the certified result in {place}")
    except Mismatch as late:
        return "NOT", [f"public log: {late}"]
    with tempfile.TemporaryDirectory() as folder:
        pages = [option for page in _saved_champions(play, Path(folder)) for option in ("--champions", str(page))]
        done = subprocess.run([sys.executable, str(VERIFY), place, *pages], capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if "WRONG" in line] or [done.stderr.strip()[-500:]]
        return "NOT", [f"public log {place}: {said[-1]}"]
    result = _read(place, "result.json") or {}
    totals = play.suite.visitor.get(f"{play.path}/voting")["totals"] or {}
    misfits = [
        f"votes {name}, in the public log and by the API: {result['votes'][name]} and {totals.get(f'votes_{name}')}"
        for name in ("cast", "counted")
        if result["votes"][name] != totals.get(f"votes_{name}")
    ]
    told = "totals differ from those published" if misfits else "totals and champions as published"
    return f"{result['votes']['cast']} votes in the public log, each opened or void, {told}", misfits


def _saved_champions(play: Play, folder: Path) -> list[Path]:
    """The pages of the list of champions, as anybody saves them."""
    saved, after = list[Path](), None
    while after is not None or not saved:
        page = play.suite.visitor.get(f"{play.path}/champions", limit=100, **({"after": after} if after else {}))
        saved.append(folder / f"{len(saved)}.json")
        saved[-1].write_text(json.dumps(page))
        after = page["next"]
    return saved


def leave(place: str, edition: str, folder: Path) -> str:
    """Copy the log out of a run folder that will be gone, in place of an older one; returns where it is now."""
    if not place or not Path(place, "head.json").exists():
        return place
    left = folder / "public-log" / edition
    shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(place, left)
    return str(left)


def how_to_check(place: str) -> str:
    """The command that checks the log, as one types it here; empty where there is nothing to check, or nothing to check
    it with."""
    if not VERIFY.exists() or not (place.startswith("http") or Path(place, "head.json").exists()):
        return ""
    return f"python3 {_from_here(VERIFY)} {place if place.startswith('http') else _from_here(Path(place))}"


def _from_here(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _read(place: str, name: str) -> dict[str, Any] | None:
    """A document of the log, None where it is not there."""
    if place.startswith("http"):
        answer = httpx.get(f"{place}/{name}", timeout=10, trust_env=False)
        data = answer.content if answer.is_success else b""
    else:
        path = Path(place, name)
        data = path.read_bytes() if path.exists() else b""
    return dict(json.loads(data)) if data else None
