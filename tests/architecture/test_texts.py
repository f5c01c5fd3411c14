"""What people read exists in seven languages, and says the same in each."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import pytest
import yaml
from jinja2 import Environment, nodes
from wsis_shared.errors import KINDS
from wsis_shared.resources import parse_yaml
from wsis_shared.translations import by_key, by_language

_CODE = re.compile(r"[a-z]+\.[a-z0-9_]+")
_PARAM = re.compile(r"{(\w*)}")
_OF_THE_VOTE = {"check_receipt", "fact_category", "nominees_none", "vote_now"}  # prizes and voting show it together


class Failure(NamedTuple):
    """One call that makes an error."""

    status: Any
    has_sentence: bool
    params: set[str | None]


@cache
def _failures(project: Any, owner: str) -> dict[str, list[Failure]]:
    """Code -> the failures that the modules of a distribution make; "" where the code is no plain text."""
    made = defaultdict(list)
    for module in project.of(owner):
        named = {target.id: node.value for node in module.nodes(ast.Assign) if _is_name(target := node.targets[0])}
        for call in module.nodes(ast.Call):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if (called in KINDS or called == "HttpError") and (call.args or call.keywords):
                first, *args = call.args if called == "HttpError" else [None, *call.args]
                status = KINDS[called].status if called in KINDS else _constant(first)
                code = args[0] if args else None
                code = _constant(named.get(code.id) if _is_name(code) else code)
                made[code].append(Failure(status, len(args) > 1, {keyword.arg for keyword in call.keywords}))
    return made


def _is_name(node: object) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _constant(node: object) -> Any:
    return node.value if isinstance(node, ast.Constant) else ""


def test_codes_raised_are_those_of_the_catalogue(project: Any, plugin: Any) -> None:
    made = set(_failures(project, plugin.name))
    assert made == set(plugin.error_titles)
    assert [code for code in made if not _CODE.fullmatch(code) or not code.startswith(f"{plugin.public_name}.")] == []


def test_failures_have_a_sentence_and_what_it_fills_in(project: Any, distribution: str) -> None:
    """The sentence is in the part `details`, in English alone, or where the failure is made. The gateway makes some
    of shared too."""
    own, shared = (by_language(f"wsis_{owner}", "details") for owner in (distribution, "shared"))
    assert set(own) <= {"en"}
    sentences, wrong, used = {**shared["en"], **own.get("en", {})}, [], set()
    for code, failures in _failures(project, distribution).items():
        for params in (failure.params for failure in failures if not failure.has_sentence):
            wanted = set(_PARAM.findall(sentences[code])) if code in sentences else {"a sentence"}
            wrong += [f"{code}: {wanted - params}"] if not wanted <= params else []
            used.add(code)
    assert wrong == []
    assert set(own.get("en", {})) - used == set()


def test_a_sentence_stands_in_one_distribution(project: Any) -> None:
    owners = ["shared", "gateway", *project.services]
    codes = Counter(code for owner in owners for code in by_language(f"wsis_{owner}", "details").get("en", {}))
    assert [code for code, times in codes.items() if times > 1] == []


def test_a_code_is_one_kind_of_error(project: Any, distribution: str) -> None:
    """Wherever it is made, a client gets the same status with it."""
    statuses = defaultdict(set)
    for owner in ("shared", "gateway", distribution):
        for code, failures in _failures(project, owner).items():
            statuses[code].update(failure.status for failure in failures)
    assert {code: found for code, found in statuses.items() if code and len(found) > 1} == {}


def test_codes_of_no_service_have_titles_too(project: Any) -> None:
    if not project.of("gateway"):
        pytest.skip("no gateway yet")
    assert {*_failures(project, "shared"), *_failures(project, "gateway")} - {"", *project.own_titles()} == set()


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


def test_data_has_its_texts_in_every_language(project: Any) -> None:
    """Titles, calls, forms and phases that stand in YAML: what is in English and another language is in all seven."""
    found = [
        (path, texts)
        for path in project.files(".yaml")
        if "/src/" in str(path) and path.parent.name != "texts"
        for texts in _by_language(parse_yaml(project.text(path)))
    ]
    assert len(found) > 200
    languages = {"en", "fr", "pt", "es", "zh", "ar", "ru"}
    assert [(path, texts["en"]) for path, texts in found if set(texts) != languages or not all(texts.values())] == []


def _by_language(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict) and isinstance(node.get("en"), str):
        yield node
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _by_language(each)


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


def test_general_words_of_pages_stand_once(project: Any) -> None:
    """The gateway says what several services would: none repeats it, and no two say the same under a key."""
    said = defaultdict(list)
    for owner in ("gateway", *project.services):
        for key, texts in by_key(f"wsis_{owner}", "pages").items():
            said[key, str(sorted(texts.items()))].append(owner)
    assert [(key, owners) for (key, _), owners in said.items() if len(owners) > 1 and key not in _OF_THE_VOTE] == []
