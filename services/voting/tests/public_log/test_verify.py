"""Both verifiers accept a sound log and find whatever is changed in it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from wsis_testkit.sizes import size

from .verifying import (
    FOLDER,
    NODE,
    both,
    contents,
    edit,
    example,
    fewer_voids,
    forged,
    other_finalists,
    other_rule,
    other_total,
    said,
    smaller_tree,
    under_embargo,
    write,
)

EDITS = size(500, 10_000)
EDITS_JS = size(100, 300)


def test_sound_log_holds_in_both(sound: Path) -> None:
    good, lines = said(sound)
    assert good, lines
    assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, 10)]
    done = subprocess.run([sys.executable, str(FOLDER / "verify.py"), str(sound)], capture_output=True, text=True)
    assert (done.returncode, "all checks hold" in done.stdout) == (0, True)
    if NODE:
        js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(sound)], capture_output=True, text=True)
        assert (js.returncode, js.stdout.splitlines()[-1]) == (0, "sound")


def test_every_single_edit_is_found_by_the_first(sound: Path) -> None:
    files, missed = contents(sound), []
    chance = random.Random(2017)
    for _ in range(EDITS):
        kind, name, changed = edit(chance, files)
        write(sound / name, changed)
        if said(sound)[0]:
            missed.append((kind, name))
        write(sound / name, files[name])
    assert missed == []
    assert said(sound)[0]


@pytest.mark.skipif(NODE is None, reason="node is in Debian's package nodejs")
def test_every_single_edit_is_found_by_the_second(sound: Path, tmp_path: Path) -> None:
    files, chance, edits = contents(sound), random.Random(77), []
    for number in range(EDITS_JS):
        kind, name, changed = edit(chance, files)
        edits.append((kind, name))
        shutil.copytree(sound, tmp_path / str(number))
        write(tmp_path / str(number) / name, changed)
    script = """
        const { verify } = require(process.argv[1]);
        (async () => {
          const found = [];
          for (let n = 0; n < Number(process.argv[3]); n += 1)
            await verify(`${process.argv[2]}/${n}`).catch(() => found.push(n));
          console.log(JSON.stringify(found));
        })();
    """
    done = subprocess.run(
        [str(NODE), "-e", script, str(FOLDER / "verify.js"), str(tmp_path), str(EDITS_JS)],
        capture_output=True,
        text=True,
    )
    found = set(json.loads(done.stdout))
    assert [edits[n] for n in range(EDITS_JS) if n not in found] == []


@pytest.mark.parametrize(
    "extra", ["heads/9.json", "openings/C9.jsonl", "tile/0/007", "leaves/000009.jsonl", "more.json"]
)
def test_a_file_that_does_not_belong_is_found(sound: Path, extra: str) -> None:
    (sound / extra).write_bytes(b"{}")
    good, lines = said(sound)
    js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(sound)], capture_output=True) if NODE else None
    (sound / extra).unlink()
    assert not good
    assert extra in lines[-1]
    assert js is None or js.returncode == 1


@pytest.mark.parametrize("how", [other_total, other_finalists, other_rule, fewer_voids, smaller_tree])
def test_a_false_result_is_found_though_it_is_signed(sound: Path, tmp_path: Path, how: Any) -> None:
    copy = forged(sound, tmp_path, how)
    assert said(copy)[0] is False
    if NODE:
        assert subprocess.run([NODE, str(FOLDER / "verify.js"), str(copy)], capture_output=True).returncode == 1


def test_vote_dropped_by_the_writer_of_the_openings_is_found(sound: Path, tmp_path: Path) -> None:
    """A vote neither opened nor void: the digests and totals fit, and still it shows."""
    import hashlib

    def how(result: dict[str, Any]) -> None:
        name = "openings/C2.jsonl"
        path = tmp_path / "forged" / name
        first, *rest = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(rest))
        result["files"][name] = hashlib.sha256(b"".join(rest)).hexdigest()
        row = result["categories"][1]
        row["counted"] -= 1
        result["votes"]["counted"] -= 1
        next(p for p in row["projects"] if p["project"] == json.loads(first)["project"])["counted"] -= 1

    good, lines = said(forged(sound, tmp_path, how))
    assert not good
    assert "WRONG" in lines[-1]


def test_key_that_is_known_from_elsewhere_decides(sound: Path) -> None:
    key = json.loads((sound / "keys.json").read_bytes())["keys"][0]["key_id"]
    assert said(sound, pinned=key)[0]
    assert not said(sound, pinned="0123456789abcdef")[0]


def test_log_before_its_result_holds_as_far_as_it_goes(sound: Path, tmp_path: Path) -> None:
    copy = under_embargo(sound, tmp_path / "log")
    good, lines = said(copy)
    assert good
    assert "the result is not public yet" in lines[4]
    assert both(copy) == (0, 0)
    (copy / "certification.json").unlink()
    good, lines = said(copy)
    assert good
    assert "not certified yet" in lines[4]
    assert both(copy) == (0, 0)


def test_other_result_than_the_one_that_was_certified_is_found(sound: Path, tmp_path: Path) -> None:
    """Both are signed, and agree with the openings: the leaf of the log tells which one was certified."""
    copy = forged(sound, tmp_path, lambda result: result["ballots"].update(started=61))
    good, lines = said(copy)
    assert not good
    assert "result.json is not what was certified" in lines[-1]
    assert both(copy) == (1, 1)


def test_logs_of_versions_that_lifted_voids_stay_readable(tmp_path: Path) -> None:
    """Nothing writes such leaves any more: a certified contest is not opened again."""
    log = example.publish(str(tmp_path), votes=60, heads=5, reopened=True)
    assert b'"t":"restored"' in (log / "leaves/000000.jsonl").read_bytes()
    assert json.loads((log / "result.json").read_bytes())["number"] == 2
    assert said(log)[0]
    assert both(log) == (0, 0)


# -- the champions that were announced ---------------------------------------------------------------------------------


# -- no false alarms ---------------------------------------------------------------------------------------------------


# -- receipts ----------------------------------------------------------------------------------------------------------
