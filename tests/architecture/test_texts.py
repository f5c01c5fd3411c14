"""What people read exists in seven languages, and says the same in each."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, nodes
from wsis_shared.resources import parse_yaml
from wsis_shared.translations import by_key, by_language

KINDS = {
    "PreconditionFailed",
    "Invalid",
    "Unauthenticated",
    "Forbidden",
    "NotFound",
    "Conflict",
    "Gone",
    "TooMany",
    "Unavailable",
}
_CODE = re.compile(r"[a-z]+\.[a-z0-9_]+")
_PARAM = re.compile(r"{(\w*)}")


def _codes(module: Any) -> dict[str, list[ast.Call]]:
    """Code -> calls of each failure that a module makes; "" where the code is no plain text."""
    made = defaultdict(list)
    for node in module.nodes(ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in KINDS and (node.args or node.keywords):
            first = node.args[0] if node.args else None
            made[first.value if isinstance(first, ast.Constant) else ""].append(node)
    return made


def test_codes_raised_are_those_of_the_catalogue(project: Any, plugin: Any) -> None:
    made = {code for module in project.of(plugin.name) for code in _codes(module)}
    assert made == set(plugin.error_titles)
    assert [code for code in made if not _CODE.fullmatch(code) or not code.startswith(f"{plugin.public_name}.")] == []


def test_failures_have_a_sentence_and_what_it_fills_in(project: Any, plugin: Any) -> None:
    """The sentence is in the part `details`, in English alone, or where the failure is raised."""
    details = by_language(plugin.locale_package, "details")
    assert set(details) <= {"en"}
    sentences, wrong = details.get("en", {}), []
    for module in project.of(plugin.name):
        for code, calls in _codes(module).items():
            given = [{keyword.arg for keyword in call.keywords} for call in calls if len(call.args) == 1]
            wanted = set(_PARAM.findall(sentences.get(code, ""))) if code in sentences else {"a sentence"}
            wrong += [f"{module} {code}: {wanted - names}" for names in given if not wanted <= names]
    assert wrong == []


def test_a_code_is_one_kind_of_error(project: Any, plugin: Any) -> None:
    """Wherever it is raised, a client gets the same status with it."""
    kinds: dict[str, set[str]] = {}
    for module in project.of(plugin.name):
        for code, calls in _codes(module).items():
            kinds.setdefault(code, set()).update(ast.unparse(call.func).rpartition(".")[2] for call in calls)
    assert {code: names for code, names in kinds.items() if code and len(names) > 1} == {}


def test_codes_of_no_service_have_titles_too(project: Any) -> None:
    if not project.of("gateway"):
        pytest.skip("no gateway yet")
    made = {code for owner in ("shared", "gateway") for module in project.of(owner) for code in _codes(module)}
    assert {code for code in made if code} - set(project.own_titles()) == set()


@pytest.mark.parametrize("language", ["fr", "pt", "es", "zh", "ar", "ru"])
def test_languages_have_the_texts_of_english(project: Any, language: str) -> None:
    """The same parts and keys in the same order, with the same values to fill; a mail with as many paragraphs."""
    folders = {path.parent for path in project.files(".yaml") if path.parent.name == "texts" and "/src/" in str(path)}
    assert folders
    wrong = []
    for folder in sorted(folders):
        assert {path.stem for path in folder.iterdir()} == {"en", "fr", "pt", "es", "zh", "ar", "ru"}, folder
        english, own = (list(_texts(project, folder / f"{name}.yaml")) for name in ("en", language))
        wrong += [f"{folder}: {one} but {other}" for one, other in zip_longest(english, own) if one != other][:1]
    assert wrong == []


def _texts(project: Any, path: Path) -> Iterator[tuple[str, str, object]]:
    """(part, key, what it fills in) of each text. What joins words, such as ", ", may be empty in a language."""
    english = parse_yaml(project.text(path.with_name("en.yaml")))
    for part, texts in parse_yaml(project.text(path)).items():
        if part == "details":
            continue
        for key, text in texts.items():
            original = english[part].get(key)
            if part == "mails":
                yield part, key, _filled_in_mail(text, original.get("action", {}))
            else:
                forms = text.values() if isinstance(text, dict) else [text]
                assert all(form.strip() for form in forms) or not re.search(r"\w", original), f"{path}: {key} is empty"
                yield part, key, {name for form in forms for name in _PARAM.findall(form)}


def _filled_in_mail(mail: dict[str, Any], english_action: dict[str, str]) -> tuple[list[str], int, set[str]]:
    """Keys, number of paragraphs and variables."""
    assert {"subject", "text"} <= set(mail) <= {"subject", "text", "action"}
    action = {**english_action, **mail["action"]} if "action" in mail else {}
    tree = Environment(autoescape=True).parse("\n".join([mail["subject"], mail["text"], *action.values()]))
    names = list(tree.find_all(nodes.Name))
    made_here = {node.name for node in names if node.ctx == "store"}
    paragraphs = len(re.split(r"\n\s*\n", mail["text"].strip()))
    return [*mail, *action], paragraphs, {node.name for node in names} - made_here


def test_titles_are_short(project: Any, plugin: Any) -> None:
    titles = {**plugin.error_titles, **project.own_titles()}
    assert [text for by_locale in titles.values() for text in by_locale.values() if len(text) > 140] == []


def test_routes_name_failures_that_exist(project: Any, plugin: Any) -> None:
    known = {code for other in project.found for code in other.error_titles} | set(project.own_titles())
    wrong = [
        f"{route.method} {route.path}: {code}"
        for route in plugin.routes
        for code in route.error_codes
        if code not in known
    ]
    assert wrong == []


def test_mails_are_those_of_events(project: Any, plugin: Any) -> None:
    """Each event has the texts of its mails; the README names a mail that follows no event."""
    declared = {notice.template for event in plugin.publishes for notice in event.notifications}
    written = set(by_key(plugin.locale_package, "mails"))
    assert declared - written == set()
    readme = (project.services[plugin.name] / "README.md").read_text("utf-8")
    assert [template for template in written - declared if f"`{template}`" not in readme] == []


def test_no_text_stands_twice_under_a_key(project: Any) -> None:
    """YAML takes the last one, and nobody sees the first."""
    wrong = []
    for path in (path for src in ("*/src", "services/*/src") for path in project.root.glob(f"{src}/**/*.yaml")):
        left = [yaml.compose(path.read_text("utf-8"), yaml.CSafeLoader)]
        while left:
            node = left.pop()
            if isinstance(node, yaml.MappingNode):
                keys = Counter(str(key.value) for key, _ in node.value)
                wrong += [f"{path}: {key}" for key, times in keys.items() if times > 1]
                left += [value for _, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                left += node.value
    assert wrong == []
