"""What the composer shows of an issue: in which languages its parts are written, and which part comes next."""

from __future__ import annotations

from collections.abc import Mapping

from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.schemas import LOCALES

from wsis_notifications.issues.rules.contents import written_in
from wsis_notifications.issues.rules.lifecycle import STATES


def states(_values: Input, _locale: str) -> JsonObject:
    """The states of issues, in their order."""
    return {"states": STATES}


def coverage(values: Input, _locale: str) -> JsonObject:
    """Its languages, and of each section in which of them it is written; `head` is the same of title and summary."""
    content = values["draft"]["content"]
    codes = _codes(content)
    rows = [
        {
            "id": section["id"],
            "kind": section["kind"],
            "title": section["title"].get(content["language"]) or next(iter(section["title"].values()), ""),
            "written": {code: written_in(section, code) for code in codes},
        }
        for section in content["sections"]
    ]
    return {"codes": codes, "rows": rows, "head": {code: bool(content["title"].get(code)) for code in codes}}


def head(values: Input, _locale: str) -> JsonObject:
    """The languages to write in."""
    return {"codes": _shown(values), "all_codes": _codes(values["draft"]["content"]), "source": _source(values)}


def section(values: Input, _locale: str) -> JsonObject:
    """The section with its place, those around it, and the languages to write in. Raises NotFound."""
    sections = values["draft"]["content"]["sections"]
    places = {each["id"]: place for place, each in enumerate(sections)}
    if values["section"] not in places:
        raise NotFound("notifications.section_unknown", section=values["section"])
    place = places[values["section"]]
    following = sections[place + 1]["id"] if place + 1 < len(sections) else ""
    return {
        "part": sections[place],
        "place": place + 1,
        "following": following,
        "codes": _shown(values),
        "all_codes": _codes(values["draft"]["content"]),
        "source": _source(values),
        "pictures": {image["id"]: _size(number, image) for number, image in enumerate(values["draft"]["images"], 1)},
    }


def _size(number: int, image: Input) -> str:
    """A picture in a list: its place, and pixels unless a former version stored it."""
    return f"{number}: {image['width']} × {image['height']}" if image.get("width") else str(number)


def _codes(content: Input) -> list[str]:
    """The main language, then the others in which the issue shall be written, or is."""
    written = {code for texts in _texts(content) for code in texts}
    wanted = {*written, *content["languages"]}
    main = content["language"]
    return [main, *(code for code in LOCALES if code in wanted and code != main)]


def _texts(content: Input) -> list[Mapping[str, str]]:
    parts = [content["title"], content["summary"]]
    for section in content["sections"]:
        parts += [section["title"], section["text"]]
    return parts


def _shown(values: Input) -> list[str]:
    only = values["query"].get("into")
    return [only] if only else _codes(values["draft"]["content"])


def _source(values: Input) -> str:
    """The language to read beside the one to write in; empty where all are shown."""
    only, main = values["query"].get("into"), values["draft"]["content"]["language"]
    return main if only and only != main else ""
