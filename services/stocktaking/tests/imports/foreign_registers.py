"""Forty registers as they come: the files of a review, and others of their kind in seven languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .foreign_kit import (
    Meant,
    Register,
    Values,
    alpha_3,
    american,
    country,
    formal,
    full_line,
    goal,
    goal_title,
    joined,
    line_title,
    line_with,
    month,
    other_word,
    serial,
    short_line,
    spoken,
    strf,
    title_of,
)

NO_DAY, NO_LINK = frozenset({"day"}), frozenset({"link"})


def year(row: Meant) -> str:
    return str(row.start.year)


def month_of(language: str) -> Values:
    write = month(language)
    return lambda row: write(row.start)


def columns(language: str, names: str, **changes: Any) -> dict[str, Values]:
    """The usual columns in a language, by their names in this order; a change is another way to write a field."""
    write: dict[str, Callable[[Meant], Any]] = {
        "number": lambda row: row.number,
        "title": lambda row: row.title,
        "description": lambda row: row.description,
        "organization": lambda row: row.organization,
        "type": lambda row: title_of("stakeholder_type", language)(row.type),
        "countries": joined(lambda row: row.countries, country(language)),
        "kind": lambda row: title_of("kind", language)(row.kind),
        "coverage": lambda row: title_of("coverage", language)(row.coverage),
        "status": lambda row: title_of("status", language)(row.status),
        "lines": joined(lambda row: row.lines, short_line),
        "goals": joined(lambda row: row.goals, goal("SDG ")),
        "start": lambda row: row.start.isoformat(),
        "end": lambda row: row.end.isoformat(),
        "link": lambda row: row.site,
        "email": lambda row: row.email,
    } | changes
    return dict(zip(names.split("|"), write.values(), strict=False))


EN = (
    "No.|Project Title|Short Description|Implementing Agency|Stakeholder Type|Country|Project Type|Geographic Scope|"
    "Current Status|WSIS Action Lines|SDGs|Start Date|End Date|Website|Contact e-mail"
)
EN2 = (
    "S/N|Name of the Initiative|What it does|Lead Organisation|Type of Organisation|Countries covered|"
    "Type of initiative|Level|Stage|Action Line(s)|Sustainable Development Goals|Started|Completed on|URL|Focal point"
)
FR = (
    "N°|Intitulé du projet|Résumé|Structure responsable|Type d'organisme|Pays|Type de projet|Portée géographique|"
    "État d'avancement|Grandes orientations du SMSI|ODD|Date de début|Date de fin|Site web|Courriel"
)
ES = (
    "Nº|Nombre del proyecto|Descripción|Entidad responsable|Tipo de entidad|País|Tipo de proyecto|Alcance|Estado|"
    "Línea de acción de la CMSI|ODS|Fecha de inicio|Fecha de finalización|Sitio web|Correo electrónico"
)
PT = (
    "N.º|Nome do projeto|Descrição|Entidade responsável|Tipo de entidade|País|Tipo de projeto|Abrangência|Situação|"
    "Linhas de ação da CMSI|ODS|Data de início|Data de término|Sítio|E-mail"
)
RU = (
    "№ п/п|Наименование проекта|Краткое описание|Ответственный исполнитель|Тип организации|Страна|Вид проекта|"
    "Географический охват|Статус|Направления деятельности ВВУИО|ЦУР|Дата начала|Дата окончания|Сайт|Электронная почта"
)
AR = (
    "م|اسم المشروع|وصف المشروع|الجهة المنفذة|نوع الجهة|الدولة|نوع المشروع|النطاق الجغرافي|حالة المشروع|خطوط العمل|"
    "أهداف التنمية المستدامة|تاريخ البدء|تاريخ الانتهاء|الموقع الإلكتروني|البريد الإلكتروني"
)
ZH = (
    "序号|项目名称|项目简介|实施单位|单位类型|国家|项目类型|覆盖范围|状态|行动方面|可持续发展目标|"
    "开始日期|结束日期|网址|电子邮箱"
)
NAMES = {"en": EN, "fr": FR, "es": ES, "pt": PT, "ru": RU, "ar": AR, "zh": ZH}
ENCODED = {"fr": "cp1252", "es": "cp1252", "pt": "cp1252", "ru": "cp1251", "ar": "cp1256", "zh": "gb18030"}


def register(name: str, language: str = "en", names: str = "", *, less: str = "", **options: Any) -> Register:
    """A register; `less` are names of columns that it has not, `changes` other ways to write."""
    found = columns(language, names or NAMES[language], **options.pop("changes", {}))
    for gone in filter(None, less.split("|")):
        found.pop(gone)
    for extra, values in options.pop("more", {}).items():
        found[extra] = values
    return Register(name, language, found, **options)


PLAIN = (
    *(register(f"plain-{language}", language) for language in NAMES),
    *(register(f"semicolon-{language}", language, delimiter=";", encoding=ENCODED[language]) for language in ENCODED),
    *(
        register(
            f"titles-{language}",
            language,
            changes={
                "lines": joined(lambda row: row.lines, full_line(language)),
                "goals": joined(lambda row: row.goals, goal_title(language)),
                "start": month_of(language),
            },
            without=NO_DAY,
        )
        for language in NAMES
    ),
    register("other-names", names=EN2),
    register("tabs", delimiter="\t", encoding="utf-16"),
    register("capitals", names=EN.upper()),
    register("formal", changes={"countries": joined(lambda row: row.countries, formal)}),
    register("spoken", changes={"countries": joined(lambda row: row.countries, spoken, ", ")}),
    register("alpha-3", changes={"countries": joined(lambda row: row.countries, alpha_3, "/")}),
    register("lower", changes={"countries": joined(lambda row: row.countries, str.lower)}),
    register("line-titles", changes={"lines": joined(lambda row: row.lines, line_title("en"))}),
    register("line-words", changes={"lines": joined(lambda row: row.lines, line_with("Action Line"), "\n")}),
    register("goals-comma", changes={"goals": joined(lambda row: row.goals, goal(""), ", ")}),
    register("goals-words", changes={"goals": lambda row: "Goal " + "; ".join(row.goals)}),
    register(
        "day-first",
        changes={"start": lambda row: strf("%d/%m/%Y")(row.start), "end": lambda row: strf("%d/%m/%Y")(row.end)},
    ),
    register("month-first", changes={"start": lambda row: american(row.start), "end": lambda row: american(row.end)}),
    register("dots", "ru", changes={"start": lambda row: strf("%d.%m.%Y")(row.start)}),
    register("years", changes={"start": year, "end": lambda row: str(row.end.year)}, without=NO_DAY),
    register("serials", format="xlsx", changes={"start": lambda row: serial(row.start)}),
    register("real-dates", format="xlsx", changes={"start": lambda row: row.start, "end": lambda row: row.end}),
    register(
        "synonyms",
        changes={
            "type": lambda row: other_word("stakeholder_types")(row.type),
            "kind": lambda row: other_word("kinds")(row.kind).upper(),
            "status": lambda row: other_word("statuses", 1)(row.status),
        },
    ),
    register("no-numbers", less="No."),
    register("no-scope", less="Geographic Scope", without=frozenset({"coverage"})),
    register("no-type", less="Stakeholder Type|Project Type", without=frozenset({"type", "kind"})),
    register("no-description", less="Short Description"),
    register(
        "bare",
        less="Website|End Date|Contact e-mail|SDGs|Start Date",
        without=frozenset({"goals", "year", "day", "link"}),
    ),
    register(
        "two-columns",
        less="SDGs",
        more={
            "Main SDG": lambda row: row.goals[0],
            "Other SDGs": lambda row: "; ".join(row.goals[1:]) or "n/a",
        },
    ),
    register(
        "with-country",
        names=EN.replace("Implementing Agency", "Organization, country"),
        less="Country",
        changes={"organization": lambda row: f"{row.organization}, {country('en')(row.countries[0])}"},
        without=frozenset({"countries"}),
    ),
    register(
        "period",
        names=EN.replace("Start Date", "Project period"),
        less="End Date",
        changes={"start": lambda row: f"{row.start.year}-{row.end.year}"},
        without=NO_DAY,
    ),
    register(
        "ours",
        names=(
            "import_key|title.en|description.en|organization.name|organization.type|countries|kind|coverage|status|"
            "action_lines|sdgs|start_date|end_date|links|contact.email"
        ),
    ),
)
"""Files that have their columns in the first row."""
LAYOUTS = (
    register("title-above", format="xlsx", above=[["National register of ICT activities"], []]),
    register("merged-title", format="xlsx", above=[["National register of ICT activities"]], merged=["A1:O1"]),
    register("cover", format="xlsx", cover=True),
    register("note-below", format="xlsx", below=[[], ["Source: Ministry of Communications, 2016"]]),
    register("sep-line", delimiter=";", above=[["sep=", ""]]),
    register("pipes", delimiter="|"),
)
"""Files whose table has to be found."""
