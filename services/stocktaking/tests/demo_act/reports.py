"""The global report and that of the Arab States: built as jobs, published, left behind as files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

from wsis_shared import reference

from wsis_demo import phases
from wsis_demo.play import Mismatch, Play

from . import state
from .state import Stocktaking

REGION = "arab_states"
SINCE = "2003-12-10"  # the first day of the Summit in Geneva
FIRST_YEARS = {"start": "2004-01-01", "end": "2005-12-31", "basis": "active"}  # between Geneva and Tunis
SIGNATURES = {"pdf": b"%PDF-", "docx": b"PK", "html": b"<!"}


def publish_reports(play: Play) -> str:
    """One of all activities of a region, one of the world between the two phases of the Summit."""
    told, now = state.of(play), phases.now()
    # The generated register says when its activities run, and not when their organizations last spoke of them.
    period = {"start": SINCE, "end": now.date().isoformat(), "basis": "active"}
    told.reports["regional"] = _publish(
        told,
        {
            "kind": "regional",
            "region": REGION,
            "period": period,
            "as_of": now.isoformat(),
            "languages": list(told.languages),
        },
    )
    told.reports["global"] = _publish(
        told, {"kind": "global", "period": FIRST_YEARS, "as_of": now.isoformat(), "languages": ["en"]}
    )
    _compare(told)
    shown = [f"{kind} {row['version']} with {row['total']} entries" for kind, row in told.reports.items()]
    told.say(f"reports: {'; '.join(shown)}; matrix {told.reports['regional']['matrix']}")
    told.say(f"see {told.folder}")
    return f"{', '.join(shown)}; left in {_leave(told)}"


def _publish(told: Stocktaking, body: Mapping[str, Any]) -> dict[str, Any]:
    built = told.play.officer.post("/v1/stocktaking-reports", dict(body))
    path = f"/v1/stocktaking-report-versions/{built['report']}"
    version = told.play.officer.put(f"{path}/publication", {"reason": "Approved by the secretariat"})
    if version["missing_characters"]:
        told.differs(f"{built['report']} lacks the characters {version['missing_characters'][:10]}")
    public: dict[str, Any] = told.play.suite.visitor.get(f"/v1/stocktaking-reports/{built['report']}")
    return public


def model(told: Stocktaking, report: Mapping[str, Any]) -> dict[str, Any]:
    """What a report is made of."""
    found: dict[str, Any] = json.loads(gzip.decompress(_file(told, report, "json", report["languages"][0])))
    return found


def entries_outside(told: Stocktaking) -> list[str]:
    """Entries of the regional report that do not lie in its region: 22 ITU Arab States, State of Palestine included."""
    inside = {
        code for code in (country.code for country in reference.countries()) if reference.itu_region_of(code) == REGION
    }
    return [
        entry["entry"]
        for entry in _entries(model(told, told.reports["regional"]))
        if not inside & set(entry["countries"]) and not (entry["coverage"] == "regional" and REGION in entry["regions"])
    ]


def _entries(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from found["entries"]


def _compare(told: Stocktaking) -> None:
    if outside := entries_outside(told):
        told.differs(f"{len(outside)} entries of the regional report lie outside {REGION}")
    listed = len(list(_entries(model(told, told.reports["regional"]))))
    if listed != told.reports["regional"]["total"]:
        told.differs(f"{told.reports['regional']['total']} entries in the regional report, {listed} in its model")
    if "@" in json.dumps(model(told, told.reports["global"])):
        told.differs("an address stands in the global report")


def _file(told: Stocktaking, report: Mapping[str, Any], format: str, language: str) -> bytes:
    path = f"/v1/stocktaking-reports/{report['id']}/file"
    response = told.play.suite.visitor.send("GET", path, format=format, language=language)
    if response.is_error:
        raise Mismatch(f"{path} {format} {language}: {response.status_code}")
    return response.content


def _leave(told: Stocktaking) -> str:
    """Copy all files out of the suite."""
    for report in told.reports.values():
        for language in report["languages"]:
            for format, signature in SIGNATURES.items():
                content = _file(told, report, format, language)
                if not content.lstrip().lower().startswith(signature.lower()):
                    told.differs(f"{report['id']} in {language} is no {format}")
                (told.folder / f"{report['id']}-{language}.{format}").write_bytes(content)
    return str(told.folder)
