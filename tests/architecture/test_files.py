"""What every file keeps to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

BINARY = {".png", ".jpg", ".pdf", ".ttf", ".otf", ".woff2", ".ico", ".gz"}
# Written in halves, so that this file passes its own rule.
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "registry" + ".npm", "artifact" + "ory")
PLACES = re.compile("(?<![a-z.])/(work" + "|root" + "|home/[a-z]+)/|(?<![a-z.}])/tmp" + "/[a-z]")
_NOQA = re.compile(r"#\s*noqa\b(?P<rest>[^#]*)")
_CODES = re.compile(r": [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* -- \S")
_IGNORE = re.compile(r"#\s*type:\s*ignore(?P<rest>.*)")
_OTHERS = re.compile(r"#\s*(pragma: no cover|nosec|pylint:)(?P<rest>[^#]*)")


Texts = dict[str, str]


@pytest.fixture(scope="module")
def texts(project: Any) -> Texts:
    """Path in the repository -> what is in the file."""
    files = [path for path in project.files() if path.suffix not in BINARY]
    return {str(path.relative_to(project.root)): project.text(path) for path in files}


def _places(texts: Texts, pattern: re.Pattern[str], suffixes: tuple[str, ...] = ("",)) -> list[str]:
    chosen = [(path, text) for path, text in texts.items() if path.endswith(suffixes)]
    found = [
        (path, text.count("\n", 0, match.start()) + 1) for path, text in chosen for match in pattern.finditer(text)
    ]
    return [f"{path}:{line}" for path, line in found]


def test_suppressions_carry_their_reason(texts: Texts) -> None:
    wrong = [
        f"{path}: {problem} in {line.strip()}"
        for path, text in texts.items()
        if path.endswith(".py") and path != "tests/architecture/test_files.py"
        for problem, line in _unreasoned(path, [line for line in text.split("\n") if "#" in line])
    ]
    assert wrong == []


def _unreasoned(path: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """(what to write, line) of each suppression without a reason."""
    tested = "/tests/" in f"/{path}"
    said = False  # once for the imports that follow
    for line in lines:
        said |= bool(re.search(r"noqa: E402 -- \S", line))
        for match in _NOQA.finditer(line):
            if not _CODES.match(match["rest"]) and not (said and match["rest"].strip() == ": E402"):
                yield "write `noqa: CODE -- why`", line
        for match in _IGNORE.finditer(line):
            if not re.match(r"\[[a-z, -]+\]" if tested else r"\[[a-z, -]+\]  # \S", match["rest"]):
                yield "write `type: ignore[code]  # why`", line  # mypy takes no other form
        if (match := _OTHERS.search(line)) and " -- " not in match["rest"]:
            yield "say why", line


def test_settings_of_the_tools_carry_reasons(texts: Texts) -> None:
    """Each ignored rule of ruff stands on a line of its own with its reason."""
    block = re.search(r"^ignore = \[\n(.*?)^\]", texts["pyproject.toml"], re.MULTILINE | re.DOTALL)
    assert block
    assert [line for line in block[1].splitlines() if not re.match(r'\s+"[A-Z0-9]+",\s+# \S', line)] == []


def test_lines_end_with_a_line_feed(texts: Texts) -> None:
    assert [path for path, text in texts.items() if "\r" in text or (text and not text.endswith("\n"))] == []


def test_no_registry_and_no_place_of_one_machine(texts: Texts) -> None:
    assert [path for path, text in texts.items() if any(host in text for host in REGISTRIES)] == []
    assert _places(texts, PLACES) == []


def test_no_hidden_characters(texts: Texts) -> None:
    """Bidi controls reorder what a reviewer sees (CVE-2021-42574): in code they are written as escapes."""
    hidden = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
    assert _places(texts, hidden, (".py", ".yaml", ".toml", ".sh", ".md")) == []


def test_no_secret_is_kept(texts: Texts) -> None:
    told = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
    assert _places(texts, told) == []
