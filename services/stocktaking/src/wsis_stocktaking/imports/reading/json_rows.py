"""JSON: an array of objects, or objects one after the other, as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import ijson  # type: ignore[import-untyped]  # it has no types
from wsis_shared.tables import TableRefused

from wsis_stocktaking.imports.reading import refused

MAX_DEPTH, MAX_VALUES, MAX_BYTES = 8, 20_000, 8_000_000  # of an item

Container = dict[object, object] | list[object]

_END = {"end_map": "start_map", "end_array": "start_array"}


def rows(path: Path) -> Iterator[tuple[int, object]]:
    """The items with their numbers from 1. Memory is that of one item: the events of ijson are built here, since its
    own builder of items takes memory by the square of the depth."""
    with path.open("rb") as file:
        bounded = _Bounded(file)
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        try:
            events = ijson.basic_parse(bounded, multiple_values=True, use_float=True)
            for number, item in enumerate(_items(events), 1):
                bounded.count = 0
                yield number, item
        except (ijson.JSONError, UnicodeError, ValueError, OverflowError, RuntimeError):
            raise TableRefused("damaged") from None


class _Bounded:
    """A file of which no item takes too many bytes: the parser holds a text several times, whatever its length."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.count = file, 0

    def read(self, size: int) -> bytes:
        """The next bytes."""
        self.count += size
        if self.count > MAX_BYTES:
            raise refused("deep", count=MAX_DEPTH)
        return self._file.read(size)


def _items(events: Iterator[tuple[str, object]]) -> Iterator[object]:
    in_array = False
    for event, value in events:
        if event == "start_array" and not in_array:
            in_array = True
        elif event == "end_array":
            in_array = False
        else:
            yield _item(event, value, events)


def _item(event: str, value: object, events: Iterator[tuple[str, object]]) -> object:
    if event not in ("start_map", "start_array"):
        return value
    root = _new(event)
    stack: list[tuple[Container, object]] = [(root, None)]  # containers, each with the key that comes next
    for _ in range(MAX_VALUES):
        event, value = next(events)
        container, key = stack[-1]
        if event == "map_key":
            stack[-1] = container, value
            continue
        if event in _END:
            stack.pop()
            if not stack:
                return root
            continue
        opened = _new(event) if event in ("start_map", "start_array") else None
        child = value if opened is None else opened
        if isinstance(container, dict):
            container[key] = child
        else:
            container.append(child)
        if opened is not None:
            if len(stack) == MAX_DEPTH:
                break
            stack.append((opened, None))
    raise refused("deep", count=MAX_DEPTH)


def _new(event: str) -> Container:
    return {} if event == "start_map" else []
