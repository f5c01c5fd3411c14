"""Every service has the same structure."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

AROUND = ("README.md", "pyproject.toml", "deploy/values.yaml", "deploy/compose.yaml", "tests/conftest.py")
# Events are looked at over all services, here and in tests/contract.
SUITES = ("rules", "schemas", "store", "use_cases")
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "tools", "lib"}
LONG, TOO_LONG = 300, 360


def test_service_has_the_standard_modules(project: Any, service: Path) -> None:
    package = service / "src" / f"wsis_{service.name}"
    readme = (service / "README.md").read_text("utf-8")
    folders, layers = project.subjects(package), project.layers
    modules = _modules(package)
    wanted = folders or layers
    odd = (modules ^ {"plugin", *wanted}) - {"errors", "pages", "settings", "waiting"}  # where it needs them
    odd |= {f"{folder}/{name}" for folder in folders for name in _modules(package / folder) - layers}
    odd = {name for name in odd if not re.search(rf"`{name}(\.py|/)`", readme)}
    assert not odd, f"missing or extra without a reason in {service.name}/README.md (name it as `x.py`): {odd}"


def _modules(package: Path) -> set[str]:
    named = {
        path.name.removesuffix(".py") for path in package.iterdir() if path.suffix == ".py" or any(path.glob("*.*"))
    }
    return named - {"__init__", "__pycache__", "texts"}


def test_a_subject_on_which_no_other_stands_goes_with_its_line(project: Any, service: Path) -> None:
    """Nothing else of the service names it: neither the manifest, but for the list of subjects, nor another module."""
    package = f"wsis_{service.name}"
    named: dict[str, set[tuple[str, bool]]] = {}  # subject -> (module, whether by an import)
    for module in project.of(service.name):
        said = [(f"{source}.{name}", True) for source, name, _ in module.imports()]
        said += [(text, False) for text, _ in module.strings()]
        for text, by_import in said:
            _, found, rest = text.partition(f"{package}.")
            subject = re.split(r"[.:]", rest)[0]
            if found and subject != module.parts[0]:
                named.setdefault(subject, set()).add((str(module), by_import))
    alone = {subject: by for subject, by in named.items() if not any(by_import for _, by_import in by)}
    assert {name: by for name, by in alone.items() if name in project.subjects(service / "src" / package)} == {}


def test_marks_are_on_use_cases(project: Any, service: Path) -> None:
    """A module that marks its methods is one of use cases: rules and stores know no messages."""
    package = service / "src" / f"wsis_{service.name}"
    marking = [path for path in package.rglob("*.py") if "wsis_shared.operations" in project.text(path)]
    assert [path.name for path in marking if "use_cases" not in str(path.relative_to(package))] == []


def test_no_method_is_only_a_call_of_another(project: Any, service: Path) -> None:
    """A method of a use case that passes its own parameters on to another one is a second name for it. One that asks
    the store, or an index, for them is the operation itself."""
    methods: dict[bool, list[ast.FunctionDef]] = {True: [], False: []}
    for path in (service / "src").rglob("*.py"):
        methods["use_cases" in str(path)] += _methods(project, path)
    others = {node.name for node in methods[True]} - {node.name for node in methods[False]}
    assert [node.name for node in methods[True] if _called(node) in others] == []


def _methods(project: Any, path: Path) -> list[ast.FunctionDef]:
    kinds = project.nodes(path, ast.ClassDef)
    return [node for kind in kinds for node in kind.body if isinstance(node, ast.FunctionDef)]


def _called(method: ast.FunctionDef) -> str:
    """The method that this one calls and does nothing else, with its own parameters; empty where it does more."""
    *_, last = method.body
    call = getattr(last, "value", None)
    if len(method.body) > 2 or not isinstance(last, (ast.Return, ast.Expr)) or not isinstance(call, ast.Call):
        return ""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    root: Any = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    passes = all(isinstance(each, (ast.Name, ast.Starred)) for each in given) and getattr(root, "id", "") == "self"
    return call.func.attr if passes and isinstance(call.func, ast.Attribute) else ""


def test_service_has_what_stands_around(service: Path) -> None:
    assert [name for name in AROUND if not (service / name).is_file()] == []
    suites = {path.stem for path in (service / "tests").rglob("test_*.py")}
    assert [name for name in SUITES if not any(suite.startswith(f"test_{name}") for suite in suites)] == []


def test_distribution_is_called_after_its_folder(service: Path) -> None:
    project = tomllib.loads((service / "pyproject.toml").read_text("utf-8"))["project"]
    name = service.name
    assert project["name"] == f"wsis-{name}"
    assert project["entry-points"]["wsis.services"] == {name: f"wsis_{name}.plugin:plugin"}
    assert any(wanted.startswith("wsis-shared") for wanted in project["dependencies"])
    assert [path.name for path in (service / "src").glob("wsis_*") if path.suffix != ".egg-info"] == [f"wsis_{name}"]


def test_readme_begins_with_the_same_table(service: Path) -> None:
    """Each row once: what has several parts continues in rows without a name."""
    table = (service / "README.md").read_text("utf-8").partition("| --- | --- |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([a-z ]+?) \|", table, re.MULTILINE)
    assert [row for row in ("owns", "routes", "publishes", "depends on", "data") if row not in rows] == []
    assert [row for row in {*rows} if rows.count(row) > 1] == []


def test_compose_fragment_declares_only_its_own(service: Path) -> None:
    fragment = yaml.safe_load((service / "deploy/compose.yaml").read_text("utf-8"))
    assert set(fragment) == {"services"}
    assert all(name == service.name or name.startswith(f"{service.name}-") for name in fragment["services"])


def test_every_folder_is_installed_and_loads(project: Any) -> None:
    refused = {name: why for name, why in project.found.rejected.items() if name in project.services}
    assert refused == {}
    assert sorted(project.services) == sorted(plugin.name for plugin in project.plugins)


def test_modules_have_telling_names(project: Any) -> None:
    words = {module: {part.removesuffix(".py") for part in module.parts} for module in project.modules}
    assert [str(module) for module, parts in words.items() if parts & VAGUE] == [], "say what they are for"


def test_modules_are_short(project: Any) -> None:
    lines = {module: module.text.count("\n") for module in project.modules}
    assert {str(module): count for module, count in lines.items() if count > TOO_LONG} == {}, "the hard stop"
    alone = {str(module): count for module, count in lines.items() if count > LONG and module.is_alone}
    assert alone == {}, f"past {LONG} lines a module becomes a package"


def test_shapes_have_names(project: Any) -> None:
    """`Any` is for what a library leaves open; a document is a TypedDict, and JSON that is passed on `JsonObject`. A
    distribution that needs it says in its pyproject.toml how often, imports included: lowered with each that goes,
    never raised. One that says nothing, as a new one, has none."""
    said, found = {}, {}
    for owner in sorted({module.owner for module in project.modules if not module.name.startswith("tests/")}):
        modules = project.of(owner)
        settings = tomllib.loads(project.text(modules[0].distribution / "pyproject.toml"))["tool"].get("wsis", {})
        said[owner] = settings.get("any", 0)
        found[owner] = sum(len(re.findall(r"\bAny\b", module.text)) for module in modules)
    assert found == said, "more: name the shape; fewer: lower `any` under [tool.wsis] in the pyproject.toml"


def test_modules_begin_with_why_they_exist(project: Any) -> None:
    trees = {str(module): tree for module in project.modules for tree in module.nodes(ast.Module)}
    assert [module for module, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("folder", ["shared", "gateway", "local", "scaffold", "testkit"])
def test_folder_names_no_service(project: Any, folder: str) -> None:
    """Imports of a service, or its package or name as a text, tie the folder to it."""
    packages = {f"wsis_{name}" for name in project.services}
    named = []
    for module in project.of(folder):
        if module.kind == "reference":  # data of the field
            continue
        imported = [(source, line) for source, _, line in module.imports()]
        named += [f"{module}:{line} imports {source}" for source, line in imported if source.split(".")[0] in packages]
        for text, line in module.strings():
            if text in project.services or text.split(".")[0] in packages:
                named.append(f"{module}:{line} says {text!r}")
    assert named == []


def test_makefile_names_no_service(project: Any) -> None:
    said = (project.root / "Makefile").read_text("utf-8")
    assert [name for name in project.services if re.search(rf"\b(services/|wsis[-_]){name}\b", said)] == []
