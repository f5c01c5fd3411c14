"""Formats that a service adds to the exports of its lists, beside those that every list has.

The gateway writes all exports; of a format it takes the name and the class that writes it. That class is a part of the
service that loads without nameko and pymongo, and does nothing but turn items into bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wsis_shared.json_types import JsonObject
from wsis_shared.resources import load_object

Item = JsonObject

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes text that begins so for a formula (OWASP, CSV injection): CSV has a quote before it."""


@dataclass(frozen=True)
class ExportSource:
    """What an export is made of: the address of the list with its filters and without a format, the moment of the
    request, and the language of its reader. `base_url` is the part of `url` before the path."""

    base_url: str
    url: str
    made_at: datetime
    locale: str


class ExportWriter(Protocol):
    """Writes one export. Its methods are called in this order, in a thread; `write` once for each page of the list."""

    def begin(self, source: ExportSource) -> bytes:
        """The start of the file."""

    def write(self, items: Sequence[Item]) -> bytes:
        """Items, as the list has them in its JSON."""

    def finish(self) -> bytes:
        """The end of the file."""


@dataclass(frozen=True)
class ExportFormat:
    """A format of a list: `name` is the value of `?format=`, `writer` names an ExportWriter ("package.module:Class").
    The name of the file ends with `ending`, by default `name`."""

    name: str
    media_type: str
    writer: str
    ending: str = ""

    def load(self) -> Callable[[], ExportWriter]:
        """The class that writes it. Raises ImportError or AttributeError."""
        made: Callable[[], ExportWriter] = load_object(self.writer)
        return made
