"""What a plugin declares is whole: collections, roles, rate classes, reference sets, and messages in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields, validate
from wsis_shared import manifest_check, messages, roles
from wsis_shared.collection_specs import BUS_COLLECTIONS
from wsis_shared.messages import FieldMessages
from wsis_shared.rates import rate_classes_of
from wsis_shared.reference.sets import sets_of

ROOT = Path(__file__).parents[2]
PLUGINS_OF_TESTS = sorted(
    {
        path.parent
        for path in [
            *ROOT.glob("tests/*/plugins/wsis_*/service.py"),
            *ROOT.glob("gateway/tests/plugins/wsis_*/service.py"),
        ]
    }
)
BUS = {spec.name for spec in BUS_COLLECTIONS}


def test_manifests_pass_the_check(project: Any, plugin: Any) -> None:
    assert manifest_check.problems_of(plugin) == []
    assert roles.problems(project.found) == []


# -- collections -------------------------------------------------------------------------------------------------------


def _collections_used(module: Any) -> Iterator[tuple[str, int]]:
    """(name, line) of `collection("x")`, `get_collection("x")`, `db["x"]` and the collection of `save("x", ...)`."""
    for node in module.nodes(ast.Call, ast.Subscript):
        name: Any = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in ("collection", "get_collection", "save"):
                name = node.args[0]
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", getattr(node.value, "id", "")) == "db":
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value, node.lineno


def test_collections_are_declared(project: Any, plugin: Any) -> None:
    """One that is not would have no indexes, and its events would never be published."""
    declared = {spec.name for spec in plugin.load("collections")} | BUS
    wrong = [
        f"{module}:{line} uses {name}"
        for module in project.of(plugin.name)
        for name, line in _collections_used(module)
        if name not in declared
    ]
    assert wrong == []


def test_collections_are_used(project: Any, plugin: Any) -> None:
    said = {text for module in project.of(plugin.name) for text, _ in module.strings()}
    assert [spec.name for spec in plugin.load("collections") if spec.name not in said] == []


def test_collections_of_the_bus_are_declared(project: Any) -> None:
    wrong = [
        f"{module}:{line} uses {name}"
        for module in project.of("shared")
        for name, line in _collections_used(module)
        if name not in BUS
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PLUGINS_OF_TESTS, ids=lambda path: path.name)
def test_collections_of_plugins_of_tests_are_declared(project: Any, package: Path) -> None:
    files = list(package.rglob("*.py"))
    calls = [call for path in files for call in project.nodes(path, ast.Call)]
    declared = {call.args[0].value for call in calls if getattr(call.func, "id", "") == "CollectionSpec"}
    opened = {name for path in files for name in re.findall(r"collection\(\"(\w+)\"", project.text(path))}
    assert opened <= declared


# -- roles, rates, reference -------------------------------------------------------------------------------------------


def test_roles_have_titles(project: Any, plugin: Any) -> None:
    assert set(plugin.role_titles) == {role.name for role in plugin.roles}


def test_emails_go_to_roles_that_exist(project: Any, plugin: Any) -> None:
    known = {role.name for other in project.found for role in other.roles}
    wanted = {
        notification.to.removeprefix("role:")
        for event in plugin.publishes
        for notification in event.notifications
        if notification.to.startswith("role:")
    }
    assert wanted - known == set()


def test_kinds_of_mail_have_titles(project: Any, plugin: Any) -> None:
    notifications = [notification for event in plugin.publishes for notification in event.notifications]
    used = {notification.kind for notification in notifications} - {""}
    titled = {kind for other in project.found for kind in other.kind_titles}
    assert used - titled == set()
    assert [kind for kind in titled if not re.fullmatch(r"[a-z][a-z0-9]{0,11}", kind)] == []
    assert set(plugin.kind_titles) <= used, "a kind without mails"
    assert [item.template for item in notifications if item.to == "everyone" and not item.kind] == []


def test_no_role_is_named_outside_its_plugin(project: Any) -> None:
    """`shared/` and the gateway know roles from the manifests; `member`, which nobody grants, is the exception."""
    names = {role.name for plugin in project.found for role in plugin.roles} - {roles.MEMBER, "agency", "operator"}
    wrong = [
        f"{module}:{line} names {text}"
        for owner in ("shared", "gateway")
        for module in project.of(owner)
        for text, line in module.strings()
        if text in names
    ]
    assert wrong == []


def test_routes_name_rate_classes_that_exist(project: Any, plugin: Any) -> None:
    known = rate_classes_of(project.found)
    assert [route.path for route in plugin.routes if route.limit_class not in known] == []


def test_codes_that_routes_declare_are_named_in_tests(project: Any) -> None:
    """Clients branch on the code: a test that takes any refusal would pass with the wrong one."""
    wrong = []
    for plugin in project.plugins:
        declared = {code for route in plugin.routes for code in route.error_codes}
        tests = [project.text(path) for path in project.services[plugin.name].glob("tests/**/*.py")]
        tested = {code for text in tests for code in re.findall(r"[\"']([a-z]+\.[a-z0-9_]+)[\"']", text)}
        wrong += sorted(code for code in declared - tested if code.startswith(f"{plugin.public_name}."))
    assert wrong == []


def test_reference_rows_have_titles_in_every_language(project: Any, plugin: Any) -> None:
    for item in plugin.reference:
        assert sets_of(project.found)[item.name] is item
        for row in item.load():
            assert set(row["title"]) == set(project.locales), f"{item.name}: {row['code']}"


# -- messages about fields ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue(project: Any) -> FieldMessages:
    return FieldMessages([messages.of_suite(), *(plugin.field_messages for plugin in project.found)])


def test_messages_have_codes_of_their_service(plugin: Any) -> None:
    assert [code for code in plugin.field_messages if not code.startswith(f"{plugin.public_name}.")] == []


def _messages_of_schema(schema: Schema, seen: set[type]) -> Iterator[str]:
    """What marshmallow says of the fields of a schema, with its limits filled in."""
    if type(schema) in seen:
        return
    seen.add(type(schema))
    yield from schema.error_messages.values()
    for field in schema.fields.values():
        yield from _messages_of_field(field, seen)


def _messages_of_field(field: Any, seen: set[type]) -> Iterator[str]:
    # `invalid` and `type` of classes that no field here ever raises (a nested list, a mapping) are covered too.
    yield from (text for key, text in field.error_messages.items() if key != "too_large" and "{" not in text)
    for validator in field.validators:
        if isinstance(validator, validate.Length):
            yield from (
                text.format(min=1, max=9, equal=3)
                for text in (
                    validator.message_min,
                    validator.message_max,
                    validator.message_all,
                    validator.message_equal,
                )
            )
        elif isinstance(validator, validate.Range):
            yield from (
                text.format(min=1, max=9)
                for text in (validator.message_min, validator.message_max, validator.message_all)
            )
        elif isinstance(validator, (validate.OneOf, validate.ContainsOnly)):
            yield validator.error.format(input="x", choices="a, b", labels="")
        elif isinstance(validator, validate.Regexp):
            yield validator.error.format(input="x", regex="y")
    for inner in ("inner", "key_field", "value_field"):
        if getattr(field, inner, None) is not None:
            yield from _messages_of_field(getattr(field, inner), seen)
    if isinstance(field, fields.Nested):
        yield from _messages_of_schema(field.schema, seen)


def test_what_schemas_say_is_in_the_catalogue(plugin: Any, catalogue: FieldMessages) -> None:
    seen: set[type] = set()
    kinds = [kind for route in plugin.routes for kind in (route.body, route.query) if kind is not None]
    said = {text for kind in kinds for text in _messages_of_schema(kind(), seen)}
    assert said, "schemas say something"
    assert sorted(text for text in said if catalogue.translate(text, "fr").code is None) == []


def _messages_written(module: Any) -> Iterator[tuple[str, int]]:
    """(text, line) of `ValidationError("...")`, `error="..."` and lists of texts as values of a dict."""
    for node in module.nodes(ast.Call, ast.Dict, ast.Assign):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == "ValidationError" and node.args:
                yield from _texts(node.args[0])
            for keyword in node.keywords:
                if keyword.arg == "error" and called == "Regexp":
                    yield from _texts(keyword.value)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                yield from _texts_of_list(value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            yield from _texts_of_list(node.value)


def _texts_of_list(node: ast.expr) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.List):
        for item in node.elts:
            yield from _texts(item)


def _texts(node: ast.expr) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    else:
        return
    if text.endswith(".") and text[0].isalnum():  # a sentence, not a code
        yield text, node.lineno


def test_messages_in_the_code_are_in_the_catalogue(project: Any, catalogue: FieldMessages) -> None:
    wrong = [
        f"{module}:{line} {text!r}"
        for module in project.modules
        for text, line in _messages_written(module)
        if catalogue.translate(text, "fr").code is None
    ]
    assert wrong == []
