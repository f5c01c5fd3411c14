"""What the pages of reports make of them: sections of figures, each with its query."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import pick
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.reports.layouts.charts import CHARTS, parameters
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules.scopes import GLOBAL, IMPRINT, KINDS, PROSE

FORMATS = ("pdf", "docx")  # as files; the page itself has the same figures
MAX_ROWS = 60  # of countries


def listed(values: Input, locale: str) -> JsonObject:
    """`rows`: each version with what it is about; `kinds` that can be built."""
    reader = Reader(locale)
    return {"rows": [{**row, "scope": reader.scope(row)} for row in values["reports"]["items"]], "kinds": KINDS}


def new(values: Input, _locale: str) -> JsonObject:
    """`kind` of the report to build, in `all_languages`."""
    return {"kind": values["query"].get("kind", GLOBAL), "all_languages": LOCALES}


def draft(values: Input, locale: str) -> JsonObject:
    """What the public page shows, and `parts` of texts by language, files `by_language`, names of its languages."""
    found, reader = values["report"], Reader(locale)
    return {
        **report(values, locale),
        "draft": found["status"] == "draft",
        "parts": [
            {
                "name": name,
                "title": reader.say(name),
                "texts": found["prose"].get(name, {}),
                "lines": 8 if name in PROSE else 1,
            }
            for name in (*PROSE, *IMPRINT)
        ],
        "all_languages": {code: reference.language(code).native for code in _first(locale)},
        "by_language": [(code, _files(found, code)) for code in found["languages"]],
        "native": [reference.language(code).native for code in found["languages"]],
    }


def _first(locale: str) -> list[str]:
    """All languages, that of the reader first."""
    return [locale, *(code for code in LOCALES if code != locale)]


def report(values: Input, locale: str) -> JsonObject:
    """`scope`, `files` in the reader's language or the first that there is, their `imprint`, `prose` and `sections`
    of figures."""
    found, reader = values["report"], Reader(locale)
    language = locale if locale in found["languages"] else found["languages"][0]
    return {
        "scope": reader.scope(found),
        "language_of_files": language,
        "files": _files(found, language),
        "others": [code for code in found["languages"] if code != language],
        "formats": FORMATS,
        "prose": [
            {"title": reader.say(name), "language": chosen, "text": text}
            for name in PROSE
            for chosen, text in [pick(found["prose"].get(name, {}), locale)]
            if text
        ],
        "imprint": [
            (reader.say(name), text) for name in IMPRINT if (text := found["prose"].get(name, {}).get(language))
        ],
        "sections": [
            {
                "title": reader.say(bars.name),
                "facet": reader.say(bars.facet),
                "several": bars.several,
                "query": urlencode(parameters(found, found["sequence"], bars.facet), safe=","),
                "rows": _rows(
                    (bars.label(reader, row), row["count"], row["percent"])
                    for row in found["statistics"][bars.name][:MAX_ROWS]
                ),
            }
            for bars in CHARTS[found["kind"]]
        ],
    }


def _files(found: Input, language: str) -> list[JsonObject]:
    return [
        {**each, "kilobytes": max(1, round(each["size"] / 1000))}
        for each in found["files"]
        if each["language"] == language and each["format"] in FORMATS
    ]


def _rows(rows: Iterable[tuple[str, int, int]]) -> list[JsonObject]:
    return [{"title": title, "count": count, "share": percent / 100} for title, count, percent in rows]
