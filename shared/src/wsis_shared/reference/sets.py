"""Reference sets: lists of codes with titles, which the gateway serves under `/v1/reference`.

A plugin declares its own beside those of every suite:

    reference=(
        ReferenceSet("project_states", "wsis_prizes.projects.rules.projects:state_rows", "States of projects"),
        ReferenceSet("pledge_states", "wsis_partnerships.rules.pledges:STATES", "States", titles="pages.choice_state_"),
    )

The function takes no argument and returns the rows, each a mapping with `code` (text), `title` (language -> text) and
whatever else belongs to it, as JSON has it. With `titles` it is no function, but the codes as the rules define them:
their titles are the texts that pages say them in. The gateway loads both, without the service's libraries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from wsis_shared.json_types import Input
from wsis_shared.reference.goals import sdgs
from wsis_shared.reference.lines import action_lines
from wsis_shared.reference.places import countries, itu_region_of, itu_regions
from wsis_shared.reference.stakeholders import agencies as delivered_agencies
from wsis_shared.reference.stakeholders import stakeholder_types as types
from wsis_shared.reference.texts import language_name
from wsis_shared.reference.texts import languages as supported
from wsis_shared.resources import load_object
from wsis_shared.translations import by_key

Row = Input


@dataclass(frozen=True)
class ReferenceSet:
    """`items` names the function ("package.module:function"), or the codes where there are `titles`: the part of the
    package's texts and what stands before the code in a key, "pages.state_". `filters` are the fields that a query may
    narrow by equality, for example `?region=africa`; a value that no row has is refused."""

    name: str
    items: str
    summary: str
    filters: tuple[str, ...] = ()
    titles: str = ""

    def load(self) -> tuple[Row, ...]:
        """The rows, as the function returns them. Raises KeyError for a code without a title."""
        items = load_object(self.items)
        if not self.titles:
            return tuple(items())
        part, _, prefix = self.titles.partition(".")
        texts = by_key(self.items.partition(".")[0], part)
        return tuple({"code": str(code), "title": texts[f"{prefix}{code}"]} for code in items)


class Declares(Protocol):
    """The part of a manifest that speaks of reference data."""

    @property
    def reference(self) -> tuple[ReferenceSet, ...]: ...


def country_rows() -> Iterator[Row]:
    """ISO 3166-1: code, codes of three letters and of digits, the ITU region or null."""
    for item in countries():
        yield {
            "code": item.code,
            "title": dict(item.title),
            "alpha_3": item.alpha_3,
            "numeric": item.numeric,
            "region": itu_region_of(item.code),
        }


def region_rows() -> Iterator[Row]:
    """The six ITU regions with their members, and the territories that statistics file with them."""
    for item in itu_regions():
        yield {
            "code": item.code,
            "title": dict(item.title),
            "countries": list(item.countries),
            "territories": list(item.territories),
        }


def stakeholder_type_rows() -> Iterator[Row]:
    """Types with the processes that take them."""
    for item in types():
        yield {"code": item.code, "title": dict(item.title), "processes": list(item.processes)}


def goal_rows() -> Iterator[Row]:
    """The 17 goals with the codes of their targets ("8.10" is text)."""
    for item in sdgs():
        yield {
            "code": str(item.number),
            "title": dict(item.title),
            "number": item.number,
            "colour": item.colour,
            "targets": list(item.targets),
        }


def action_line_rows() -> Iterator[Row]:
    """The 18 lines, with their facilitators and sub-themes."""
    for item in action_lines():
        yield {
            "code": item.code,
            "title": dict(item.title),
            "number": item.number,
            "parent": item.parent,
            "lead_facilitators": list(item.lead_facilitators),
            "co_facilitators": list(item.co_facilitators),
            "sub_themes": [{"code": theme.code, "title": dict(theme.title)} for theme in item.sub_themes],
        }


def agency_rows() -> Iterator[Row]:
    """Agencies of the UN system, whose names are English alone; `code` is what the role `agency` names."""
    for item in delivered_agencies():
        yield {"code": item.slug, "title": {"en": item.name}, "acronym": item.acronym, "role": item.role}


def language_rows() -> Iterator[Row]:
    """The seven languages, with their own names and their directions."""
    for item in supported():
        titles = {reader.code: language_name(item.code, reader.code) for reader in supported()}
        yield {"code": item.code, "title": titles, "native": item.native, "direction": item.direction}


_HERE = __name__
CORE = (
    ReferenceSet("action_lines", f"{_HERE}:action_line_rows", "WSIS Action Lines", filters=("parent",)),
    ReferenceSet("agencies", f"{_HERE}:agency_rows", "Agencies of the UN system", filters=("role",)),
    ReferenceSet("countries", f"{_HERE}:country_rows", "Countries by ISO 3166-1", filters=("region",)),
    ReferenceSet("goals", f"{_HERE}:goal_rows", "Sustainable Development Goals and their targets"),
    ReferenceSet("languages", f"{_HERE}:language_rows", "Languages of the suite"),
    ReferenceSet("regions", f"{_HERE}:region_rows", "Regions of the ITU"),
    ReferenceSet("stakeholder_types", f"{_HERE}:stakeholder_type_rows", "Types of stakeholders"),
)


def sets_of(plugins: Iterable[Declares]) -> dict[str, ReferenceSet]:
    """The sets by name: those of every suite, then the plugins' own, which cannot take a name that is used."""
    found = {item.name: item for item in CORE}
    for plugin in plugins:
        for item in plugin.reference:
            found.setdefault(item.name, item)
    return dict(sorted(found.items()))
