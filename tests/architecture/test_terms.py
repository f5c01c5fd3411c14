"""Every text that people read uses the glossary (`terms.yaml` of the reference data) and is written in its language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from babel import Locale
from jinja2 import Environment, nodes
from wsis_shared.reference.loading import read

GLOSSARY = read("terms")
LANGUAGES = tuple(GLOSSARY["languages"])
# What other programs and people write: recognized, never said by us. Official titles that use another word.
_FOREIGN = {"mail_clients.yaml", "terms.yaml", "people.yaml", "import_columns.yaml", "import_values.yaml"}
_OFFICIAL = {("action_lines.yaml", "zh"), ("categories.yaml", "zh"), ("categories.yaml", "en")}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CODE = re.compile(r"{%.*?%}|{{.*?}}|{\w*}", re.DOTALL)
_ENGLISH = re.compile(r"\b(the|your|you|this|that|with|and|from|which|of)\b", re.IGNORECASE)
# In these languages `many` is for millions: `other` serves.
_RARE = {"fr": {"many"}, "es": {"many"}, "pt": {"many"}}


class Text(NamedTuple):
    """A text in one language; `key` names it within its file, the same in every language."""

    path: Path
    key: str
    language: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.parent.parent.name}/{self.path.name} {self.key} [{self.language}]"

    @property
    def place(self) -> Path:
        """What has the text in all languages: a file, or a folder with a file for each language."""
        return self.path.parent if self.path.parent.name == "texts" else self.path

    @property
    def mail(self) -> str:
        """The name of the mail that the text is of; empty where it is of none."""
        part, _, key = self.key.partition(".")
        return key.partition(".")[0] if part == "mails" else ""

    @property
    def is_address(self) -> bool:
        """No word, but where a button leads."""
        return self.key.endswith("url")

    @property
    def prose(self) -> str:
        """Without template code; a value leaves a letter, so that what stands around it stays apart from it."""
        return _CODE.sub(lambda code: "" if code[0].startswith("{%") else "X", self.source)


def _texts_of(path: Path) -> Iterator[Text]:
    content = yaml.load(path.read_text("utf-8"), _LOADER)
    if path.parent.name == "texts":
        for key, text in _leaves({part: texts for part, texts in content.items() if part != "details"}):
            yield Text(path, key, path.stem, text)
    else:
        yield from _by_language(path, content, "")


def _by_language(path: Path, node: Any, key: str) -> Iterator[Text]:
    if isinstance(node, dict):
        if _is_text(node):
            for language, value in node.items():
                for part, text in _leaves(value):
                    yield Text(path, f"{key}.{part}".strip("."), language, text)
        else:
            for name, value in node.items():
                yield from _by_language(path, value, f"{key}.{name}".strip("."))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _by_language(path, value, f"{key}[{index}]")


def _is_text(node: dict[Any, Any]) -> bool:
    """Whether it maps languages to texts: most of its keys are languages."""
    return len(set(node) & set(LANGUAGES)) > len(LANGUAGES) // 2


def _leaves(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, f"{key}.{name}".strip("."))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, f"{key}[{index}]")
    elif isinstance(node, str):
        yield key, node


@cache
def _loaded(files: tuple[Path, ...]) -> tuple[Text, ...]:
    return tuple(text for path in files for text in _texts_of(path))


@pytest.fixture(scope="module")
def texts(project: Any) -> tuple[Text, ...]:
    """All texts of the packages."""
    files = (
        path
        for path in project.files(".yaml")
        if "/src/wsis_" in str(path)
        and "template" not in path.relative_to(project.root).parts
        and path.name not in _FOREIGN
    )
    return _loaded(tuple(files))


def _mails(texts: tuple[Text, ...]) -> dict[tuple[Path, str], dict[str, list[Text]]]:
    """(folder, template) -> language -> its texts."""
    found: dict[tuple[Path, str], dict[str, list[Text]]] = defaultdict(lambda: defaultdict(list))
    for text in texts:
        if text.mail and not text.is_address:
            found[text.place, text.mail][text.language].append(text)
    return found


def test_the_glossary_is_whole(project: Any) -> None:
    assert set(LANGUAGES) == set(project.locales) == set(GLOSSARY["avoid"])
    codes = [term["code"] for term in GLOSSARY["terms"]]
    assert len(codes) == len(set(codes))
    for term in GLOSSARY["terms"]:
        assert term["source"] in ("un", "itu", "ours"), term["code"]
        assert set(term["words"]) == set(LANGUAGES), term["code"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_follows_itself(language: str) -> None:
    for row in GLOSSARY["avoid"][language]:
        words = [term["words"][language] for term in GLOSSARY["terms"]]
        assert [word for word in words if re.search(row["pattern"], word)] == [], row["pattern"]


@pytest.mark.parametrize(
    ("language", "row"),
    [(language, row) for language in LANGUAGES for row in GLOSSARY["avoid"][language]],
    ids=lambda value: value if isinstance(value, str) else value["write"][:30],
)
def test_texts_use_the_glossary(texts: tuple[Text, ...], language: str, row: dict[str, str]) -> None:
    pattern = re.compile(row["pattern"])
    found = [
        f"{text}: {text.prose[max(match.start() - 20, 0) : match.end() + 20]!r}"
        for text in texts
        if text.language == language
        and (text.path.name, language) not in _OFFICIAL
        and not text.is_address
        and (match := pattern.search(text.prose))
    ]
    assert found == [], f"write: {row['write']}"


def test_what_is_a_term_in_english_is_that_term_in_every_language(texts: tuple[Text, ...]) -> None:
    """A label such as "WSIS Prizes" has the official words; an acronym may follow in brackets."""
    terms = defaultdict(list)
    for term in GLOSSARY["terms"]:
        terms[_folded(term["words"]["en"])].append(term["words"])
    labels = {(text.place, text.key): terms.get(_folded(text.source)) for text in texts if text.language == "en"}
    wrong = [
        f"{text}: {text.source!r}, not {[words[text.language] for words in official]}"
        for text in texts
        if not text.mail
        and (official := labels.get((text.place, text.key)))
        and _folded(text.source) not in [_folded(words[text.language]) for words in official]
    ]
    assert wrong == []


def _folded(text: str) -> str:
    """Without case, a trailing acronym in brackets, and the Arabic article."""
    return re.sub(r"^ال| ?[(（].*[)）]$", "", text.strip()).casefold()


def test_texts_stand_in_every_language(texts: tuple[Text, ...]) -> None:
    """Whatever stands in more than half of the languages stands in all of them."""
    found: dict[tuple[Path, str], set[str]] = defaultdict(set)
    for text in texts:
        plural = re.sub(r"\.(zero|one|two|few|many|other)$|\[\d+\]$", "", text.key)
        if not text.is_address:
            found[text.place, plural].add(text.language)
    wrong = [
        f"{path.name} {key}: {set(LANGUAGES) ^ there}"
        for (path, key), there in found.items()
        if there != set(LANGUAGES)
    ]
    assert wrong == []


def test_no_text_is_left_in_english(texts: tuple[Text, ...]) -> None:
    found = [
        f"{text}: {match[0]}"
        for text in texts
        if text.language != "en" and not text.is_address and (match := _ENGLISH.search(text.prose))
    ]
    assert found == []


def test_mails_greet_as_the_glossary_says(texts: tuple[Text, ...]) -> None:
    lines = {
        f"{text}: {line}"
        for language_texts in _mails(texts).values()
        for language, parts in language_texts.items()
        for text in parts
        for line in text.source.splitlines()
        if "{{ names }}" in line and line.strip() != GLOSSARY["languages"][language]["greeting"]
    }
    assert lines == set()


def test_mails_show_the_same_values_in_every_language(texts: tuple[Text, ...]) -> None:
    wrong = []
    for (_, template), by_language in _mails(texts).items():
        shown = {language: _shown("\n".join(text.source for text in parts)) for language, parts in by_language.items()}
        wrong += [
            f"{template}.{language}: {sorted(values ^ shown['en'])}"
            for language, values in shown.items()
            if values != shown["en"]
        ]
    assert wrong == []


def _shown(source: str) -> frozenset[str]:
    """The values that a template shows, by their paths: "vote.receipt_text"."""
    tree = Environment(autoescape=True).parse(source)
    return frozenset(path for output in tree.find_all(nodes.Output) for node in output.nodes for path in _paths(node))


def _paths(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    elif isinstance(node, nodes.Getattr):
        yield f"{next(_paths(node.node), '')}.{node.attr}"
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _paths(node.node)


def test_plural_forms_are_those_of_the_language(texts: tuple[Text, ...]) -> None:
    """`plural(one=..., other=...)` in mails, and sentences by category: every one that a whole number can need."""
    wrong = []
    for text in texts:
        if "| plural" in text.source:
            needed = _categories(text.language)
            calls = Environment(autoescape=True).parse(text.source).find_all(nodes.Filter)
            forms = [frozenset(option.key for option in call.kwargs) for call in calls if call.name == "plural"]
            wrong += [
                f"{text}: {set(given)}, not {set(needed)}"
                for given in forms
                if given not in (needed, needed | {"many"})
            ]
    assert wrong == []


@cache
def _categories(language: str) -> frozenset[str]:
    plural_form = Locale.parse(language).plural_form
    used = {plural_form(number) for number in (*range(201), 1_000_000)} | {"other"}
    return frozenset(used - _RARE.get(language, set()))
