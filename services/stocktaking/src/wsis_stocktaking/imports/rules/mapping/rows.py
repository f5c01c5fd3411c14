"""What a row of a register says by its mapping: a content for the schema of contents, with warnings for what is left
out, and problems where an entry needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain

from wsis_shared.mapping import dates
from wsis_shared.mapping.answers import answer
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, RowMapping
from wsis_shared.mapping.values import codes_of, words_of
from wsis_shared.mapping.words import fold
from wsis_shared.tables import DateCell, FaultyCell, NumberCell

from wsis_stocktaking.imports.rules.mapping import derived, values
from wsis_stocktaking.imports.rules.mapping.fields import GROUPS, SINGLE, TEXTS
from wsis_stocktaking.imports.rules.mapping.mapped_row import (
    DERIVED,
    LOST_ZERO,
    NO_DATE,
    NO_EMAIL,
    NO_LINK,
    NO_VALUE,
    PLACE_OF_ORGANIZATION,
    REQUIRED_CODES,
    SEVERAL,
    TOO_LONG,
    TOO_MANY,
    MappedRow,
    to_cells,
)
from wsis_stocktaking.imports.rules.mapping.proposals import script_of
from wsis_stocktaking.register.rules.contents import DESCRIPTION_LENGTH, MAX_WORDS, NAME_LENGTH, TITLE_LENGTH

DERIVABLE = ("organization.type", "kind", "coverage", "status")
"""What the rest of a row may tell."""
ERRORS = frozenset(("=", "#REF!", "#VALUE!", "#N/A", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))
"""Cells without a value, where a file has them as texts."""
_SHORTENED = ("8.1", "16.1", "17.1")  # also targets with another zero
_LENGTHS = {"title": TITLE_LENGTH, "description": DESCRIPTION_LENGTH, "organization.name": NAME_LENGTH}
_WORD_LENGTHS = {"partners": NAME_LENGTH, "keywords": 80}


class Mapper:
    """Reads the rows of a table with these columns. `today` says which activities have ended."""

    def __init__(self, mapping: RowMapping, columns: Sequence[str], today: date) -> None:
        self._today = today
        place = {name: number for number, name in enumerate(columns)}
        self._places: dict[str, list[int]] = {}
        self._orders: dict[int, str | None] = {}
        self._pairs: set[int] = set()
        self._marks: dict[int, str] = {}
        self._fiscal: set[int] = set()
        for each in mapping["columns"]:
            if (number := place.get(each["column"])) is None:
                continue
            self._orders[number] = each["day_order"]
            if meant := each.get("marks"):
                self._marks[number] = meant
            if each.get("fiscal"):
                self._fiscal.add(number)
            if len(each["fields"]) > 1:
                self._pairs.add(number)
            for name in each["fields"]:
                self._places.setdefault(name, []).append(number)
        self._constants = {each["field"]: each["value"] for each in mapping["constants"]}
        choices: dict[str, dict[str, list[str]]] = {}
        for value in mapping["values"]:
            choices.setdefault(value["field"], {})[fold(value["value"])] = value["codes"]
        self._finders = {name: values.finder(name, choices.get(name, {})) for name in GROUPS}

    def row(self, cells: Sequence[str]) -> MappedRow:
        """What a row says."""
        found = MappedRow()
        said = self._said(cells, found)
        found.key = " ".join(next((cell for _, cell in said.get("import_key", ())), "").split())
        self._put_dates(said, found)
        codes = {name: self._codes(name, said, found) for name in GROUPS}
        for name in DERIVABLE:
            self._derive(name, said, codes, found)
        for place, cell in said.get("organization.name", ()):
            if place in self._pairs:
                name, country = values.with_place(cell)
                if country:
                    codes["organization.country"], said["organization.name"] = [country], [(place, name)]
        self._put_content(said, codes, found)
        self._put_remarks(said, found)
        found.cells = to_cells(found)
        return found

    def _said(self, cells: Sequence[str], found: MappedRow) -> dict[str, list[tuple[int, str]]]:
        """The cells of each field that say something, with the places of their columns."""
        said: dict[str, list[tuple[int, str]]] = {}
        for name, places in self._places.items():
            for place in places:
                cell = cells[place] if place < len(cells) else ""
                if isinstance(cell, FaultyCell) or cell in ERRORS:
                    found.warn(name, NO_VALUE, cell)
                    continue
                if place in self._marks and (is_meant := answer(cell)) is not None:
                    cell = self._marks[place] if is_meant else ""
                if not values.says_nothing(name, cell):
                    said.setdefault(name, []).append((place, cell))
        return said

    def _codes(self, name: str, said: Mapping[str, list[tuple[int, str]]], found: MappedRow) -> list[str]:
        codes: list[str] = []
        unread: list[str] = []
        for place, cell in said.get(name, ()):
            known, rest = codes_of(cell, self._finders[name])
            if name == "sdgs" and isinstance(cell, NumberCell) and cell in _SHORTENED:
                found.warn(name, LOST_ZERO.format(code=cell, whole=f"{cell}0"), cell)
                known = [cell.partition(".")[0]]
            codes += known
            # Of two fields each takes its part of a cell, and of the country the name of an organization is no part.
            if name != "organization.country" or place not in self._pairs:
                unread += [] if place in self._pairs and codes else rest
        if name in SINGLE and len(codes) > 1:
            found.warn(name, SEVERAL, "; ".join(cell for _, cell in said[name]))
        if name in ("countries", "regions"):
            unread = [part for part in unread if not self._has_reach(part, codes, found)]
        is_needed = name in REQUIRED_CODES and not codes
        for part in unread:
            (found.problems if is_needed else found.warnings).append((name, UNREAD_CODE if is_needed else UNREAD, part))
        return codes if codes or unread or name in DERIVABLE else self._constant(name)

    def _constant(self, name: str) -> list[str]:
        return codes_of(self._constants[name], self._finders[name])[0] if name in self._constants else []

    def _derive(
        self,
        name: str,
        said: Mapping[str, list[tuple[int, str]]],
        codes: dict[str, list[str]],
        found: MappedRow,
    ) -> None:
        """A code that its own cell does not say: from the rest of the row, else that of all rows."""
        if codes[name]:
            return
        constant, unread = self._constant(name), [each for each in found.problems if each[0] == name]
        told = self._told(name, said, codes, found, is_said=bool(unread))
        if not told:
            codes[name] = [] if unread else constant
            return
        codes[name] = [told]
        found.problems = [each for each in found.problems if each[0] != name]
        for _, _, value in unread:
            found.warn(name, UNREAD, value)
        if unread or told not in constant:
            found.warn(name, DERIVED)

    def _told(
        self,
        name: str,
        said: Mapping[str, list[tuple[int, str]]],
        codes: Mapping[str, list[str]],
        found: MappedRow,
        *,
        is_said: bool,
    ) -> str | None:
        if name == "organization.type":
            return derived.type_of(" ".join(cell for _, cell in said.get("organization.name", ())))
        if name == "status":
            if is_said:  # suspended, moved: the days do not tell
                return None
            days = found.plain
            return derived.status_of(days.get("start_date"), days.get("end_date"), self._today, is_open=found.is_open)
        if not is_said:  # of a kind or a coverage without a word
            return None
        if name == "kind":
            return derived.kind_of()
        places = [*codes["countries"], *codes["regions"]]
        countries = [code for code in places if code.isupper()]
        return derived.coverage_of(countries, [code for code in places if not code.isupper()])

    def _has_reach(self, part: str, places: Sequence[str], found: MappedRow) -> bool:
        """Does a part of the places say how far the activity reaches, and no place? A regional one needs others."""
        codes = self._finders["coverage"](part) or ()
        is_reach = "international" in codes or ("regional" in codes and bool(places))
        found.reach = codes[0] if is_reach else found.reach
        return is_reach

    def _put_content(
        self, said: Mapping[str, list[tuple[int, str]]], codes: Mapping[str, list[str]], found: MappedRow
    ) -> None:
        found.texts = self._texts(said, codes["original_language"], found)
        names = [cell for _, cell in said.get("organization.name", ())]
        name = " ".join(" ".join(names or [self._constants.get("organization.name", "")]).split())
        found.organization = {"name": self._cut("organization.name", name, found)}
        for part in ("type", "country"):
            if known := codes[f"organization.{part}"]:
                found.organization[part] = known[0]
        if sites := self._links("organization.website", said, found):
            found.organization["website"] = sites[0]
        found.plain |= {name: codes[name][0] for name in ("kind", "coverage", "status") if codes[name]}
        self._put_places(codes, found, is_said="coverage" in said)
        found.lists["action_lines"] = codes["action_lines"]
        found.lists["sdgs"] = [code for code in codes["sdgs"] if "." not in code]
        found.lists["targets"] = [code for code in codes["sdgs"] if "." in code]
        found.lists["links"] = self._links("links", said, found)
        for name, length in _WORD_LENGTHS.items():
            words = list(chain.from_iterable(words_of(cell) for _, cell in said.get(name, ())))
            found.lists[name] = self._few(name, [word[:length] for word in words], found)

    def _texts(
        self, said: Mapping[str, list[tuple[int, str]]], languages: Sequence[str], found: MappedRow
    ) -> dict[str, dict[str, str]]:
        """Title and description by language. A text without one is in the language of its letters, or of the row."""
        own = " ".join(cell for _, cell in said.get("title", ()))
        marked = [name.partition(".")[2] for name in said if name.startswith("title.")]
        language = (own and script_of(own)) or (languages[0] if languages else "en")
        if not own and marked and language not in marked:
            language = marked[0]
        found.language = language
        texts: dict[str, dict[str, str]] = {}
        for name in TEXTS:
            by_language: dict[str, str] = {}
            for field_name, cells in said.items():
                first, _, marked_as = field_name.partition(".")
                if first == name:
                    text = "\n".join(cell.strip() for _, cell in cells)
                    text = " ".join(text.split()) if name == "title" else text
                    by_language[marked_as or language] = self._cut(name, text, found)
            texts[name] = by_language
        if (title := texts["title"].get(language)) and language not in texts["description"]:
            texts["description"][language] = title
            found.warn("description", DERIVED)
        return texts

    def _cut(self, name: str, text: str, found: MappedRow) -> str:
        longest = _LENGTHS[name]
        if len(text) <= longest:
            return text
        found.warn(name, TOO_LONG.format(count=longest), text[:100])
        return f"{text[: longest - 1].rstrip()}…"

    def _few(self, name: str, words: Sequence[str], found: MappedRow) -> list[str]:
        distinct = list(dict.fromkeys(words))
        if len(distinct) > MAX_WORDS:
            found.warn(name, TOO_MANY.format(count=MAX_WORDS), distinct[MAX_WORDS])
        return distinct[:MAX_WORDS]

    def _put_places(self, codes: Mapping[str, list[str]], found: MappedRow, *, is_said: bool) -> None:
        """Countries and regions; a column of one may have the other. They tell the coverage where the row says none."""
        places = [*codes["countries"], *codes["regions"]]
        countries = [code for code in places if code.isupper()]
        if not is_said and (reach := found.reach or ("regional" if places and not countries else None)):
            found.plain["coverage"] = reach
        home = found.organization.get("country")
        if not countries and home and found.plain.get("coverage") == "national":
            countries = [home]
            found.warn("countries", PLACE_OF_ORGANIZATION)
        found.lists["countries"] = countries
        found.lists["regions"] = [code for code in places if not code.isupper()]

    def _put_dates(self, said: Mapping[str, list[tuple[int, str]]], found: MappedRow) -> None:
        days: dict[str, str] = {}
        for name in ("start_date", "end_date"):
            for place, cell in said.get(name, ()):
                span = self._span(place, cell)
                if span is None:
                    is_open = name == "end_date" and dates.is_open(cell)
                    found.is_open |= is_open
                    if not is_open and (name == "start_date" or place not in self._pairs):
                        found.warn(name, NO_DATE, cell)
                    continue
                start, end = span
                found.is_open |= end is None and dates.is_open(cell)
                if name == "start_date" and start:
                    days[name] = start[0].isoformat()
                elif name == "end_date" and (last := end if place in self._pairs else end or start):
                    days[name] = last[1].isoformat()
        found.plain |= days

    def _span(self, place: int, cell: str) -> tuple[dates.Span | None, dates.Span | None] | None:
        text = str(cell)[:10] if isinstance(cell, DateCell) else cell
        return dates.period(text, self._orders.get(place), is_fiscal=place in self._fiscal)

    def _links(self, name: str, said: Mapping[str, list[tuple[int, str]]], found: MappedRow) -> list[str]:
        links = []
        for _, cell in said.get(name, ()):
            here = values.links_of(cell)
            if not here:
                found.warn(name, NO_LINK, cell)
            links += here
        return self._few(name, links, found)

    def _put_remarks(self, said: Mapping[str, list[tuple[int, str]]], found: MappedRow) -> None:
        for part, name in (("name", "contact.name"), ("email", "contact.email")):
            for _, cell in said.get(name, ()):
                person, email = values.contact_of(cell)
                value = person if part == "name" else email
                if value:
                    found.contact[part] = value[:NAME_LENGTH]
                elif part == "email" and name not in self._paired(said):
                    found.warn(name, NO_EMAIL)  # what a file says of a person is not repeated
        for place, cell in said.get("last_updated_at", ()):
            span = self._span(place, cell)
            if span and span[0]:
                found.last_updated_at = span[0][0].isoformat()
            else:
                found.warn("last_updated_at", NO_DATE, cell)

    def _paired(self, said: Mapping[str, list[tuple[int, str]]]) -> set[str]:
        return {name for name, cells in said.items() if any(place in self._pairs for place, _ in cells)}
