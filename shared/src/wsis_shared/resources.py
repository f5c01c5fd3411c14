"""Files and objects of packages, by their names: a file is parsed once, when it is first used."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

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


def load_object(path: str) -> Any:
    """The object behind "package.module:object". Raises ImportError or AttributeError."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
