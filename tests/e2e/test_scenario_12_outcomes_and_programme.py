"""Scenario 12: inputs with the shares of 2017 become Outcomes and Analysis and a programme: the charts show the shares,
the annexes list every input, nobody and nothing is booked twice, and version 1.1 stays readable after 1.2."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from wsis_testkit.sizes import size

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person

EDITION = "2015"  # a Forum that is over, so that outcomes can be filed
# By stakeholder type: of a hundred inputs those of 2017, of fifty the nearest to them.
COUNTS = size(
    {"civil_society": 16, "government": 12, "international_organization": 11, "private_sector": 8, "academia": 3},
    {"civil_society": 31, "government": 24, "international_organization": 22, "private_sector": 16, "academia": 7},
)
INPUTS = sum(COUNTS.values())
SHARES = {kind: 100 * count / INPUTS for kind, count in COUNTS.items()}  # percent
ACT = act_of("consultation")


@pytest.fixture(scope="module")
def consultation(new_consultation: Any) -> Any:
    """The inputs came in, and the deadline is over."""
    told = new_consultation(
        EDITION,
        inputs=INPUTS,
        by_form=INPUTS * 2 // 3,
        workshops=size(40, 80),
        stalls=6,
        statements=6,
        others=4,
        sessions=size(40, 80),
        rooms=9,
        drafts=0,
        amended=3,
        attachments=0,
    )
    ACT.submit(told.play)
    return told


@pytest.fixture(scope="module")
def first(consultation: Any) -> dict[str, Any]:
    """Outcomes and Analysis 1.1, published."""
    ACT.publish_outcomes(consultation.play)
    return dict(consultation.documents["outcomes 1.1"])


@pytest.fixture(scope="module")
def programme(consultation: Any, visitor: Person) -> dict[str, Any]:
    """The programme as everybody reads it."""
    ACT.plan_sessions(consultation.play)
    ACT.publish_programme(consultation.play)
    return dict(visitor.get(f"{consultation.path}/programme"))


def test_counts_are_the_shares_of_what_came_in(consultation: Any, officer: Person):
    counts = officer.get(f"{consultation.path}/submissions/counts")
    shares = {row["code"]: row["share"] for row in counts["stakeholder_type"] if row["count"]}
    assert counts["total"] == INPUTS
    assert shares == SHARES


def test_the_charts_show_those_shares(first: dict[str, Any]):
    rows = [row for row in first["statistics"]["by_stakeholder_type"] if row["count"]]
    assert {row["codes"][0]: (row["count"], row["percent"]) for row in rows} == {
        kind: (count, SHARES[kind]) for kind, count in COUNTS.items()
    }


def test_the_annexes_list_every_input_once(consultation: Any, first: dict[str, Any], visitor: Person):
    path = f"{consultation.path}/documents/{first['id']}"
    page = visitor.send("GET", f"{path}/page").text
    receipts = [one.receipt["receipt"] for one in consultation.contributions]
    assert [receipt for receipt in receipts if receipt not in page] == []
    assert first["total"] == INPUTS
    # None of what was withdrawn, and no address of anybody.
    assert f"OCP-{EDITION}-{INPUTS + 1:04d}" not in page
    assert not any(one.form["email"] in page for one in consultation.contributions)


def test_every_format_can_be_downloaded(consultation: Any, first: dict[str, Any], visitor: Person):
    path = f"{consultation.path}/documents/{first['id']}/file"
    begins = {format: visitor.send("GET", path, format=format).content[:5] for format in ("pdf", "docx", "html")}
    assert begins["pdf"] == b"%PDF-"
    assert begins["docx"][:2] == b"PK"
    assert begins["html"].lower() == b"<!doc"


def test_no_room_and_nobody_is_booked_twice(consultation: Any, programme: dict[str, Any], officer: Person):
    assert programme["total"] == consultation.volumes.sessions
    assert ACT.figures.double_bookings(programme["sessions"]) == []
    assert [row for row in officer.get(f"{consultation.path}/agenda")["clashes"] if row["hard"]] == []
    # It would show: speakers were proposed for several sessions.
    spoken = Counter(speaker["name"] for row in programme["sessions"] for speaker in row["speakers"])
    assert max(spoken.values()) > 1


def test_a_double_booking_would_be_found(programme: dict[str, Any]):
    one = next(row for row in programme["sessions"] if row["speakers"])
    assert len(ACT.figures.double_bookings([one, {**one, "code": "OTHER"}])) >= 2


def test_each_session_names_the_inputs_it_came_from(consultation: Any, programme: dict[str, Any]):
    known = {one.receipt["receipt"] for one in consultation.contributions}
    assert programme["sessions"]
    assert all(row["receipts"] and set(row["receipts"]) <= known for row in programme["sessions"])


def test_version_1_1_stays_readable_after_1_2(
    consultation: Any, first: dict[str, Any], programme: dict[str, Any], visitor: Person
):
    path = f"{consultation.path}/documents/{first['id']}"
    before = visitor.send("GET", f"{path}/file", format="pdf").content
    ACT.file_outcomes(consultation.play)
    ACT.revise_outcomes(consultation.play)
    listed = [(row["kind"], row["version"]) for row in visitor.get(f"{consultation.path}/documents")["items"]]
    assert sorted(listed) == [("outcomes", "1.1"), ("outcomes", "1.2")]
    assert visitor.send("GET", f"{path}/file", format="pdf").content == before
    assert visitor.get(path)["sha256"] == first["sha256"]
    # The second has what came between: the themes of the programme.
    second = consultation.documents["outcomes 1.2"]
    assert second["sha256"] != first["sha256"]


def test_nothing_that_the_acts_compared_differs(consultation: Any, programme: dict[str, Any]):
    assert consultation.play.misfits == []
