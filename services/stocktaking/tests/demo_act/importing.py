"""An officer imports the register from a file; its first rows once more change nothing."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from itertools import islice
from typing import Any

from wsis_shared import reference

from wsis_demo.play import Mismatch, Play

from . import state
from .state import Stocktaking

LINE, GOAL, REGION = "C7.e-agriculture", 2, "africa"
FILTERS = {"action_line": LINE, "sdg": str(GOAL), "region": REGION}  # of scenario 14
# Rows that are refused: what they say instead, and the field that the report names.
BROKEN = (
    ({"action_lines": "C99"}, "action_lines"),
    ({"organization.country": "XX"}, "organization.country"),
    ({"start_date": "31/01/2010"}, "start_date"),
)


FIRST = 500  # rows of a dry run, and of those that are imported again


def import_register(play: Play) -> str:
    """A CSV of the whole register with a few broken rows; before, a dry run of its first rows changes nothing."""
    told = state.of(play)
    made = state.generator().entries(told.count, play.seed)
    told.contents = {f"E{play.edition}-{key}": content for key, content in made}
    told.totals_before = {"": told.total(), "scenario": told.total(**FILTERS)}
    dry = _import(told, _csv(told, FIRST), dry_run=True)["counts"]
    if dry["created"] != min(FIRST, told.count) or told.total() != told.totals_before[""]:
        told.differs(f"a dry run counts {dry}, or has changed the register")
    content = _csv(told)
    began = time.monotonic()
    done = _import(told, content)
    seconds = time.monotonic() - began
    _compare(told, done)
    rows, counts = done["rows"], done["counts"]
    told.say(
        f"{rows} rows imported in {seconds:.1f} s ({rows / seconds:.0f} rows/s): {counts['created']} created, "
        f"{counts['refused']} refused"
    )
    return f"{rows} rows in {len(content) / 1e6:.1f} MB, {counts['created']} entries, {counts['refused']} refused"


def import_again(play: Play) -> str:
    """The first rows once more change nothing."""
    told = state.of(play)
    before = told.total()
    counts = _import(told, _csv(told, FIRST))["counts"]
    if (counts["created"], counts["updated"], counts["unchanged"]) != (0, 0, min(FIRST, told.count)):
        told.differs(f"the second import counts {counts}")
    if told.total() != before:
        told.differs("the second import has changed the number of entries")
    return f"{counts['unchanged']} rows unchanged"


def expected(told: Stocktaking) -> int:
    """How many imported entries the search of scenario 14 must find, counted from the file alone."""
    return sum(fits(content) for content in told.contents.values())


def fits(content: Mapping[str, Any]) -> bool:
    """Whether an imported entry belongs to the search of scenario 14."""
    regions = {reference.itu_region_of(code) for code in content["countries"]} | set(content["regions"])
    lines = {named["line"] for named in content["action_lines"]}
    return LINE in lines and GOAL in content["sdgs"] and REGION in regions


def _csv(told: Stocktaking, count: int | None = None) -> bytes:
    """The first so many rows, or all, with the broken ones behind them."""
    generated, out = state.generator(), io.StringIO(newline="")
    rows = [generated.row(key, content) for key, content in islice(told.contents.items(), count)]
    broken = [{**rows[0], "import_key": f"broken-{n}", **change} for n, (change, _) in enumerate(BROKEN)]
    writer = csv.DictWriter(out, generated.COLUMNS, restval="")
    writer.writeheader()
    writer.writerows([*rows, *broken])
    return out.getvalue().encode()


def _import(told: Stocktaking, content: bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """Follow the job to its end; returns the import."""
    officer = told.play.officer
    job = officer.upload(
        "/v1/entry-imports",
        content,
        "register.csv",
        "text/csv",
        source="itu",
        dry_run=dry_run,
        reason="The existing register",
    )
    for _ in officer.follow(f"/v1/jobs/{job['id']}"):
        pass
    found: dict[str, Any] = officer.get(f"/v1/entry-imports/{job['id']}")
    if found["state"] != "completed":
        raise Mismatch(f"the import has ended as {found['state']}: {found['refusal']}")
    return found


def _compare(told: Stocktaking, done: Mapping[str, Any]) -> None:
    counts = done["counts"]
    if sum(counts.values()) != done["rows"] or done["rows"] != told.count + len(BROKEN):
        told.differs(f"{done['rows']} rows of {told.count + len(BROKEN)}, counted as {counts}")
    refusals = list(told.play.officer.each(f"/v1/entry-imports/{done['id']}/refusals"))
    where = {(row["row"], row["field"].partition(".")[0]) for row in refusals}
    first = told.count + 2  # behind the header
    wanted = {(first + number, field.partition(".")[0]) for number, (_, field) in enumerate(BROKEN)}
    if where != wanted:
        told.differs(f"rows {sorted(wanted)} are broken, the report refuses {sorted(where)}")
    last = done["last_sequence"] or 0
    grown = told.total(min_sequence=last) - told.totals_before[""]
    if grown != counts["created"]:
        told.differs(f"{counts['created']} entries created, the search finds {grown} more")
