"""What the tests check: every folder under services/, every module, every installed manifest."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from wsis_shared.plugin import DiscoveryResult, Plugin, discover
from wsis_shared.settings import Settings

from wsis_gateway.settings import Settings as GatewaySettings

ROOT = Path(__file__).parents[2]
LOCALES = ("en", "fr", "pt", "es", "zh", "ar", "ru")


@dataclass(frozen=True)
class Module:
    """One Python file of a distribution. `owner` is "shared", "gateway", "local", ... or a service's name."""

    path: Path
    owner: str
    parts: tuple[str, ...]  # below the package: ("domain", "tally.py")

    @property
    def kind(self) -> str:
        """Its name in the structure of a service: `domain` for domain.py and domain/tally.py."""
        return self.parts[0].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return parse(self.path)

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    def imports(self) -> tuple[tuple[str, str, int], ...]:
        """(module, name or "", line) of each import, relative ones made whole."""
        return _imports(self.path, f"wsis_{self.owner}", self.parts)

    def strings(self) -> Iterator[tuple[str, int]]:
        """(text, line) of each string that is not a docstring."""
        docs = {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield node.value, node.lineno


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def _imports(path: Path, package: str, parts: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    found = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, "", node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                parents = (package, *parts[:-1])
                source = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [source])])
            found += [(source, alias.name, node.lineno) for alias in node.names]
    return tuple(found)


@dataclass(frozen=True)
class Project:
    """Everything that the tests check."""

    root: Path
    services: dict[str, Path]
    development: dict[str, Path]  # what production does without: distributions under deploy/ and tests/
    modules: tuple[Module, ...]
    found: DiscoveryResult
    locales: tuple[str, ...] = LOCALES
    texts: dict[str, Any] = field(default_factory=dict)

    @property
    def plugins(self) -> list[Plugin]:
        """The manifests of the folders under services/, not of what else may be installed."""
        return [plugin for plugin in self.found if plugin.name in self.services]

    def files(self, *suffixes: str) -> list[Path]:
        """What git keeps or would keep, of these suffixes."""
        return [path for path in _listed() if not suffixes or path.suffix in suffixes]

    def of(self, owner: str) -> list[Module]:
        """The modules of one distribution."""
        return [module for module in self.modules if module.owner == owner]

    def settings(self) -> list[type[Settings]]:
        """Every class of settings of production: of the gateway, of services and of their further processes."""
        named = [plugin.load("settings") for plugin in self.plugins]
        named += [process.load("settings") for plugin in self.plugins for process in plugin.processes]
        return [GatewaySettings, *filter(None, named)]

    def own_titles(self) -> dict[str, dict[str, str]]:
        """Titles of the codes that belong to no service, from any errors.yaml of gateway/ and shared/."""
        titles: dict[str, dict[str, str]] = {}
        for path in self.files(".yaml"):
            if path.name == "errors.yaml" and path.relative_to(ROOT).parts[0] in ("gateway", "shared"):
                titles.update(yaml.safe_load(path.read_text("utf-8")))
        return titles


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
def project() -> Project:
    """The repository."""
    return load_project()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`service`, `plugin` and `module` run a rule once for each."""
    project = load_project()
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", list(project.services.values()), ids=list(project.services))
    if "plugin" in metafunc.fixturenames:
        metafunc.parametrize("plugin", project.plugins, ids=[plugin.name for plugin in project.plugins])
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", project.modules, ids=str)
