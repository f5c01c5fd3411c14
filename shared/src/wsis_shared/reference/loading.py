"""Reads data files, of this package or of a service's, each once and only when somebody asks."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from wsis_shared.resources import LOADER

Item = TypeVar("Item")

Titles = Mapping[str, str]
"""Texts by language code, {"en": "Media", "fr": "Médias", ...}; read-only, so dict(titles) before storing."""


class UnknownCode(LookupError):
    """A code that the reference data does not hold; `kind` says of what and `code` which, as does the message."""

    def __init__(self, kind: str, code: object, hint: str = "") -> None:
        super().__init__(kind, code, hint)
        self.kind, self.code, self.hint = kind, code, hint

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.code!r}" + (f": {self.hint}" if self.hint else "")


class _PlainLoader(LOADER):
    """YAML with integers, true, false and null only.

    YAML 1.1 would read NO as false, 8.10 as 8.1, 23:00 as 1380 and a date as an object that is no JSON:
    here all of these stay the strings they look like, quoted or not.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, list[object]]] = {}


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null)?$"), ["n", ""])


@cache
def read(name: str, package: str = "wsis_shared.reference") -> Any:
    """The parsed data file below `data/` of the package, for example read("sdgs"). Never change what it returns."""
    text = (files(package) / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    return _PlainLoader(text).get_single_data()


@cache
def names(folder: str, package: str = "wsis_shared.reference") -> tuple[str, ...]:
    """The data files of a folder, oldest first (their names are years or dates), as names for `read`."""
    found = (entry.name for entry in (files(package) / "data" / folder).iterdir())
    return tuple(f"{folder}/{name.removesuffix('.yaml')}" for name in sorted(found) if name.endswith(".yaml"))


def table(kind: type[Item], rows: Iterable[Mapping[str, object]], key: str = "code") -> dict[Any, Item]:
    """Rows as dataclasses by their key; the fields are named as in the file, lists and texts become read-only."""
    items = [kind(**{name: _frozen(value) for name, value in row.items()}) for row in rows]
    return {getattr(item, key): item for item in items}


def find(items: Mapping[Any, Item], code: object, kind: str, hint: str = "") -> Item:
    """The item of that code; raises UnknownCode. Only text and integers are codes (True and 1.0 would pass for 1)."""
    if isinstance(code, str | int) and not isinstance(code, bool) and code in items:
        return items[code]
    raise UnknownCode(kind, code, hint)


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType(value)
    return tuple(value) if isinstance(value, list) else value
