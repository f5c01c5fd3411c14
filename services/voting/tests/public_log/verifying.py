"""Both verifiers of a public log, and logs that somebody has changed."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "verify"

NODE = shutil.which("node")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"verify_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify, example = load("verify"), load("example")


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


def forged(folder: Path, tmp_path: Path, how: Callable[[dict[str, Any]], Any]) -> Path:
    """The log with a result that its own key signs: what a dishonest secretariat could publish."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from wsis_voting.keys.rules import RESULT, Signer, canonical

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


def under_embargo(sound: Path, copy: Path) -> Path:
    """The log as it is published from the certification to the announcement."""
    shutil.copytree(sound, copy)
    (copy / "result.json").unlink()
    shutil.rmtree(copy / "openings")
    return copy


def both(place: Path | str, *options: str) -> tuple[int, int]:
    """The exit codes of the two verifiers; that of the first twice where there is no node."""
    done = subprocess.run([sys.executable, str(FOLDER / "verify.py"), str(place), *options], capture_output=True)
    if not NODE:
        return done.returncode, done.returncode
    js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(place), *options], capture_output=True)
    return done.returncode, js.returncode
