"""What the pages of partners make of what they have read."""

from __future__ import annotations

from itertools import groupby

from wsis_shared.json_types import Input, JsonObject

from wsis_partnerships.rules.pledges import NEXT, STATES


def by_class(values: Input, _locale: str) -> JsonObject:
    """Partners in the order of packages, grouped by what they are called."""
    partners = (values["partners"] or {}).get("items", ())
    grouped = groupby(partners, key=lambda row: row["partner_class"])
    return {"classes": [{"title": title, "partners": list(rows)} for title, rows in grouped]}


def titles(values: Input, _locale: str) -> JsonObject:
    """Titles of packages and activities by code."""
    found = values["packages"] or {}
    rows = [*found.get("items", ()), *found.get("activities", ())]
    return {"title_of": {row["code"]: row["title"] for row in rows}}


def activities(values: Input, _locale: str) -> JsonObject:
    """Title by code of what may be sponsored."""
    return {"activities": {row["code"]: row["title"] for row in (values["packages"] or {}).get("activities", ())}}


def correction(values: Input, locale: str) -> JsonObject:
    """Titles by code, of packages and of activities apart, to choose from."""
    packages = {row["code"]: row["title"] for row in (values["packages"] or {}).get("items", ())}
    return {"package_titles": packages, **activities(values, locale)}


def one_package(values: Input, _locale: str) -> JsonObject:
    """The package of the page; none where it does not exist."""
    rows = (values["packages"] or {}).get("items", ())
    return {"found": next((row for row in rows if row["code"] == values["package"]), None)}


def fund(values: Input, locale: str) -> JsonObject:
    """The report as rows: a state with its pledges and sums, money and in kind apart."""
    report = values["report"]
    rows = (
        [{"state": state, "cash": report["cash"][state], "in_kind": report["in_kind"][state]} for state in STATES]
        if report
        else []
    )
    return {"states": STATES, "rows": rows, **titles(values, locale)}


def decision(values: Input, locale: str) -> JsonObject:
    """The states that may follow, in their order."""
    following = NEXT.get(values["made"]["state"], set())
    return {"following": [state for state in STATES if state in following], **titles(values, locale)}
