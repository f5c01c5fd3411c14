"""Both verifiers accept a sound log and find whatever is changed in it."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "verify"
EDITS = int(os.environ.get("WSIS_TEST_EDITS", "10000"))
EDITS_JS = 300
NODE = shutil.which("node")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"verify_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify, example = load("verify"), load("example")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published log: 60 votes, 5 heads."""
    return example.publish(str(tmp_path_factory.mktemp("log")), votes=60, heads=5)


def said(place: Path, **more: Any) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return verify.verify(str(place), say=lines.append, **more), lines


def edit(chance: random.Random, files: dict[str, bytes]) -> tuple[str, str, bytes | None]:
    """(kind, file, what it holds after one edit): a byte or a line altered, dropped, inserted, swapped, cut off."""
    while True:
        name = chance.choice(sorted(files))
        data = files[name]
        kind = chance.choice(["alter", "drop", "insert", "swap", "truncate", "line", "file"])
        at = chance.randrange(len(data))
        lines = data.splitlines(keepends=True)
        n = chance.randrange(len(lines))
        changed: bytes | None = data
        if kind == "alter":
            changed = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        elif kind == "drop":
            changed = data[:at] + data[at + 1 :] if chance.random() < 0.5 else b"".join(lines[:n] + lines[n + 1 :])
        elif kind == "insert":
            more = bytes([chance.choice([chance.randrange(256), 32, 48, 10])])
            changed = (
                data[:at] + more + data[at:] if chance.random() < 0.5 else b"".join([*lines[:n], lines[n], *lines[n:]])
            )
        elif kind == "swap":
            other = chance.randrange(len(lines))
            if len(lines) > 1:
                lines[n], lines[other] = lines[other], lines[n]
                changed = b"".join(lines)
            else:
                changed = data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]
        elif kind == "truncate":
            changed = data[:at]
        elif kind == "line":  # a line or a file of another place
            elsewhere = files[chance.choice(sorted(files))].splitlines(keepends=True)
            lines[n] = chance.choice(elsewhere) if elsewhere else b""
            changed = b"".join(lines)
        elif kind == "file":
            changed = None if chance.random() < 0.5 else files[chance.choice(sorted(files))]
        if changed != data:
            return kind, name, changed


def write(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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


def forged(folder: Path, tmp_path: Path, how: Callable[[dict[str, Any]], Any]) -> Path:
    """The log with a result that its own key signs: what a dishonest secretariat could publish."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from wsis_voting.domain.receipts import RESULT, Signer, canonical

    copy = tmp_path / "forged"
    shutil.copytree(folder, copy)
    result = json.loads((copy / "result.json").read_bytes())
    how(result)
    result.pop("signature")
    result.pop("key_id")
    signer = Signer(Ed25519PrivateKey.from_private_bytes(random.Random(1).randbytes(32)))
    (copy / "result.json").write_bytes(canonical(signer.sign(RESULT, result)))
    return copy


def other_total(result: dict[str, Any]) -> None:
    project = result["categories"][0]["projects"][3]
    project["counted"] += 1


def other_finalists(result: dict[str, Any]) -> None:
    result["categories"][1]["finalists"].reverse()


def other_rule(result: dict[str, Any]) -> None:
    result["rules"]["finalists_per_category"] = 3


def fewer_voids(result: dict[str, Any]) -> None:
    result["votes"]["void"].pop("excluded_account")


def smaller_tree(result: dict[str, Any]) -> None:
    result["head"]["size"] -= 1


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


def test_log_before_certification_holds_as_far_as_it_goes(sound: Path, tmp_path: Path) -> None:
    copy = tmp_path / "open"
    shutil.copytree(sound, copy)
    (copy / "result.json").unlink()
    shutil.rmtree(copy / "openings")
    good, lines = said(copy)
    assert good
    assert "not certified yet" in lines[-1]


def test_signatures_are_those_of_rfc_8032() -> None:
    """Test vector 3 of RFC 8032, section 7.1, and each of its bytes altered."""
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    message = bytes.fromhex("af82")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    key = verify.Key(public)
    assert key.signed(message, signature)
    for at in range(64):
        assert not key.signed(message, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])
    s = int.from_bytes(signature[32:], "little") + verify.L
    assert not key.signed(message, signature[:32] + s.to_bytes(32, "little")), "no second signature for one message"
