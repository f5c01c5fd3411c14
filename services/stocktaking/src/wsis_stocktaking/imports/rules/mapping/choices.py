"""What a person may choose for the columns and values of a register."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.mapping.confirming import Fields

from wsis_stocktaking.imports.rules.mapping import values
from wsis_stocktaking.imports.rules.mapping.fields import DATES, GROUPS, LISTS
from wsis_stocktaking.imports.rules.mapping.vocabulary import of

NEEDED = (
    "title",
    "description",
    "organization.name",
    "organization.type",
    "kind",
    "coverage",
    "status",
    "action_lines",
)


def codes_of(field: str) -> frozenset[str]:
    """The codes that a value of a field can mean; a country may be a region."""
    groups = ("countries", "regions") if field in ("countries", "regions") else (GROUPS[field],)
    found = frozenset(code for group in groups for codes in of(group).codes.values() for code in codes)
    if field == "sdgs":
        return found | {target for goal in reference.sdgs() for target in goal.targets}
    return found


CHOICES = Fields(NEEDED, LISTS, GROUPS, DATES, codes_of, lambda field: values.finder(field, {}), values.likely)
