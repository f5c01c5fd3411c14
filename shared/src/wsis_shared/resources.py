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
    """The objects of a tuple of this name in each of the modules; where it is `optional`, in those that have one. They
    are loaded when somebody asks for them, which raises ImportError or AttributeError."""

    def __init__(self, name: str, *modules: str, optional: bool = False) -> None:
        self._name, self._modules, self._default = name, modules, ((),) if optional else ()

    @cached_property
    def _loaded(self) -> tuple[T, ...]:
        modules = [importlib.import_module(path) for path in self._modules]
        return tuple(one for module in modules for one in getattr(module, self._name, *self._default))

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
