"""What the pages of an entry that is edited make of it: the form of its content, and what a draft still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.register.rules.codes import in_order
from wsis_stocktaking.register.rules.readers import named

MORE = 2  # empty lines behind those that a list has
_EMPTY: Input = {"title": {}, "description": {}, "organization": {}, "action_lines": [], "links": []}


def own(values: Input, locale: str) -> JsonObject:
    """`content_form` of the draft, and `missing` with the id of each field."""
    entry = values["entry"]
    return {
        **content_form(entry["draft"] or entry["content"] or _EMPTY, locale),
        "state": entry["state"] or entry["visibility"],
        "missing": [
            {"id": f"save-{name}", "name": name.split(".")[1], "path": name, "texts": texts}
            for name, texts in (entry.get("missing") or {}).items()
        ],
        "alike": (values["alike"] or {}).get("items", []),
    }


def correction(values: Input, locale: str) -> JsonObject:
    """`content_form` of what is public."""
    return content_form(values["review"]["content"] or _EMPTY, locale)


def content_form(draft: Input, locale: str) -> JsonObject:
    """`draft` to fill the form with, its languages, and codes to choose from."""
    original = draft.get("original_language") or locale
    served: Sequence[str] = [row["line"] for row in draft["action_lines"]]
    return {
        "draft": draft,
        "original": original,
        "others": [code for code in LOCALES if code != original],
        "lines": [
            {
                "at": at,
                "code": line.code,
                "title": named("action_line", line.code, locale),
                "chosen": line.code in served,
                "themes": [(theme.code, reference.title(theme, locale)) for theme in line.sub_themes],
                "served": _themes(draft["action_lines"], line.code),
            }
            for at, line in enumerate(reference.action_lines())
        ],
        "goals": [(str(goal.number), named("sdg", str(goal.number), locale)) for goal in reference.sdgs()],
        "targets": [
            (target, target)
            for goal in reference.sdgs()
            for target in goal.targets
            if goal.number in draft.get("sdgs", ()) or target in draft.get("targets", ())
        ],
        "regions": [(region.code, reference.title(region, locale)) for region in reference.itu_regions()],
        "countries": _countries(draft.get("countries", ()), locale),
        "links": [*draft["links"], *({},) * MORE],
    }


def _themes(rows: Iterable[Input], line: str) -> list[str]:
    return next((list(row["sub_themes"]) for row in rows if row["line"] == line), [])


def _countries(chosen: Iterable[str], locale: str) -> list[tuple[str, str]]:
    """Those that were chosen first, then all others by name."""
    chosen = list(chosen)
    rest = [country.code for country in reference.countries() if country.code not in chosen]
    return [(code, named("country", code, locale)) for code in (*chosen, *in_order("country", rest, locale))]
