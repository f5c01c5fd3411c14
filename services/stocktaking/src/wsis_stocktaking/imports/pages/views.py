"""What the pages of imports make of them: what each row did or would do, and what can be done with it."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import long_date
from wsis_shared.mapping.documents import PROPOSED
from wsis_shared.tables import ENCODING_NAMES

from wsis_stocktaking.entries.pages.views import differences
from wsis_stocktaking.imports.pages.mapping import label_of
from wsis_stocktaking.imports.rules.imports import COUNTS


def listed(_values: Input, _locale: str) -> JsonObject:
    """`encodings` that may be named."""
    return {"encodings": ENCODING_NAMES}


def one(values: Input, locale: str) -> JsonObject:
    """`counts` by what rows do, `changed` rows with their `rows` before and after, and what `may` be done."""
    found = values["found"]
    counts = {name: found["counts"].get(name, 0) for name in COUNTS}
    completed = found["state"] == "completed"
    has_file = found.get("file_until") and not found.get("application")
    does = sum(counts[name] for name in ("created", "updated", "proposed"))
    return {
        "counts": list(counts.items()),
        "refused": counts["refused"],
        "changed": [
            {**change, "rows": [_dated(row, locale) for row in differences(change["differences"], locale)]}
            for change in values["changes"]["items"]
        ],
        "may_apply": bool(
            has_file and found.get("mapping_state") != PROPOSED and does and not found.get("second_officer")
        ),
        "waits_for_other": bool(has_file and does and found.get("second_officer")),
        "may_map": bool(has_file and found.get("format") != "json"),
        "values": [{**row, "label": label_of(row["field"])} for row in values["unread"]["items"]],
        "may_undo": completed and not found["dry_run"] and not found["reversal"] and bool(does),
    }


def _dated(row: JsonObject, locale: str) -> JsonObject:
    """A difference with its days as people write them."""
    if row["name"] != "last_updated_at":
        return row
    return {**row, **{side: _days(row[side], locale) for side in ("before", "after")}}


def _days(moments: object, locale: str) -> list[str]:
    given = moments if isinstance(moments, list) else []
    return [long_date(clock.to_geneva(clock.parse(moment)), locale) for moment in given]
