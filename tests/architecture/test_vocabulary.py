"""Standard terms: words that were replaced do not come back. `vocabulary.yaml` lists them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

LIST = Path(__file__).with_name("vocabulary.yaml")
# Names of the last release, written by a command: they are looked at where they stand in the code.
WRITTEN = Path(__file__).parents[1] / "contract/last_release.json"
_SUFFIXES = {".py", ".yaml", ".yml", ".toml", ".json", ".sh", ".j2", ".tmpl", ".md", ""}


class Entry:
    """A replaced word, its standard term, and the folders where the word may still be."""

    def __init__(self, kind: str, word: str, value: str | list[str]) -> None:
        self.kind, self.word = kind, word
        self.standard, *self.folders = [value] if isinstance(value, str) else value
        start = r"(?<![\w-])" if re.match(r"\w", word) else ""
        end = r"(?!\w)" if re.search(r"\w$", word) else ""
        flags = re.IGNORECASE if kind == "prose" else 0
        self.pattern = re.compile(start + re.escape(word).replace(r"\ ", r"\s+") + end, flags)

    def allows(self, path: str) -> bool:
        """Whether the word may still be in this file."""
        return any(path == folder or path.startswith(f"{folder}/") for folder in self.folders)


def entries() -> list[Entry]:
    """All entries of vocabulary.yaml."""
    listed = yaml.safe_load(LIST.read_text("utf-8"))
    return [Entry(kind, word, value) for kind, words in listed.items() for word, value in words.items()]


Uses = Callable[[Entry], dict[str, int]]


@pytest.fixture(scope="module")
def uses(project: Any) -> Uses:
    """`uses(entry)`: file -> line of the first use of its word."""
    files = [
        path for path in project.files() if path.suffix in _SUFFIXES and path not in (LIST, WRITTEN, Path(__file__))
    ]
    texts = {str(path.relative_to(project.root)): project.text(path) for path in files}
    having: dict[str, set[str]] = defaultdict(set)
    for path, text in texts.items():
        for word in set(re.findall(r"\w+", text.lower())):
            having[word].add(path)

    def of(entry: Entry) -> dict[str, int]:
        # A pattern takes long: it searches only where all its words are.
        found = [having.get(word, set()) for word in re.findall(r"\w+", entry.word.lower())]
        return {
            path: texts[path].count("\n", 0, match.start()) + 1
            for path in (sorted(set.intersection(*found)) if found else texts)
            if (match := entry.pattern.search(texts[path]))
        }

    return of


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.word)
def test_replaced_words_stay_away(uses: Uses, entry: Entry) -> None:
    found = [f"{path}:{line}" for path, line in uses(entry).items() if not entry.allows(path)]
    assert found == [], f"write {entry.standard}, not {entry.word!r}"


@pytest.mark.parametrize("entry", [entry for entry in entries() if entry.folders], ids=lambda entry: entry.word)
def test_the_list_shrinks(uses: Uses, entry: Entry) -> None:
    found = uses(entry)
    done = [folder for folder in entry.folders if not any(f"{path}/".startswith(f"{folder}/") for path in found)]
    assert done == [], f"{entry.word!r} is gone here: remove the folder from vocabulary.yaml"


def test_the_glossary_is_sorted_with_one_line_per_term(project: Any) -> None:
    lines = (project.root / "docs/glossary.md").read_text("utf-8").splitlines()
    sections: list[list[str]] = []
    for line in lines:
        if line.startswith("## "):
            sections.append([])
        elif match := re.fullmatch(r"\| (?!term \||---)`?([^|]+?)`? \| [^|]+ \|", line):
            sections[-1].append(match[1].casefold())
    assert len(sections) >= 5
    assert [section for section in sections if not section or section != sorted(set(section))] == []
