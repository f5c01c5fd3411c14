"""A register that looks like the real one: invented entries in seven languages, the same for the same seed.

Shares are those of the report of 2008 where it gives some (governments 54 %, national 44 %, international 30 %).
Every 97th entry is an activity of e-agriculture in Africa that names SDG 2.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import yaml
from wsis_shared import reference
from wsis_shared.schemas import LOCALES
from xlsxwriter import Workbook

from wsis_stocktaking.register.rules.contents import Content, normalise

T = TypeVar("T")


def _spread(shares: dict[str, int]) -> tuple[str, ...]:
    """Each code as often as its share says."""
    return tuple(code for code, share in shares.items() for _ in range(share))


FIRST_DAY, DAYS = date(2004, 1, 1), 12 * 365
_HOMES = {  # language -> countries of its organizations; those of English are anywhere
    "fr": "FR SN CI CM MA TN BE CH CA BJ BF ML NE TG GA CD MG DJ HT DZ RW LU",
    "pt": "BR PT AO MZ CV GW ST TL",
    "es": "ES MX CO AR PE CL EC GT CU DO BO HN PY SV NI CR PA UY VE GQ",
    "zh": "CN CN CN SG",
    "ar": "SA EG PS AE OM JO TN MA DZ SD IQ KW QA BH LB YE SY MR LY",
    "ru": "RU BY KZ KG TJ UZ AM MD AZ TM",
}
_KINDS = _spread(
    {
        "project": 46,
        "programme": 16,
        "training_initiative": 11,
        "website": 9,
        "conference": 7,
        "publication": 4,
        "guideline": 3,
        "toolkit": 2,
        "other": 2,
    }
)
_TYPES = _spread(
    {
        "government": 54,
        "private_sector": 12,
        "civil_society": 13,
        "international_organization": 9,
        "academia": 7,
        "technical_community": 3,
        "other": 2,
    }
)
_COVERAGES = _spread({"national": 44, "international": 30, "regional": 16, "local": 10})
_STATUSES = _spread({"ongoing": 54, "completed": 40, "planned": 6})
_LANGUAGES = _spread({"en": 52, "fr": 15, "es": 11, "ar": 8, "zh": 6, "ru": 5, "pt": 3})
_REGIONS = _spread({"africa": 24, "asia_pacific": 22, "americas": 19, "europe": 18, "arab_states": 11, "cis": 6})


@cache
def _texts() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "generated.yaml"
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


@cache
def _countries(region: str) -> tuple[str, ...]:
    found = reference.itu_region(region)
    return (*found.countries, *(code for code in found.territories if code == "PS"))


@cache
def _homes(language: str) -> tuple[str, ...]:
    return tuple(_HOMES[language].split())


@cache
def _links(line: str) -> tuple[reference.MatrixLink, ...]:
    return tuple(reference.links_of_line(line))


@cache
def _lines() -> tuple[str, ...]:
    return tuple(line.code for line in reference.action_lines())


@cache
def _themes(line: str) -> tuple[str, ...]:
    return tuple(theme.code for theme in reference.action_line(line).sub_themes)


@cache
def _place(code: str, language: str) -> str:
    return reference.country_name(code, language)


class _Writer:
    """Writes one entry after the other."""

    def __init__(self, seed: int) -> None:
        self._next = Random(seed).random

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._next() * len(options))]

    def between(self, first: int, last: int) -> int:
        return first + int(self._next() * (last - first + 1))

    def chance(self, percent: int) -> bool:
        return self._next() * 100 < percent

    def country(self, region: str | None = None) -> str:
        """Some countries of a region file far more than others."""
        found = _countries(region or self.pick(_REGIONS))
        return found[int(len(found) * self._next() ** 1.6)]

    def entry(self, number: int) -> Content:
        of_farmers = number % 97 == 0
        language = "en" if of_farmers else self.pick(_LANGUAGES)
        if of_farmers:
            home = self.country("africa")
        else:
            home = self.country() if language == "en" else self.pick(_homes(language))
        lines = ["C7.e-agriculture"] if of_farmers else [self.pick(_lines())]
        lines += [self.pick(_lines()) for _ in range(self.pick((0, 0, 0, 1, 1, 2)))]
        kind, organization_type = self.pick(_KINDS), self.pick(_TYPES)
        name = self.coin(language)
        organization = {
            "name": self.name(language, organization_type, home),
            "type": organization_type,
            "country": None if organization_type == "international_organization" and self.chance(50) else home,
            "website": f"https://www.{self.coin('en').lower()}{number}.example" if self.chance(70) else None,
        }
        languages = [language]
        if self.chance(12):
            languages.append(self.pick([other for other in ("en", "fr", "es", "ar") if other != language]))
        sdgs, targets = self.goals(lines[0])
        return normalise(
            {
                **self.texts(languages, name, lines, organization["name"]),
                "original_language": language,
                "organization": organization,
                "kind": kind,
                **self.coverage(home, of_farmers),
                **self.dates(),
                "action_lines": [
                    {
                        "line": line,
                        "sub_themes": [self.pick(_themes(line))] if _themes(line) and self.chance(60) else [],
                    }
                    for line in dict.fromkeys(lines)
                ],
                "sdgs": [*sdgs, 2] if of_farmers else sdgs,
                "targets": targets,
                "partners": [self.name(language, self.pick(_TYPES), home) for _ in range(self.pick((0, 0, 1, 2)))],
                "keywords": self.keywords(language, lines),
                "links": [
                    {"url": f"https://{self.coin('en').lower()}.example/{number}", "title": None}
                    for _ in range(self.chance(40))
                ],
            }
        )

    def coin(self, language: str) -> str:
        """A name of two or three invented parts."""
        parts = _texts()[language]["coined"]
        joint = " " if language == "ar" else ""
        return joint.join(self.pick(parts) for _ in range(2 + self.chance(40))).capitalize()

    def name(self, language: str, kind: str, home: str) -> str:
        pattern: str = self.pick(_texts()[language]["organizations"][kind])
        return pattern.format(name=self.coin(language), place=_place(home, language))

    def goals(self, line: str) -> tuple[list[int], list[str]]:
        """Mostly within the matrix."""
        links = _links(line)
        chosen = [self.pick(links) for _ in range(self.pick((0, 1, 1, 2, 3)))] if links else []
        goals = [link.sdg for link in chosen]
        if self.chance(8):
            goals.append(self.between(1, 17))
        return goals, [self.pick(link.targets) for link in chosen if link.targets and self.chance(55)]

    def coverage(self, home: str, of_farmers: bool) -> dict[str, Any]:
        coverage, region = self.pick(_COVERAGES), reference.itu_region_of(home)
        if coverage == "regional" and region:
            return {"coverage": coverage, "regions": [region], "countries": [home] if of_farmers else []}
        if coverage == "international":
            further = [self.country() for _ in range(self.pick((0, 0, 2, 4)))]
            return {"coverage": coverage, "regions": [], "countries": [home, *further]}
        return {"coverage": "national" if coverage == "regional" else coverage, "regions": [], "countries": [home]}

    def dates(self) -> dict[str, Any]:
        """More entries in later years, as the register grew."""
        start = FIRST_DAY + timedelta(days=int(DAYS * self._next() ** 0.7))
        status = self.pick(_STATUSES)
        end = start + timedelta(days=self.between(30, 1500))
        has_end = status == "completed" or self.chance(20)
        return {"status": status, "start_date": start.isoformat(), "end_date": end.isoformat() if has_end else None}

    def keywords(self, language: str, lines: Sequence[str]) -> list[str]:
        words = [self.pick(_texts()["topics"][line][language]) for line in lines]
        return [*words, self.pick(_texts()[language]["forms"]), self.pick(_texts()[language]["audiences"])]

    def texts(self, languages: Sequence[str], name: str, lines: Sequence[str], organization: str) -> dict[str, Any]:
        titles, descriptions = {}, {}
        for language in languages:
            own, topics = _texts()[language], [_texts()["topics"][line][language] for line in lines]
            slots = {
                "name": name,
                "organization": organization,
                "audience": self.pick(own["audiences"]),
                "form": self.pick(own["forms"]),
                "topic": topics[0][0],
                "other": topics[-1][1],
            }
            if self.chance(50):
                slots["topic"], slots["other"] = slots["other"], slots["topic"]
            pattern = own["title"] if self.chance(70) else own["short"]
            title = pattern.format(**slots)
            titles[language] = title[0].upper() + title[1:]
            first = self.between(0, 7)
            chosen = [*own["sentences"][first:], *own["sentences"][:first]][: self.between(2, 6)]
            descriptions[language] = ("" if language == "zh" else " ").join(
                sentence.format(**slots, year=self.between(2004, 2016), number=self.between(3, 900) * 10)
                for sentence in chosen
            )
        return {"title": titles, "description": descriptions}


def entries(count: int, seed: int = 2016) -> Iterator[tuple[str, Content]]:
    """Import keys with contents. A longer register begins with the shorter one of its seed."""
    writer = _Writer(seed)
    for number in range(1, count + 1):
        yield f"ST-{number:06}", writer.entry(number)


def contents(count: int, seed: int = 2016) -> Iterator[Content]:
    """Contents alone."""
    return (content for _, content in entries(count, seed))


COLUMNS = (
    "import_key",
    *(f"title.{locale}" for locale in LOCALES),
    *(f"description.{locale}" for locale in LOCALES),
    "original_language",
    "organization.name",
    "organization.type",
    "organization.country",
    "organization.website",
    "kind",
    "coverage",
    "countries",
    "regions",
    "status",
    "start_date",
    "end_date",
    "action_lines",
    "sub_themes",
    "sdgs",
    "targets",
    "partners",
    "keywords",
    "links",
)


def row(key: str, content: Content) -> dict[str, str]:
    """A content as a row of an import, all text."""
    found = {
        "import_key": key,
        "sub_themes": "; ".join(
            f"{named['line']}.{code}" for named in content["action_lines"] for code in named["sub_themes"]
        ),
    }
    for name, value in content.items():
        if name == "action_lines":
            found[name] = "; ".join(named["line"] for named in value)
        elif name == "links":
            found[name] = "; ".join(link["url"] for link in value)
        elif isinstance(value, dict):
            found |= {f"{name}.{part}": each or "" for part, each in value.items()}
        elif isinstance(value, list):
            found[name] = "; ".join(map(str, value))
        else:
            found[name] = value or ""
    return found


def rows(count: int, seed: int = 2016) -> Iterator[dict[str, str]]:
    """The generated register as rows of an import."""
    return (row(key, content) for key, content in entries(count, seed))


def write_csv(path: Path, given: int | Iterable[dict[str, str]]) -> Path:
    """So many generated rows, or the given ones."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows(given) if isinstance(given, int) else given)
    return path


def write_json(path: Path, given: int | Iterable[dict[str, Any]]) -> Path:
    """The same as JSON: an array of contents, each with its `import_key`; given rows stay as they are."""
    made: Iterable[dict[str, Any]] = (
        given if not isinstance(given, int) else ({"import_key": key, **content} for key, content in entries(given))
    )
    with path.open("w", encoding="utf-8") as file:
        for number, each in enumerate(made):
            file.write(("[\n" if number == 0 else ",\n") + json.dumps(each, ensure_ascii=False))
        file.write("\n]\n")
    return path


def write_xlsx(path: Path, given: int | Iterable[dict[str, str]]) -> Path:
    """The same as a workbook of text cells."""
    book = Workbook(str(path), {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("Register")
    for place, name in enumerate(COLUMNS):
        sheet.write_string(0, place, name)
    for number, each in enumerate(rows(given) if isinstance(given, int) else given, start=1):
        for place, name in enumerate(COLUMNS):
            if value := each.get(name):
                sheet.write_string(number, place, value)
    book.close()
    return path
