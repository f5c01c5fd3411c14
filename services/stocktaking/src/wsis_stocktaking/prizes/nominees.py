"""From a nominee's page of the WSIS Prizes to the content of an entry.

The page is another service's: it passes the schema that all contents pass. What the register takes and the page cannot
give (dates, sub-themes) stays open; the owner completes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from marshmallow import ValidationError
from wsis_shared import reference
from wsis_shared.json_types import Input

from wsis_stocktaking.prizes.rules import language_of
from wsis_stocktaking.register.rules.contents import DESCRIPTION_LENGTH, NAME_LENGTH, TITLE_LENGTH, Content, normalise
from wsis_stocktaking.register.schemas import ContentBody, WebLinkBody

# The parts of the page that say what the project does, in the order in which they are read.
_TEXTS = ("short_description", "impact", "partnerships", "challenges")


def content_of(page: Input) -> Content:
    """The content of an entry from the page of a nominee (`prizes.read_nominee`). Raises ValidationError."""
    language = page.get("language") or language_of(f"{page['title']} {page.get('short_description') or ''}")
    countries = _countries(page)
    loaded: Content = ContentBody().load(
        {
            "title": {language: page["title"][:TITLE_LENGTH]},
            "description": {language: _description(page)},
            "original_language": language,
            "organization": {
                "name": page["organization"][:NAME_LENGTH],
                "type": _stakeholder_type(page),
                "country": page["country"],
                "website": None,
            },
            "kind": "project",
            "coverage": _coverage(countries),
            "countries": countries,
            "regions": [],
            # The contest takes projects of which at least a phase is completed; most go on.
            "status": "ongoing",
            "action_lines": [{"line": page["category"], "sub_themes": []}],
            "sdgs": [link["sdg"] for link in page.get("sdgs") or []],
            "targets": [target for link in page.get("sdgs") or [] for target in link.get("targets") or []],
            "links": list(_links(page.get("website"))),
        }
    )
    return normalise(loaded)


def _description(page: Input) -> str:
    """The texts of the page, as many whole ones as an entry may have; of a first that is too long, its beginning."""
    parts = [text.strip() for name in _TEXTS if (text := page.get(name))]
    found = parts[0][:DESCRIPTION_LENGTH] if parts else page["title"]
    for part in parts[1:]:
        if len(found) + len(part) + 2 > DESCRIPTION_LENGTH:
            break
        found = f"{found}\n\n{part}"
    return str(found)


def _countries(page: Input) -> list[str]:
    named = page.get("countries") or [page["country"]]
    return sorted({code for code in named if reference.is_country(code)})


def _coverage(countries: list[str]) -> str:
    if len(countries) < 2:
        return "national"
    return "regional" if len({reference.itu_region_of(code) for code in countries}) == 1 else "international"


def _stakeholder_type(page: Input) -> str:
    known = page.get("stakeholder_type")
    return str(known) if known in {kind.code for kind in reference.stakeholder_types()} else "civil_society"


def _links(website: str | None) -> Iterable[Input]:
    """The website of the project; an address that the register does not take is left out."""
    if website:
        with suppress(ValidationError):
            yield WebLinkBody().load({"url": website, "title": None})
