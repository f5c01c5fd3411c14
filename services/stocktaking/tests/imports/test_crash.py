"""The process dies before each write and after each commit of an import, and of its reversal: what resumes leaves what
an undisturbed one leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wsis_testkit.interruptions import InProcess, die_at, places_of

from ..import_kit import AT, OFFICER, Importing


def check_resumes(service: InProcess, work: Callable[[], Any], check: Callable[[], Any]) -> None:
    """The work dies at each place, and runs again."""
    before = service.documents()
    total = places_of(work)
    wanted = service.content()
    check()
    died = 0
    for place in range(1, total + 1):
        service.restore(before)
        died += die_at(place, work)  # a fast run announces its progress less often
        work()
        assert service.content() == wanted, f"after the end at place {place} of {total}"
    assert died > total // 2


def test_an_import_resumes_behind_what_is_stored(service: InProcess, importing: Importing) -> None:
    rows = importing.rows(5)
    rows[3]["kind"] = "party"
    importing.start(rows)

    def check() -> None:
        assert service.db["entries"].count_documents({}) == 4
        assert service.db["refused_rows"].count_documents({}) == 1
        assert service.db["import_changes"].count_documents({}) == 4

    check_resumes(service, lambda: service.run("import_entries"), check)


def test_a_reversal_resumes_behind_what_is_undone(service: InProcess, importing: Importing) -> None:
    importing.run(importing.rows(3))
    done = importing.run([{**row, "keywords": ["new"]} for row in importing.rows(5)])
    assert (done["counts"]["updated"], done["counts"]["created"]) == (3, 2)
    body = {"reason": "The wrong file"}
    service.call("start_import_reversal", OFFICER, at=AT, key="undo", id=done["_id"], body=body)

    def check() -> None:
        assert service.db["entries"].count_documents({"visibility": "withdrawn"}) == 2
        assert service.db["entries"].count_documents({"visibility": "public", "revision": 3}) == 3

    check_resumes(service, lambda: service.run("reverse_import"), check)
