"""Registers as ministries write them: in seven languages, with columns, values and layouts of their own. Each row is
known, so that what comes in can be compared with what was meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from babel import Locale
from wsis_shared import reference
from wsis_shared.mapping import words as shared
from wsis_shared.mapping.vocabulary import GROUPS

from wsis_stocktaking.imports.rules.mapping import words as registers
from wsis_stocktaking.register.rules import codes

ROWS = 24
Cell = Any
_WORDS: dict[str, dict[str, list[str]]] = {
    "en": {
        "titles": [
            "Rural connectivity",
            "Digital schools",
            "Telemedicine network",
            "Open data portal",
            "Smart farming",
        ],
        "texts": ["The project brings services to the people of the region and trains teachers for five years."],
        "organizations": ["Ministry of Communications", "National Telecom Agency", "University of the Coast"],
    },
    "fr": {
        "titles": ["Écoles connectées", "Réseau de télésanté", "Portail des données", "Villages numériques"],
        "texts": ["Le projet apporte les services aux habitants de la région et forme des enseignants dans le pays."],
        "organizations": ["Ministère des Postes", "Agence nationale du numérique", "Université du Littoral"],
    },
    "es": {
        "titles": ["Escuelas conectadas", "Red de telesalud", "Portal de datos", "Aldeas digitales"],
        "texts": [
            "El proyecto lleva los servicios a la población de la región y capacita a los maestros para el país."
        ],
        "organizations": ["Ministerio de Comunicaciones", "Agencia Nacional Digital", "Universidad del Litoral"],
    },
    "pt": {
        "titles": ["Escolas conectadas", "Rede de telessaúde", "Portal de dados", "Aldeias digitais"],
        "texts": ["O projeto leva os serviços às pessoas da região e forma os professores do país em cinco anos."],
        "organizations": ["Ministério das Comunicações", "Agência Nacional Digital", "Universidade do Litoral"],
    },
    "ru": {
        "titles": ["Сельская связь", "Цифровые школы", "Сеть телемедицины", "Портал открытых данных"],
        "texts": ["Проект предоставляет услуги жителям региона и обучает преподавателей в течение пяти лет."],
        "organizations": ["Министерство связи", "Агентство цифрового развития", "Государственный университет"],
    },
    "ar": {
        "titles": ["الربط الريفي", "المدارس الرقمية", "شبكة الطب عن بعد", "بوابة البيانات المفتوحة"],
        "texts": ["يقدم المشروع الخدمات إلى سكان المنطقة ويدرب المعلمين لمدة خمس سنوات."],
        "organizations": ["وزارة الاتصالات", "الوكالة الوطنية الرقمية", "جامعة الساحل"],
    },
    "zh": {
        "titles": ["农村互联", "数字学校", "远程医疗网络", "开放数据门户"],
        "texts": ["该项目为该地区人民提供服务，并在五年内培训教师。"],
        "organizations": ["通信部", "国家数字机构", "海岸大学"],
    },
}
_LINES = ("C2", "C3", "C4", "C5", "C7.e-health", "C7.e-learning", "C7.e-government", "C9", "C1", "C8", "C11")
_PLACES = ("VN", "CI", "KE", "BO", "TR", "CD", "KR", "MM", "LA", "TZ", "BR", "EG")


@dataclass
class Meant:
    """What a row means."""

    number: int
    title: str
    description: str
    organization: str
    type: str
    kind: str
    coverage: str
    status: str
    countries: list[str]
    lines: list[str]
    goals: list[str]
    start: date
    end: date
    site: str
    email: str


def meant(language: str, count: int = ROWS) -> list[Meant]:
    """The rows of a register."""
    words = _WORDS[language]
    kinds, statuses = [row["code"] for row in codes.kind_rows()], [row["code"] for row in codes.status_rows()]
    types = [kind.code for kind in reference.stakeholder_types()]
    found = []
    for number in range(1, count + 1):
        start = date(2012, 1, 15) + timedelta(days=37 * number)
        found.append(
            Meant(
                number,
                f"{words['titles'][number % len(words['titles'])]} {number}",
                f"{words['texts'][0]} ({number})",
                words["organizations"][number % 3],
                types[number % len(types)],
                kinds[number % len(kinds)],
                "national" if number % 3 else "international",
                statuses[number % len(statuses)],
                [_PLACES[number % len(_PLACES)]] + ([_PLACES[(number + 5) % len(_PLACES)]] if number % 4 == 0 else []),
                [_LINES[number % len(_LINES)]] + ([_LINES[(number + 3) % len(_LINES)]] if number % 5 == 0 else []),
                [str(number % 17 + 1)] + (["9.c"] if number % 6 == 0 else []),
                start,
                start + timedelta(days=700),
                f"www.project{number}.example.org",
                f"office{number}@ministry.example",
            )
        )
    return found


# -- how a register writes a value -----------------------------------------------------------------------------------


def title_of(facet: str, language: str) -> Callable[[str], str]:
    """The title of a code in a language."""
    return lambda code: codes.title_of(facet, code, language)


def country(language: str) -> Callable[[str], str]:
    """The name by CLDR."""
    return lambda code: str(Locale(language).territories[code])


def alpha_3(code: str) -> str:
    """Three letters."""
    return reference.country(code).alpha_3


def spoken(code: str) -> str:
    """As people say it in English."""
    names = {
        "CI": "Ivory Coast",
        "VN": "Vietnam",
        "MM": "Burma",
        "KR": "South Korea",
        "CD": "DR Congo",
        "LA": "Lao PDR",
    }
    return names.get(code, country("en")(code))


def formal(code: str) -> str:
    """As the United Nations write it."""
    names = {
        "VN": "Viet Nam",
        "BO": "Bolivia (Plurinational State of)",
        "KR": "Republic of Korea",
        "CD": "Democratic Republic of the Congo",
        "TZ": "United Republic of Tanzania",
        "LA": "Lao People's Democratic Republic",
        "CI": "Côte d'Ivoire",
    }
    return names.get(code, country("en")(code))


def short_line(code: str) -> str:
    """C7 e-health"""
    return code.replace(".", " ")


def line_with(word: str) -> Callable[[str], str]:
    """Action Line C2"""
    return lambda code: f"{word} {short_line(code)}"


def full_line(language: str) -> Callable[[str], str]:
    """C3: Access to information and knowledge"""
    return lambda code: f"{code.partition('.')[0]}: {codes.title_of('action_line', code, language)}"


def line_title(language: str) -> Callable[[str], str]:
    """Access to information and knowledge"""
    return title_of("action_line", language)


def goal(mark: str) -> Callable[[str], str]:
    """SDG 3"""
    return lambda code: f"{mark}{code}"


def goal_title(language: str) -> Callable[[str], str]:
    """Good health and well-being"""
    return lambda code: code if "." in code else f"{code}. {codes.title_of('sdg', code, language)}"


def other_word(group: str, place: int = 0) -> Callable[[str], str]:
    """What registers write for a code, beside its title."""
    words = shared.data if group in GROUPS else registers.data
    return lambda code: str(words(group)[code][place])


def month(language: str) -> Callable[[date], str]:
    """March 2014"""
    return lambda day: f"{Locale(language).months['stand-alone']['wide'][day.month]} {day.year}"


def strf(pattern: str) -> Callable[[date], str]:
    """15/03/2014"""
    return lambda day: day.strftime(pattern)


def american(day: date) -> str:
    """3/15/2014"""
    return f"{day.month}/{day.day}/{day.year}"


def serial(day: date) -> int:
    """As a spreadsheet counts days."""
    return (day - date(1899, 12, 30)).days


# -- how a register is laid out --------------------------------------------------------------------------------------

Values = Callable[[Meant], Cell]


@dataclass
class Register:
    """A register: by the name of a column what stands in it."""

    name: str
    language: str
    columns: dict[str, Values]
    format: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    above: Sequence[Sequence[Cell]] = ()
    below: Sequence[Sequence[Cell]] = ()
    merged: Sequence[str] = ()
    cover: bool = False
    without: frozenset[str] = field(default_factory=frozenset)
    """What its rows do not say, of what is compared."""

    def write(self, folder: Path) -> Path:
        """The file."""
        rows = [[value(row) for value in self.columns.values()] for row in meant(self.language)]
        table = [*self.above, list(self.columns), *rows, *self.below]
        path = folder / f"{self.name}.{self.format}"
        if self.format == "csv":
            out = io.StringIO()
            csv.writer(out, delimiter=self.delimiter).writerows(table)
            path.write_bytes(out.getvalue().encode(self.encoding, "replace"))
            return path
        book = openpyxl.Workbook()
        if self.cover:
            book.active.append(["Register of activities"])
            book.active.append(["Ministry", "2016"])
        sheet = book.create_sheet("Data") if self.cover else book.active
        for cells in table:
            sheet.append(list(cells))
        for area in self.merged:
            sheet.merge_cells(area)
        book.save(path)
        return path


def joined(values: Callable[[Meant], Sequence[str]], write: Callable[[str], str], by: str = "; ") -> Values:
    """A list in one cell."""
    return lambda row: by.join(map(write, values(row)))


def is_as_meant(content: dict[str, Any], row: Meant, without: frozenset[str]) -> bool:
    """Does an entry say what the row meant, of all that the register says?"""
    lines = {named["line"] for named in content["action_lines"]}
    said = {
        "title": (row.title in content["title"].values(), True),
        "organization": (content["organization"]["name"], row.organization),
        "type": (content["organization"]["type"], row.type),
        "kind": (content["kind"], row.kind),
        "coverage": (content["coverage"], row.coverage),
        "status": (content["status"], row.status),
        "countries": (set(content["countries"]), set(row.countries)),
        "lines": (lines, set(row.lines)),
        "goals": ({*map(str, content["sdgs"]), *content["targets"]} >= set(row.goals), True),
        "year": ((content["start_date"] or "")[:4], str(row.start.year)),
        "day": (content["start_date"], row.start.isoformat()),
        "link": (any(row.site in link["url"] for link in content["links"]), True),
    }
    return all(found == wanted for name, (found, wanted) in said.items() if name not in without)
