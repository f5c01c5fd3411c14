from __future__ import annotations

from contextlib import suppress
from typing import Any

from wsis_shared.errors import Unavailable
from wsis_testkit import actor, crash_at, wait_for

BODY = {"kind": "outcomes", "as_of": None, "version": None, "merge_academia_technical": True, "languages": ["en"]}
CASES = "wsis_consultation.documents.use_cases.building:BuildingCases"


def test_a_version_is_built_once_although_the_service_dies(
    serve: Any, database: Any, inputs_2017: list[dict[str, Any]]
) -> None:
    """It dies after the model was frozen, and again after the files were stored, each time before the step is."""
    db = database("consultation")
    db["submissions"].insert_many([dict(row) for row in inputs_2017[:3]])
    first = serve("consultation", seed=True, **crash_at(f"{CASES}._freeze:after"))
    with suppress(Unavailable):  # it may die before its response is sent
        first.call("start_document", actor("officer"), edition="2017", body=BODY)
    assert first.process.wait(30) == 137
    assert serve("consultation", wait=False, **crash_at(f"{CASES}._render:after")).process.wait(60) == 137
    last, officer = serve("consultation"), actor("officer")

    def built() -> Any:
        items = last.call("list_document_versions", officer, edition="2017")["items"]
        job = next(iter(db["jobs"].find({"kind": "build_document"})))
        return items if job["state"] == "succeeded" else None

    [version] = wait_for(built, 60, "the document")
    assert (version["version"], version["total"], version["outdated"]) == ("1.0", 3, [])
