"""What a row of a list says by its mapping: the fields of a subscription, with warnings for what is left out, and
problems where a subscription needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from wsis_shared.mapping import dates
from wsis_shared.mapping.answers import answer
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, Problem, RowMapping
from wsis_shared.mapping.values import EMAIL, codes_of
from wsis_shared.mapping.words import fold, is_empty
from wsis_shared.tables import FaultyCell

from wsis_notifications.subscribers.rules.mapping.fields import ASKED, CODED, LEFT, LISTS
from wsis_notifications.subscribers.rules.mapping.words import finder

NO_DATE = "Not a date."
NO_VALUE = "The cell has an error, or a formula without a value: left out."
SEVERAL = "More than one value: the first one counts."
HAS_LEFT = "The list says that the reader has left it."
MESSAGES = (NO_DATE, NO_VALUE, SEVERAL, HAS_LEFT, UNREAD, UNREAD_CODE)

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)")


@dataclass
class MappedRow:
    """A row as it is understood, as the schema of a subscription takes it."""

    values: dict[str, object] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Mapper:
    """Reads the rows of a list with these columns. `today` is the last day of a consent that only has its year."""

    def __init__(self, mapping: RowMapping, columns: Sequence[str], today: date) -> None:
        self._today = today
        place = {name: number for number, name in enumerate(columns)}
        self._places: dict[str, list[int]] = {}
        self._marks: dict[int, str] = {}
        self._order: str | None = None
        for each in mapping["columns"]:
            if (number := place.get(each["column"])) is None:
                continue
            self._order = self._order or each["day_order"]
            if meant := each.get("marks"):
                self._marks[number] = meant
            for name in each["fields"]:
                self._places.setdefault(name, []).append(number)
        self._constants = {each["field"]: each["value"] for each in mapping["constants"]}
        choices: dict[str, dict[str, list[str]]] = {}
        for value in mapping["values"]:
            choices.setdefault(value["field"], {})[fold(value["value"])] = value["codes"]
        self._finders = {name: finder(name, choices.get(name, {})) for name in CODED}

    def row(self, cells: Sequence[str]) -> MappedRow:
        """What a row says."""
        found = MappedRow()
        for name in dict.fromkeys((*self._places, *self._constants)):
            said = list(self._said(name, cells, found)) or [self._constants.get(name, "")]
            if name in CODED:
                self._put_codes(name, said, found)
            elif name == "consent_at":
                self._put_consent(said[0], found)
            elif text := " ".join(said).strip():
                found.values[name] = _address_in(text) if name == "email" else text
        return found

    def _said(self, name: str, cells: Sequence[str], found: MappedRow) -> Iterable[str]:
        for place in self._places.get(name, ()):
            cell = cells[place] if place < len(cells) else ""
            if isinstance(cell, FaultyCell):
                found.warnings.append((name, NO_VALUE, None))
                continue
            if place in self._marks and (is_meant := answer(cell)) is not None:
                cell = self._marks[place].rpartition(":")[2] if is_meant else ""
            if not is_empty(cell) or name == "country":
                yield cell.strip()

    def _put_codes(self, name: str, said: Sequence[str], found: MappedRow) -> None:
        codes: list[str] = []
        unread: list[str] = []
        for cell in said:
            known, rest = codes_of(cell, self._finders[name])
            codes, unread = codes + known, unread + rest
        if name == "country" and not codes and all(map(is_empty, said)):
            codes = codes_of(self._constants.get(name, ""), self._finders[name])[0]
        is_needed = name in ASKED and not codes
        for part in unread:
            (found.problems if is_needed else found.warnings).append((name, UNREAD_CODE if is_needed else UNREAD, part))
        if name == "subscribed":
            if LEFT in codes:
                found.problems.append(("", HAS_LEFT, None))
        elif name in LISTS and codes:
            found.values[name] = codes
        elif codes:
            found.values[name] = codes[0]
            if len(codes) > 1:
                found.warnings.append((name, SEVERAL, "; ".join(said)))

    def _put_consent(self, text: str, found: MappedRow) -> None:
        """A day counts from its beginning in UTC. Of a month or a year the last day counts, today at the latest: the
        reader had agreed by then."""
        if day := _DAY.fullmatch(text):
            time = day[2] or "00:00"
            found.values["consent_at"] = f"{day[1]}T{time}{':00' if len(time) == len('00:00') else ''}Z"
        elif _MOMENT.fullmatch(text):
            found.values["consent_at"] = text
        elif (span := dates.span(text, self._order)) is not None:
            first, last = span
            found.values["consent_at"] = f"{max(first, min(last, self._today)).isoformat()}T00:00:00Z"
        elif text:
            found.problems.append(("consent_at", NO_DATE, text))


def _address_in(text: str) -> str:
    """The address of "Ama Mensah <ama@example.org>"; a text with none, or several, as it is."""
    found = EMAIL.findall(text)
    return str(found[0]).strip(".") if len(found) == 1 else text
