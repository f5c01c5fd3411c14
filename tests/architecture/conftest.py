"""What the tests check: every folder under services/, every module, every installed manifest."""

from __future__ import annotations

import ast
import gc
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.plugin import DiscoveryResult, Plugin, discover
from wsis_shared.settings import Settings
from wsis_shared.settings_page import settings_of
from wsis_shared.translations import by_key

from wsis_gateway.settings import Settings as GatewaySettings

ROOT = Path(__file__).parents[2]
LAYERS = frozenset(  # modules of a subject
    {"routes", "pages", "schemas", "events", "rules", "store", "use_cases", "errors"}
)
LOCALES = ("en", "fr", "pt", "es", "zh", "ar", "ru")


@dataclass(frozen=True)
class Module:
    """One Python file of a distribution. `owner` is "shared", "gateway", "local", ... or a service's name."""

    path: Path
    owner: str
    parts: tuple[str, ...]  # below the package: ("meetings", "rules", "floor.py")

    @property
    def kind(self) -> str:
        """Its name in the structure of a service: `rules` for meetings/rules.py, meetings/rules/floor.py, rules.py."""
        return self.kind_of(self.parts)

    def kind_of(self, parts: Sequence[str]) -> str:
        """The kind of a module of its distribution by its parts: ("meetings", "rules")."""
        inner = parts[1:] if self.subject_of(parts) else parts
        return (inner[0].removesuffix(".py") if inner else "") or "__init__"

    @property
    def distribution(self) -> Path:
        """The folder of its pyproject.toml."""
        return self.path.parents[len(self.parts) + 1]

    @property
    def subject(self) -> str | None:
        """The folder of its subject; None for what is of the whole service."""
        return self.subject_of(self.parts)

    def subject_of(self, parts: Sequence[str]) -> str | None:
        """The subject of a module of its distribution by its parts: ("meetings", "rules")."""
        package = self.path.parents[len(self.parts) - 1]
        return parts[0] if parts and parts[0] in subjects(package) else None

    @property
    def is_alone(self) -> bool:
        """Whether it stands right in its package or subject; routes and schemas of a subject, being tables, do not."""
        own = len(self.parts) == 1
        return own or (len(self.parts) == 2 and self.kind not in (self.parts[0], "routes", "schemas"))

    @property
    def text(self) -> str:
        """Its source."""
        return read(self.path)

    @cached_property
    def name(self) -> str:
        """Its path in the repository."""
        return str(self.path.relative_to(ROOT))

    def __str__(self) -> str:
        return self.name

    def nodes(self, *kinds: type[ast.AST]) -> list[Any]:
        """The nodes of its syntax tree of these kinds, for each kind from the outermost to the innermost."""
        return nodes(self.path, *kinds)

    def imports(self) -> list[tuple[str, str, int]]:
        """(module, name or "", line) of each import, relative ones made whole."""
        return self._imports

    def strings(self) -> list[tuple[str, int]]:
        """(text, line) of each string that is not a docstring."""
        return self._strings

    @cached_property
    def _imports(self) -> list[tuple[str, str, int]]:
        found = [(alias.name, "", node.lineno) for node in self.nodes(ast.Import) for alias in node.names]
        for node in self.nodes(ast.ImportFrom):
            source = node.module or ""
            if node.level:
                parents = (f"wsis_{self.owner}", *self.parts[:-1])
                source = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [source])])
            found += [(source, alias.name, node.lineno) for alias in node.names]
        return found

    @cached_property
    def _strings(self) -> list[tuple[str, int]]:
        docs = {
            id(node.body[0].value)
            for node in self.nodes(ast.Module, ast.ClassDef, ast.FunctionDef)
            if node.body and isinstance(node.body[0], ast.Expr)
        }
        constants = self.nodes(ast.Constant)
        return [(one.value, one.lineno) for one in constants if isinstance(one.value, str) and id(one) not in docs]


@cache
def subjects(package: Path) -> frozenset[str]:
    """The folders of a package that have modules named after layers."""
    if package.parents[1].parent.name != "services":
        return frozenset()
    layers = [path for layer in LAYERS for path in (*package.glob(f"*/{layer}.py"), *package.glob(f"*/{layer}"))]
    return frozenset(path.parent.name for path in layers if path.parent.name not in LAYERS)


@cache
def read(path: Path) -> str:
    """The text of a file: every rule looks at it, and it is read once."""
    return path.read_bytes().decode("utf-8")


def nodes(path: Path, *kinds: type[ast.AST]) -> list[Any]:
    """The nodes of the syntax tree of a file of these kinds."""
    by_kind = _index(path)
    return [node for kind in kinds for node in by_kind[kind]]


@cache
def _index(path: Path) -> dict[type[ast.AST], list[ast.AST]]:
    """The nodes of a file by their kind. One walk for all rules: a hundred of them walk a thousand modules."""
    found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    todo: list[ast.AST] = [ast.parse(read(path), str(path))]
    for node in todo:  # which grows meanwhile
        found[type(node)].append(node)
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                todo.append(value)
            elif isinstance(value, list):
                todo += [one for one in value if isinstance(one, ast.AST)]
    return found


@dataclass(frozen=True, eq=False)
class Project:
    """Everything that the tests check."""

    root: Path
    services: dict[str, Path]
    development: dict[str, Path]  # what production does without: distributions under deploy/ and tests/
    modules: tuple[Module, ...]
    found: DiscoveryResult
    locales: tuple[str, ...] = LOCALES
    layers: frozenset[str] = LAYERS
    texts: dict[str, Any] = field(default_factory=dict)

    @property
    def plugins(self) -> list[Plugin]:
        """The manifests of the folders under services/, not of what else may be installed."""
        return [plugin for plugin in self.found if plugin.name in self.services]

    def subjects(self, package: Path) -> frozenset[str]:
        """The folders of a service's package that hold subjects."""
        return subjects(package)

    def text(self, path: Path) -> str:
        """What is in a file."""
        return read(path)

    def nodes(self, path: Path, *kinds: type[ast.AST]) -> list[Any]:
        """The nodes of the syntax tree of a file of these kinds, as `Module.nodes`."""
        return nodes(path, *kinds)

    def files(self, *suffixes: str) -> list[Path]:
        """What git keeps or would keep, of these suffixes."""
        return [path for path in _listed() if not suffixes or path.suffix in suffixes]

    def of(self, owner: str) -> list[Module]:
        """The modules of one distribution."""
        return [module for module in self.modules if module.owner == owner]

    def settings(self) -> list[type[Settings]]:
        """Every class of settings of production: of the gateway, of services and of their further processes."""
        return [GatewaySettings, *(kind for plugin in self.plugins for kind in settings_of(plugin).values())]

    def own_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Titles of the codes that belong to no service."""
        return by_key("wsis_gateway", "errors")


@cache
def _listed() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@cache
def load_project() -> Project:
    services = {path.parent.name: path.parent for path in sorted(ROOT.glob("services/*/pyproject.toml"))}
    development = {
        package.name.removeprefix("wsis_"): package.parents[1]
        for area in ("deploy", "tests")
        for package in sorted(ROOT.glob(f"{area}/*/src/wsis_*"))
        if package.suffix != ".egg-info"
    }
    distributions = {"shared": ROOT / "shared", **services, **development}
    if (ROOT / "gateway/pyproject.toml").exists():
        distributions["gateway"] = ROOT / "gateway"
    modules = []
    for owner, folder in distributions.items():
        package = folder / "src" / f"wsis_{owner}"
        modules += [Module(path, owner, path.relative_to(package).parts) for path in sorted(package.rglob("*.py"))]
    return Project(ROOT, services, development, tuple(modules), discover())


@pytest.fixture(scope="session")
def project() -> Iterator[Project]:
    """The repository. A million nodes of syntax trees stay until the end: no search for garbage is to look at them."""
    gc.disable()
    yield load_project()
    gc.freeze()
    gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`service`, `plugin`, `part` (of the suite) and `distribution` (that production has) run a rule once for each."""
    project = load_project()
    if "distribution" in metafunc.fixturenames:
        metafunc.parametrize("distribution", ["shared", "gateway", *project.services])
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", ["shared", "gateway", "deploy", *project.services])
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", list(project.services.values()), ids=list(project.services))
    if "plugin" in metafunc.fixturenames:
        metafunc.parametrize("plugin", project.plugins, ids=[plugin.name for plugin in project.plugins])
