"""Lists of the consultation as files, by the links of the pages that show them; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.pages import Pages

from .meetings.test_desk_pages import PERSON, SAID
from .page_answers import FLOOR, MEETING, REGISTRATION, SUBMISSION
from .page_kit import site
from .programme_answers import SESSION
from .test_pages_desk import CANDIDATE, COUNTS, REPORTED
from .test_pages_desk_more import MANAGED, WRITTEN

DESK = "/en/desk/consultations/2017"
CONTACT = {"receipt": "WSIS-2017-7", "full_name": "Amina Diallo", "email": "amina@example.org"}
GAP = {"dimension": "sdg", "code": "14", "title": "Life below water", "count": 0, "share": 0.0}
GAP |= {"unheard_types": ["government"], "unheard_regions": ["africa"]}
# The page, the file, the call that lists its rows, and a cell of them.
FILES = [
    ("submissions", "submissions", "list_submissions", ("organization", SUBMISSION["organization"])),
    ("submissions", "contacts", "list_contacts", ("email", "amina@example.org")),
    ("submissions", "coverage", "list_coverage", ("title", "Life below water")),
    ("candidates", "candidates", "list_candidates", ("full_name", "Amina Diallo")),
    ("sessions", "sessions", "list_sessions", ("code", SESSION["code"])),
    ("comments", "reported", "list_reported_comments", ("report_count", 2)),
    ("meetings/m1/participants", "participants", "list_participants", ("email", "kofi@gov.example")),
    ("meetings/m1/speakers", "interventions", "list_interventions", ("full_name", "Amina Diallo")),
    ("meetings/m1/audience", "questions", "list_questions", ("full_name", "Léa")),
]
# What the page shows is what the file has.
FILTERS = [
    ("submissions?region=africa&sdg=4&after=x", "submissions", "list_submissions", {"region": "africa", "sdg": 4}),
    ("candidates?state=confirmed&after=x", "candidates", "list_candidates", {"state": "confirmed"}),
    ("sessions?status=accepted&mark=all", "sessions", "list_sessions", {"status": "accepted"}),
    ("comments?state=handled&after=x", "reported", "list_reported_comments", {"state": "handled"}),
]


def listed(*rows: Any) -> dict[str, Any]:
    return {"items": list(rows), "next": None, "total": len(rows)}


@pytest.fixture
def pages() -> Pages:
    return site(
        list_waiting={"items": []},
        record_page=None,
        record_export=None,
        list_submissions=listed({**SUBMISSION, "number": 7, "late": True}),
        count_submissions={"total": 1, "as_of": None, **COUNTS},
        list_contacts=listed(CONTACT),
        list_coverage=listed(GAP),
        list_candidates=listed(CANDIDATE),
        read_balance={"total": 1, "regions": [], "genders": [], "constituencies": []},
        list_duplicates={"items": []},
        list_sessions=listed({**SESSION, "organizers": ["ITU"]}),
        list_reported_comments=listed(REPORTED),
        read_meeting={**MEETING, "phase": None},
        read_managed_meeting=MANAGED,
        list_participants=listed(PERSON),
        list_interventions=listed(SAID),
        list_questions=listed(WRITTEN),
        read_floor=FLOOR,
    ).sign_in("officer")


@pytest.mark.parametrize(("path", "file", "call", "cell"), FILES)
def test_a_list_of_the_desk_is_a_file(pages: Pages, path: str, file: str, call: str, cell: tuple[str, object]) -> None:
    rows = pages.workbook(f"{DESK}/{path}", file)
    name, value = cell
    assert [row[name] for row in rows] == [value]
    assert pages.sent(call)[-1].get("state") in (None, "open", "received"), "no filter that nobody has chosen"
    assert pages.sent("record_export"), "who took it is in the audit"


@pytest.mark.parametrize(("path", "file", "call", "filters"), FILTERS)
def test_a_file_has_the_rows_that_the_filters_of_its_page_choose(
    pages: Pages, path: str, file: str, call: str, filters: dict[str, object]
) -> None:
    assert pages.workbook(f"{DESK}/{path}", file)
    asked = pages.sent(call)[-1]
    assert {name: asked[name] for name in filters} == filters
    assert asked["after"] is None, "from the first row on"


@pytest.mark.parametrize("path", [f"{path}?file={file}" for path, file, *_ in FILES])
def test_files_of_the_desk_are_for_those_who_may_read_them(pages: Pages, path: str) -> None:
    assert pages.sign_in("member").get(f"{DESK}/{path}").status == 403
    pages.cookies.clear()
    assert pages.get(f"{DESK}/{path}").address.startswith("/en/sign-in?next=")
    assert pages.sent("record_export") == []


def test_an_agency_gets_the_list_of_what_it_reads_and_nobody_s_address(pages: Pages) -> None:
    pages.sign_in("member", "agency")
    assert pages.workbook(f"{DESK}/submissions", "submissions")
    shown = pages.get(f"{DESK}/submissions")
    assert [link for link in shown.all("//main//a/@href") if "file=contacts" in link or "file=coverage" in link] == []
    for file in ("contacts", "coverage"):
        assert pages.get(f"{DESK}/submissions?file={file}").status == 403


def test_a_participant_gets_the_badge(pages: Pages) -> None:
    pages.bus.answers |= {
        "consultation.read_registration": {**REGISTRATION, "state": "registered", "mode": "on_site"},
        "consultation.read_badge": {"text": "<svg>0007</svg>", "filename": "badge.svg"},
    }
    badge = pages.sign_in("member").file("/en/consultations/2017/meetings/m1/registration", "badge")
    assert badge.headers["content-type"].startswith("image/svg+xml")
    assert "0007" in badge.html
