"""What every file keeps to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

BINARY = {".png", ".jpg", ".pdf", ".ttf", ".otf", ".woff2", ".ico", ".gz"}
# Written in halves, so that this file passes its own rule.
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "registry" + ".npm", "artifact" + "ory")
PLACES = re.compile("(?<![a-z.])/(work" + "|root" + "|home/[a-z]+)/|(?<![a-z.}])/tmp" + "/[a-z]")
_NOQA = re.compile(r"#\s*noqa\b(?P<rest>[^#]*)")
_CODES = re.compile(r": [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* -- \S")
_IGNORE = re.compile(r"#\s*type:\s*ignore(?P<rest>.*)")
_OTHERS = re.compile(r"#\s*(pragma: no cover|nosec|pylint:)(?P<rest>[^#]*)")


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _lines(project: Any, *suffixes: str) -> list[tuple[str, str]]:
    return [
        (f"{path.relative_to(project.root)}:{number}", line)
        for path in project.files(*suffixes)
        if path.suffix not in BINARY
        for number, line in enumerate(_text(path).split("\n"), 1)
    ]


def test_suppressions_carry_their_reason(project: Any) -> None:
    wrong, said = [], set()
    for where, line in _lines(project, ".py"):
        if where.startswith("tests/architecture/test_files.py"):
            continue
        tested = "/tests/" in f"/{where}"
        if re.search(r"noqa: E402 -- \S", line):  # said once for the imports that follow
            said.add((where.split(":")[0], ": E402"))
        for match in _NOQA.finditer(line):
            if not _CODES.match(match["rest"]) and (where.split(":")[0], match["rest"].strip()) not in said:
                wrong.append(f"{where}: write `noqa: CODE -- why`")
        for match in _IGNORE.finditer(line):
            if not re.match(r"\[[a-z, -]+\]" if tested else r"\[[a-z, -]+\]  # \S", match["rest"]):
                wrong.append(f"{where}: write `type: ignore[code]  # why`")  # mypy takes no other form
        if (match := _OTHERS.search(line)) and " -- " not in match["rest"]:
            wrong.append(f"{where}: say why")
    assert wrong == []


def test_settings_of_the_tools_carry_reasons(project: Any) -> None:
    """Each ignored rule of ruff stands on a line of its own with its reason."""
    text = _text(project.root / "pyproject.toml")
    block = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert block
    assert [line for line in block[1].splitlines() if not re.match(r'\s+"[A-Z0-9]+",\s+# \S', line)] == []


def test_lines_end_with_a_line_feed(project: Any) -> None:
    wrong = []
    for path in project.files():
        if path.suffix in BINARY:
            continue
        content = path.read_bytes()
        if b"\r" in content or (content and not content.endswith(b"\n")):
            wrong.append(str(path.relative_to(project.root)))
    assert wrong == []


def test_no_registry_and_no_place_of_one_machine(project: Any) -> None:
    wrong = [
        where for where, line in _lines(project)
        if any(host in line for host in REGISTRIES) or PLACES.search(line)
    ]  # fmt: skip
    assert wrong == []


def test_no_hidden_characters(project: Any) -> None:
    """Bidi controls reorder what a reviewer sees (CVE-2021-42574): in code they are written as escapes."""
    hidden = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
    assert [
        where for where, line in _lines(project, ".py", ".yaml", ".toml", ".sh", ".md") if hidden.search(line)
    ] == []


def test_no_secret_is_kept(project: Any) -> None:
    told = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
    assert [where for where, line in _lines(project) if told.search(line)] == []
