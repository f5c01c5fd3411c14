"""What pages make of a meeting."""

from __future__ import annotations

from wsis_shared import clock, reference
from wsis_shared.json_types import Input

ZONE = "Europe/Zurich"

MORE_ITEMS = 3  # empty lines of the agenda


def registration(values: Input, locale: str) -> Input:
    """The registration that holds; the languages and the items of the agenda for which one may ask for the floor."""
    own, meeting = values["registration"], values["meeting"]
    return {
        "own": own if own and own["state"] != "cancelled" else None,
        "zone": own["time_zone"] if own else ZONE,
        "spoken": {each.code: each.native for each in reference.languages()},
        "items": _items(meeting),
        **audience(values, locale),
    }


def audience(values: Input, locale: str) -> Input:
    """The show of hands that is open, or None; whether the meeting is over."""
    shows = (values["floor"] or {}).get("shows_of_hands") or []
    return {"open_show": next((show for show in shows if show["closed_at"] is None), None), **ending(values, locale)}


def _items(meeting: Input) -> dict[str, str]:
    return {str(number): item["title"] for number, item in enumerate(meeting["agenda"], start=1)}


def new_meeting(_values: Input, _locale: str) -> Input:
    """No meeting yet, and empty lines for its agenda."""
    return {"meeting": None, "managed": None, "items": [{}] * MORE_ITEMS}


def arranging(values: Input, _locale: str) -> Input:
    """The items of the agenda, with empty lines for further ones."""
    return {"items": [*values["managed"]["agenda"], *[{}] * MORE_ITEMS]}


def floor(values: Input, _locale: str) -> Input:
    """Those who wait, in the order in which they speak; the suggested order, and whether it is another one."""
    asking = {row["id"]: row for row in values["asking"]["items"]}
    order = [row["id"] for row in (values["floor"] or {"waiting": ()})["waiting"]]
    queue = [asking[id] for id in [*order, *(id for id in asking if id not in order)] if id in asking]
    suggested = [asking[id] for id in values["suggestion"]["order"] if id in asking]
    return {
        "queue": queue,
        "suggested": suggested,
        "differs": queue != suggested,
        "items": _items(values["meeting"]),
    }


def ending(values: Input, _locale: str) -> Input:
    """Whether the meeting is over: nobody is registered for it, reminded of it, or speaks."""
    meeting = values["meeting"]
    return {"over": meeting["state"] == "cancelled" or clock.now() >= clock.parse(meeting["end"])}


def speakers(values: Input, _locale: str) -> Input:
    """Who may be given the floor, by id, with the number of the badge; and the items of the agenda."""
    found = (values["participants"] or {}).get("items", ())
    return {
        "people": {row["id"]: f"{row['full_name']} · {row['number']}" for row in found},
        "items": _items(values["meeting"]),
    }
