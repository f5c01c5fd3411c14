"""What people read exists in seven languages, and says the same in each."""

from __future__ import annotations

import ast
import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
import yaml
from jinja2 import Environment, nodes

KINDS = {"Invalid", "Unauthenticated", "Forbidden", "NotFound", "Conflict", "Gone", "TooMany", "Unavailable"}
_CODE = re.compile(r"[a-z]+\.[a-z0-9_]+")
_PARAM = re.compile(r"{(\w+)}")


def _codes(module: Any) -> list[tuple[str, int]]:
    """(code, line) of each failure that a module makes; "" where the code is no plain text."""
    made = []
    for node in module.nodes(ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in KINDS and (node.args or node.keywords):
            first = node.args[0] if node.args else None
            made.append((first.value if isinstance(first, ast.Constant) else "", node.lineno))
    return made


def test_failures_are_made_in_errors_alone(project: Any) -> None:
    wrong = [
        f"{module}:{line}"
        for module in project.modules
        if module.owner in project.services and module.kind != "errors"
        for _, line in _codes(module)
    ]
    assert wrong == []


def test_codes_and_titles_match(project: Any, plugin: Any) -> None:
    made = {code for module in project.of(plugin.name) if module.kind == "errors" for code, _ in _codes(module)}
    assert made == set(plugin.error_titles)
    assert [code for code in made if not _CODE.fullmatch(code) or not code.startswith(f"{plugin.name}.")] == []


def test_codes_of_no_service_have_titles_too(project: Any) -> None:
    if not project.of("gateway"):
        pytest.skip("no gateway yet")
    made = {code for owner in ("shared", "gateway") for module in project.of(owner) for code, _ in _codes(module)}
    assert {code for code in made if code} - set(project.own_titles()) == set()


def test_titles_stand_in_every_language(project: Any, plugin: Any) -> None:
    wrong = [
        f"{code}: {problem}"
        for code, by_locale in plugin.error_titles.items()
        for problem in _uneven(project, by_locale)
    ]
    assert wrong == []


def test_titles_of_no_service_stand_in_every_language(project: Any) -> None:
    wrong = [
        f"{code}: {problem}" for code, texts in project.own_titles().items() for problem in _uneven(project, texts)
    ]
    assert wrong == []


def _uneven(project: Any, by_locale: dict[str, str]) -> list[str]:
    problems = [f"no {locale}" for locale in project.locales if not str(by_locale.get(locale) or "").strip()]
    problems += [f"unknown language {locale}" for locale in by_locale if locale not in project.locales]
    wanted = set(_PARAM.findall(by_locale.get("en", "")))
    problems += [
        f"{locale} has other params" for locale, text in by_locale.items() if set(_PARAM.findall(text)) != wanted
    ]
    long = [text for text in by_locale.values() if len(text) > 140]
    return problems + ([f"too long for a title: {long[0]!r}"] if long else [])


def test_routes_name_failures_that_exist(project: Any, plugin: Any) -> None:
    known = {code for other in project.found for code in other.error_titles} | set(project.own_titles())
    wrong = [
        f"{route.method} {route.path}: {code}"
        for route in plugin.routes
        for code in route.error_codes
        if code not in known
    ]
    assert wrong == []


def test_notices_stand_in_every_language_with_the_same_words_to_fill(project: Any, plugin: Any) -> None:
    wrong = []
    for event in plugin.publishes:
        for notice in event.notifications:
            seen = {
                locale: _notice(plugin.locale_package, f"{notice.template}.{locale}.yaml") for locale in project.locales
            }
            wrong += [f"{notice.template}.{locale}.yaml is missing" for locale, text in seen.items() if text is None]
            wanted = seen["en"]
            wrong += [
                f"{notice.template}.{locale}.yaml: other keys, paragraphs or variables than en"
                for locale, text in seen.items()
                if text is not None and text != wanted
            ]
    assert wrong == []


def _notice(package: str, name: str) -> tuple[frozenset[str], int, frozenset[str]] | None:
    """Keys, number of paragraphs and variables of a notice; None where it is not there."""
    resource = files(package) / name
    if not resource.is_file():
        return None
    notice = yaml.load(resource.read_text("utf-8"), yaml.CSafeLoader)
    assert {"subject", "text"} <= set(notice) <= {"subject", "text", "action"}, name
    text = "\n".join([notice["subject"], notice["text"], *(notice.get("action") or {}).values()])
    tree = Environment(autoescape=True).parse(text)
    paragraphs = len(re.split(r"\n\s*\n", notice["text"].strip()))
    names = list(tree.find_all(nodes.Name))
    made_here = {node.name for node in names if node.ctx == "store"}
    return frozenset(notice), paragraphs, frozenset({node.name for node in names} - made_here)


def test_every_notice_belongs_to_an_event(project: Any, plugin: Any) -> None:
    if not plugin.locale_package:
        return
    declared = {notice.template for event in plugin.publishes for notice in event.notifications}
    there = {item.name.rsplit(".", 2)[0] for item in files(plugin.locale_package).iterdir()
             if re.fullmatch(r".+\.[a-z]{2}\.yaml", item.name)}  # fmt: skip
    readme = (project.services[plugin.name] / "README.md").read_text("utf-8")
    assert [template for template in there - declared if f"`{template}`" not in readme] == []


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
