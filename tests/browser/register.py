"""An entry with two revisions, a saved search, a report and a dry run: what the pages of the register show."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from wsis_demo import phases

if TYPE_CHECKING:
    from wsis_demo.client import Person

CONTENT = {
    "description": {"en": "Adults learn to write programs.", "ar": "يتعلم الكبار كتابة البرامج."},
    "original_language": "en",
    "organization": {"name": "Network of schools", "type": "civil_society", "country": "RW"},
    "kind": "training_initiative",
    "coverage": "national",
    "countries": ["RW"],
    "status": "ongoing",
    "start_date": "2016-01-01",
    "action_lines": [{"line": "C4", "sub_themes": []}],
    "sdgs": [4],
}
ROWS = (
    ("import_key", "title.en", "description.en", "organization.name", "organization.type", "countries", "kind")
    + ("coverage", "status", "action_lines", "sdgs", "start_date", "Remarks"),
    *(
        (
            str(number),
            f"Course {number}",
            "Adults learn to write programs.",
            "Network of schools",
            "civil_society",
            "RW",
        )
        + (kind, "national", "ongoing", "C4", "4", "2016-01-01", "By phone")
        for number, kind in enumerate(("training_initiative", "training_initiative", "none such"))
    ),
)


def open_register(officer: Person, owner: Person) -> dict[str, str]:
    """A value for each variable in the addresses of its pages."""
    entry = owner.post("/v1/entries", {"content": {**CONTENT, "title": {"en": "Evening school", "ar": "مدرسة مسائية"}}})
    publish(officer, owner, entry)
    path = f"/v1/me/entries/{entry['id']}"
    changed = {**CONTENT, "title": {"en": "Evening school of coding", "ar": "مدرسة مسائية"}}
    publish(officer, owner, owner.put(path, {"version": owner.get(path)["version"], "content": changed}))
    other = owner.post("/v1/entries", {"content": {**changed, "countries": ["KE"]}})
    publish(officer, owner, other)
    search = owner.post("/v1/me/saved-searches", {"name": "Schools", "query": {"q": "school"}, "mail": "none"})
    return {
        "entry": str(entry["id"]),
        "one": str(entry["id"]),
        "other": str(other["id"]),
        "search": str(search["id"]),
        "proposal": _propose(officer),
        "report": _publish_report(officer),
        "run": _try_import(officer),
        "/desk/entries/search": "/desk/entries/search?q=school",
        "/desk/entries/{entry}/owner": f"/desk/entries/{entry['id']}/owner?q=example",
        "/desk/matrix/new": "/desk/matrix/new?line=C4&goal=4",
    }


def publish(officer: Person, owner: Person, entry: dict[str, Any]) -> None:
    """The owner submits it, the officer approves."""
    owner.post(f"/v1/me/entries/{entry['id']}/submission", {"version": entry["version"]})
    review = f"/v1/entry-reviews/{entry['id']}"
    decision = {"version": officer.get(review)["version"], "decision": "approve", "reason": None}
    officer.put(f"{review}/decision", decision)


def _propose(officer: Person) -> str:
    change = {"sdg": 6, "action": "add", "targets": ["6.4"], "rationale": {"en": "Sensors save water."}}
    body = {"line": "C7.e-agriculture", "justification": "Pages to look at", "changes": [change]}
    return str(officer.post("/v1/matrix-proposals", body)["proposal"])


def _try_import(officer: Person) -> str:
    """A dry run of a table with two new entries and a refused row."""
    written = io.StringIO()
    csv.writer(written).writerows(ROWS)
    tried = officer.upload(
        "/v1/entry-imports", written.getvalue().encode(), "courses.csv", "text/csv", source="rw", dry_run=True
    )
    for _ in officer.follow(f"/v1/jobs/{tried['id']}"):
        pass
    return str(tried["id"])


def _publish_report(officer: Person) -> str:
    period = {"start": "2016-01-01", "end": phases.now().date().isoformat(), "basis": "active"}
    built = officer.post("/v1/stocktaking-reports", {"kind": "global", "period": period, "languages": ["en"]})
    officer.put(f"/v1/stocktaking-report-versions/{built['report']}/publication", {"reason": "Pages to look at"})
    return str(built["report"])
