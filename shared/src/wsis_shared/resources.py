"""Files and objects of packages, by their names: a file is parsed once, when it is first used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeVar, overload

import yaml

T = TypeVar("T")

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that of libyaml is ten times as fast


@cache
def read_yaml(package: str, name: str) -> Any:
    """The parsed file, for example `read_yaml("wsis_accounts", "data/providers.yaml")`. Shared: never change it.

    Raises FileNotFoundError.
    """
    return parse_yaml(files(package).joinpath(*name.split("/")).read_text("utf-8"))


def parse_yaml(text: str) -> Any:
    """What a text says. Raises yaml.YAMLError."""
    return yaml.load(text, LOADER)  # noqa: S506 -- a safe one


class Deferred(Sequence[T]):
    """The objects of a tuple of this name in each of the modules that has one. They are loaded when somebody asks for
    them."""

    def __init__(self, name: str, *modules: str) -> None:
        self._name, self._modules = name, modules

    @cached_property
    def _loaded(self) -> tuple[T, ...]:
        return tuple(one for path in self._modules for one in getattr(importlib.import_module(path), self._name, ()))

    def __len__(self) -> int:
        return len(self._loaded)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._loaded[index]


def load_object(path: str) -> Any:
    """The object behind "package.module:object". Raises ImportError or AttributeError."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
