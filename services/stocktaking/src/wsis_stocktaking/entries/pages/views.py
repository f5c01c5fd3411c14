"""What the pages of an entry make of it: its language, its codes as words, what differs."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared.json_types import Input, JsonObject

from wsis_stocktaking.register.rules.readers import line, read_in, told

# Facts of a content, in the order of the page: field -> its text.
_FACTS = ("kind", "status", "coverage", "countries", "regions", "partners", "keywords")


def content(given: Input, locale: str) -> JsonObject:
    """What every page of a content shows."""
    language = read_in(given, locale)
    return {
        "language": language,
        "heading": given["title"].get(language, ""),
        "text": given["description"].get(language, ""),
        "translations": [code for code in given["title"] if code != language],
        "lines": [(row["line"], line(row, locale)) for row in given["action_lines"]],
        "facts": [(name, rows) for name in _FACTS if (rows := told(name, given[name], locale))],
        "organization": [
            text
            for name in ("type", "country")
            for text in told(f"organization.{name}", given["organization"].get(name), locale)
        ],
    }


def entry(values: Input, locale: str) -> JsonObject:
    """`shown`, and the revisions before the one that is public."""
    revisions = (values["revisions"] or {}).get("items", ())
    return {"shown": content(values["entry"], locale), "former": [row for row in revisions if row["published_to"]]}


def revision(values: Input, locale: str) -> JsonObject:
    """`shown`: what the entry said."""
    return {"shown": content(values["revision"]["content"], locale)}


def changes(values: Input, locale: str) -> JsonObject:
    """`heading`, and `rows` of what differs."""
    shown = content(values["entry"], locale)
    return {"shown": shown, "rows": differences(values["changes"]["items"], locale)}


def differences(items: Iterable[Input], locale: str) -> list[JsonObject]:
    """Each field that differs: its name, the language of its text, and lines before and after."""
    rows: list[JsonObject] = []
    for item in items:
        name, _, part = item["field"].partition(".")
        of_language = name in ("title", "description")
        rows.append(
            {
                "name": f"organization_{part}" if name == "organization" and part else name,
                "language": part if of_language else "",
                "before": told(item["field"], item["before"], locale),
                "after": told(item["field"], item["after"], locale),
            }
        )
    return rows


def review(values: Input, locale: str) -> JsonObject:
    """`rows` of what the draft changes, `alike` entries, and `given` with what it says, where it says all."""
    found = values["review"]
    given = found["draft"] or found["content"]
    whole = bool(given and given.get("original_language") and given["title"].get(given["original_language"]))
    return {
        "rows": differences(found.get("differences") or (), locale),
        "alike": found.get("duplicates") or [],
        "given": given if whole else None,
        "shown": content(given, locale) if whole else None,
    }


def owner(values: Input, _locale: str) -> JsonObject:
    """`people` who were found, by id."""
    found = (values["accounts"] or {}).get("items", ())
    return {"people": {row["account"]: f"{row.get('names') or row['account']} · {row['email']}" for row in found}}
