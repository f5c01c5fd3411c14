"""Inventories of security, for reviewers: `wsis security` prints them for each part of the suite that is installed.

Manifests, schemas, settings, collections and code say most of an inventory. What only a person can say stands in
`security.yaml` of the part's package, beside the manifest (docs/add-a-service/security.md).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from wsis_shared.doctor.settings import Settings as Doctor
from wsis_shared.json_types import Input
from wsis_shared.plugin import Plugin
from wsis_shared.resources import parse_yaml
from wsis_shared.security.source import Source
from wsis_shared.settings import Settings, Suite
from wsis_shared.settings_page import GATEWAY, gateway_settings, settings_of

STATEMENTS, PAGE = "security.yaml", "security.md"
SHARED, DEPLOY = "shared", "deploy"


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the suite: `shared`, `gateway`, a service, or `deploy`, which is scripts of a checkout.

    `sources` is the folder of its code, `folder` that of its distribution in a checkout.
    """

    name: str
    sources: Path
    folder: Path
    plugin: Plugin | None = None

    @property
    def file(self) -> Path:
        """What a person says about it."""
        return (self.folder if self.name == DEPLOY else self.sources) / STATEMENTS

    @cached_property
    def statements(self) -> Input:
        """What is in `security.yaml`; empty where there is none."""
        return parse_yaml(self.file.read_text("utf-8")) if self.file.is_file() else {}

    def of(self, section: str) -> Any:
        """One section of the statements: a mapping, or a list for `limits`."""
        return self.statements.get(section) or {}

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Variable -> default, "(secret)" for a secret, of its own settings: those of the suite belong to `shared`."""
        of_suite = () if self.name == SHARED else {one.variable for one in Suite.described()}
        described = (one for kind in self._settings() if kind for one in kind.described())
        return {one.variable: one.default for one in described if one.variable not in of_suite}

    def _settings(self) -> Iterable[type[Settings] | None]:
        if self.name == SHARED:
            return [Suite, Doctor]
        if self.name == GATEWAY:
            return [gateway_settings()]
        return settings_of(self.plugin).values() if self.plugin else ()

    @cached_property
    def code(self) -> list[Source]:
        """Its Python files."""
        paths = _scripts(self.sources) if self.name == DEPLOY else self.sources.rglob("*.py")
        return [Source(path, f"{self.name}/{path.relative_to(self.sources)}") for path in sorted(paths)]


def _scripts(folder: Path) -> Iterator[Path]:
    """Those of deploy/ that are in no distribution."""
    yield from folder.glob("*.py")
    for below in ("mongo", "rabbitmq"):
        yield from (folder / below).glob("*.py")


@dataclass(frozen=True, eq=False)
class Installed:
    """The parts, what is common first, and the plugins, whose roles decide who may do what anywhere."""

    parts: tuple[Part, ...]
    plugins: tuple[Plugin, ...]

    def part(self, name: str) -> Part:
        """The part of that name. Raises KeyError."""
        return {part.name: part for part in self.parts}[name]


def installed(plugins: Iterable[Plugin]) -> Installed:
    """All that is installed, where the services are those of `plugins`."""
    plugins = tuple(plugins)
    return Installed(tuple(_parts_of(plugins)), plugins)


def _parts_of(plugins: Iterable[Plugin]) -> list[Part]:
    found = [_part(SHARED, "wsis_shared")]
    if importlib.util.find_spec("wsis_gateway"):
        found.append(_part(GATEWAY, "wsis_gateway"))
    deploy = found[0].folder.parent / DEPLOY
    if (deploy / STATEMENTS).is_file():
        found.append(Part(DEPLOY, deploy, deploy))
    return found + [_part(plugin.name, plugin.package, plugin) for plugin in plugins]


@cache
def _place(package: str) -> Path:
    return Path(str(importlib.import_module(package).__file__)).parent


def _part(name: str, package: str, plugin: Plugin | None = None) -> Part:
    sources = _place(package)
    return Part(name, sources, sources.parents[1], plugin)
