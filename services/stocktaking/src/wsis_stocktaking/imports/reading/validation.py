"""Rows become outcomes: a content with its key and digest, or the reasons for which the row is refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path

from marshmallow import ValidationError
from wsis_shared import clock
from wsis_shared.compiled import load_of
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mapping.column import columns_of
from wsis_shared.mapping.documents import CONFIRMED, PROPOSED, Problem, RowMapping, has_same_columns, inherit
from wsis_shared.mapping.words import fold
from wsis_shared.tables import MAX_ROWS, Known, ReadOptions, Row, Table, TableRefused
from wsis_shared.tables.reading import read_table

from wsis_stocktaking.imports.reading import About, json_rows, mapped
from wsis_stocktaking.imports.reading.columns import (
    CONTACT,
    ENTRY,
    IMPORT_KEY,
    KEYS,
    KNOWN,
    UNREAD,
    UPDATED,
    ColumnsMissing,
    Header,
    bounded,
    cells_of,
    content_of,
    remarks_of,
    to_be_corrected,
)
from wsis_stocktaking.imports.reading.remarks import Remarks
from wsis_stocktaking.imports.rules import imports as rules
from wsis_stocktaking.imports.rules.imports import Outcome
from wsis_stocktaking.imports.rules.mapping import proposals
from wsis_stocktaking.imports.rules.mapping.fields import LISTS
from wsis_stocktaking.imports.rules.mapping.mapped_row import MappedRow
from wsis_stocktaking.imports.rules.mapping.names import own_mapping, synonyms
from wsis_stocktaking.imports.rules.mapping.rows import Mapper
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.schemas import ContentBody


@cache
def _known() -> Known:
    """The names of our columns, and of those of others."""
    others = (name for names in synonyms().values() for name in names)
    return Known(frozenset((*map(fold, KNOWN), *others)), fold)


MAX_PROBLEMS, MAX_VALUE, MAX_KEY, MAX_UNKNOWN = 20, 200, 200, 50

PEEKED, LEAST_PEEKED = 30, 3
"""Rows of our columns that are looked at first, and of how many none has our codes where they are somebody else's."""

_ENTRY = re.compile(r"[A-Za-z0-9._-]{1,64}")

KEY_MISSING = "Needed: import_key or entry."
KEY_REPEATED = "Row {row} has the same key."
MORE_CELLS = "The row has more cells than the header."
NO_OBJECT = "Not an object."
NO_ID = "Not an id."
CODE_AS_NUMBER = "A number loses its last zero: write the code as text."

Messages = Mapping[str | int, "Messages"] | Sequence[str]
"""What marshmallow says of a field, or of the fields or items below it."""


@dataclass
class InputRow:
    """A row as it is given."""

    row: int
    key: str = ""  # that of an entry, or of the other register
    entry: str = ""
    content: JsonObject | None = None
    remarks: JsonObject = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cells: Callable[[], dict[str, str]] = dict  # as it came
    is_repeated: bool = False
    mapped: MappedRow | None = None  # of other columns


class File:
    """A file that is read, a register of other columns by its mapping, or by what they seem to be. `about` is what is
    known before its first row. Raises TableRefused."""

    def __init__(
        self, path: Path, options: ReadOptions, source: str | None = None, mapping: RowMapping | None = None
    ) -> None:
        self._path, self._options, self._source, self._mapping = path, options, source, mapping
        self.about: About = {"encoding": None, "unknown_columns": [], "unread_sheets": [], "reading": None}
        self.about["mapping_state"] = None
        self._table: Table | None = None
        self._keys: dict[str, int] = {}
        self._load, self._load_remarks = load_of(ContentBody()), load_of(Remarks())
        with path.open("rb") as file:
            start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start in (b"{", b"["):
            self.about["format"] = "json"
            self._rows = self._of_items(json_rows.rows(path))
            return
        table = self._open()
        self.about |= {
            "format": table.format,
            "encoding": table.encoding,
            "unread_sheets": [name[:80] for name in table.sheets if name != table.sheet][:MAX_UNKNOWN],
            "reading": table.reading,
        }
        try:
            header = Header(table.header)
        except ColumnsMissing:
            self._read_mapped(table)
            return
        if mapping and has_same_columns(mapping, table.columns):
            self._read_mapped(table)
            return
        self.about |= {"unknown_columns": header.unknown[:MAX_UNKNOWN], "mapping": own_mapping(table.columns)}
        rows = self._of_cells(header, len(table.header), table.rows)
        first = list(islice(rows, PEEKED))
        if len(first) >= LEAST_PEEKED and not any(self._has_our_codes(given) for given in first):
            self._read_mapped(self._open())
            return
        self._rows = chain(first, rows)

    def _open(self) -> Table:
        """The table from its first row."""
        self._table = read_table(self._path, self._options, _known())
        return self._table

    def known(self) -> About:
        """What is known behind the last row."""
        return {**self.about, "reading": self._table.reading} if self._table else self.about

    def _has_our_codes(self, given: InputRow) -> bool:
        try:
            self._load(given.content or {})
        except ValidationError:
            return False
        return True

    def _read_mapped(self, table: Table) -> None:
        """The rows of other columns, or of ours with the values of somebody else: by the mapping that was confirmed for
        them, else as it is proposed."""
        mapping, state = self._mapping, CONFIRMED
        first = mapped.activities(table.rows, table.columns, [])
        columns = columns_of(table.columns, (cells for _, cells in first))
        proposal = proposals.propose(columns, self._source, table.above)
        if mapping is None or not has_same_columns(mapping, table.columns):
            state = PROPOSED
            mapping = inherit(proposal["mapping"], mapping, LISTS) if mapping else proposal["mapping"]
        self.about |= {
            "mapping": mapping,
            "mapping_state": state,
            "examples": proposal["examples"],
            "unsure_dates": proposal["unsure_dates"] if state == PROPOSED else [],
            "unknown_columns": [each["column"][:80] for each in mapping["columns"] if not each["fields"]][:MAX_UNKNOWN],
        }
        again = self._open()
        rows = mapped.activities(again.rows, again.columns, again.notes)
        mapper = Mapper(mapping, table.columns, clock.now().date())
        self._rows = self._of_mapped(mapped.rows_of(mapper, rows, mapped.Keys()))

    def outcomes(self, after: int) -> Iterator[Outcome]:
        """An outcome for each row behind the row `after`. The key of a row before it counts too."""
        count = 0
        for count, given in enumerate(self._rows, start=1):
            if count > MAX_ROWS:
                raise TableRefused("rows", count=MAX_ROWS)
            key, row = given.key, given.row
            first = self._keys.setdefault(given.entry, row) if key else row
            if row <= after:
                continue
            if not 0 < len(key) <= MAX_KEY:
                given.problems.append((IMPORT_KEY, KEY_MISSING, key))
            elif not _ENTRY.fullmatch(given.entry):
                given.problems.append((ENTRY, NO_ID, key))
            elif first != row:
                given.problems.append((IMPORT_KEY, KEY_REPEATED.format(row=first), key))
                given.is_repeated = True
            yield self._outcome(given)
        if not count:
            raise TableRefused("empty")

    def _of_cells(self, header: Header, width: int, rows: Iterator[Row]) -> Iterator[InputRow]:
        for number, cells in rows:
            row, beyond = header.row(cells), [cell for cell in cells[width:] if cell]
            if not row and not any(cells):
                continue
            content, problems = content_of(row)
            if beyond:
                problems.append(("", MORE_CELLS, beyond[0]))
            yield InputRow(
                number, *self._key_of(row), content, remarks_of(row), problems, partial(to_be_corrected, row)
            )

    def _of_mapped(self, rows: Iterator[tuple[int, MappedRow]]) -> Iterator[InputRow]:
        for number, row in rows:
            remarks = {
                **({CONTACT: row.contact} if row.contact else {}),
                **({UPDATED: row.last_updated_at} if row.last_updated_at else {}),
            }
            key = rules.entry_id(self._source, row.key)
            cells = {**row.cells, IMPORT_KEY: row.key}
            yield InputRow(number, row.key, key, None, remarks, row.problems, cells.copy, mapped=row)

    def _of_items(self, items: Iterator[tuple[int, object]]) -> Iterator[InputRow]:
        names = tuple(ContentBody().fields)
        known, unknown = {*names, ENTRY, IMPORT_KEY, CONTACT, UPDATED, *UNREAD}, self.about["unknown_columns"]
        for number, item in items:
            if not isinstance(item, dict):
                yield InputRow(number, problems=[("", NO_OBJECT, item)])
                continue
            for name in item.keys() - known:
                if len(unknown) < MAX_UNKNOWN and name[:80] not in unknown:
                    unknown.append(name[:80])
            content = {name: item[name] for name in names if name in item}
            targets = content.get("targets")
            numbers = [code for code in targets if isinstance(code, float)] if isinstance(targets, list) else []
            problems: list[Problem] = [("targets", CODE_AS_NUMBER, code) for code in numbers]
            remarks = {name: item[name] for name in (CONTACT, UPDATED) if name in item}
            yield InputRow(number, *self._key_of(item), content, remarks, problems, partial(cells_of, item))

    def _key_of(self, row: JsonObject) -> tuple[str, str]:
        """The key of a row, and the entry of that key."""
        named, key = (found.strip() if isinstance(found := row.get(name), str) else "" for name in (ENTRY, IMPORT_KEY))
        return (named, named) if named else (key, rules.entry_id(self._source, key))

    def _outcome(self, given: InputRow) -> Outcome:
        content: contents.Content | None = None
        remarks: Input = {}
        problems = given.problems
        if given.mapped is not None:
            content = mapped.content_of(given.mapped, self._load, _explained)
        elif given.content is not None:
            try:
                content = self._load(given.content)
            except ValidationError as error:
                named = {field for field, _, _ in problems}
                found = _explained(error, given.content)
                problems += [each for each in found if each[0].partition(".")[0] not in named]
        if given.remarks:
            try:
                remarks = self._load_remarks(given.remarks)
            except ValidationError as error:  # what the file says of a person is not repeated
                wrong: list[Problem] = [(name, text, None) for name, text, _ in _explained(error, {})]
                (given.mapped.warnings if given.mapped else problems).extend(wrong)
        if problems or content is None:
            shown: list[Problem] = [(field, text, _short(value)) for field, text, value in problems[:MAX_PROBLEMS]]
            refused: Outcome = {
                "row": given.row,
                "key": given.key[:MAX_KEY],
                "problems": shown,
                "cells": _refused_cells(given),
            }
            return _with_warnings(refused, given)
        content = contents.normalise(content)
        sound: Outcome = {
            "row": given.row,
            "key": given.key,
            "entry": given.entry,
            "content": content,
            "digest": digest(content),
            "contact": remarks.get(CONTACT),
            "last_updated_at": remarks.get(UPDATED),
        }
        return _with_warnings(sound, given)


def _with_warnings(outcome: Outcome, given: InputRow) -> Outcome:
    """With those of a row, where it has any."""
    if given.mapped is None or not given.mapped.warnings:
        return outcome
    shown: list[Problem] = [(name, text, _short(value)) for name, text, value in given.mapped.warnings[:MAX_PROBLEMS]]
    return {**outcome, "warnings": shown}


def _explained(error: ValidationError, given: object) -> list[Problem]:
    """What marshmallow says of what was given."""
    return _flat(error.normalized_messages(), given)


def _refused_cells(given: InputRow) -> dict[str, str]:
    """Without a key that another row has: imported again as it is, the row would change the entry of that one."""
    cells = bounded(given.cells())
    return {name: cell for name, cell in cells.items() if name not in KEYS} if given.is_repeated else cells


def digest(content: contents.Content) -> str:
    """The same for equal contents."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _flat(errors: Messages, given: object, path: str = "") -> list[Problem]:
    if isinstance(errors, Mapping):
        return list(
            chain.from_iterable(
                _flat(
                    each,
                    _part(given, name),
                    path
                    if name in ("_schema", "key", "value") and path
                    else f"{path}.{name}"
                    if path
                    else ""
                    if name == "_schema"
                    else str(name),
                )
                for name, each in errors.items()
            )
        )
    return [(path, str(text), given) for text in errors]


def _part(given: object, name: str | int) -> object:
    if isinstance(given, Mapping):
        return given.get(name, given if name in ("key", "value") else None)
    if isinstance(given, list) and isinstance(name, int) and name < len(given):
        return given[name]
    return given if isinstance(given, str) else None


def _short(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:MAX_VALUE]
