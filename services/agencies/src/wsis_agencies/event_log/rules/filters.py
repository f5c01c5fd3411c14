"""Which public events a reader of the log wants: filters by type and by facet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wsis_shared.facets import FACETS

from wsis_agencies.event_log.rules.log import NewRow

Filters = Mapping[str, Sequence[object]]


def matches(row: NewRow, filters: Filters) -> bool:
    """Whether an event of the log passes.

    `filters` are lists of `types` (the CloudEvents type), `action_lines`, `sdgs`, `regions` and `languages`. An empty
    or missing list accepts everything, and so does an event without that facet: a changed deadline concerns all lines.
    """
    types = filters.get("types")
    return (not types or row["type"] in types) and all(
        _meets(row["facets"].get(name), filters.get(name)) for name in FACETS
    )


def unknown_types(filters: Filters, known: Collection[str]) -> list[str]:
    """The types that it names and that nobody publishes: a typing error, or a service that is not installed yet."""
    return [str(type) for type in filters.get("types") or () if type not in known]


def _meets(values: Sequence[object] | None, wanted: Sequence[object] | None) -> bool:
    return not values or not wanted or any(value in wanted for value in values)
