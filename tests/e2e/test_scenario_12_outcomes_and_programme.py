"""Scenario 12: inputs with the shares of 2017 become Outcomes and Analysis and a programme: the charts show the shares,
the annexes list every input, nobody and nothing is booked twice, and version 1.1 stays readable after 1.2.

The demonstration plays it, and `services/consultation/tests/demo_act` compares: counts with what was sent, annexes with
receipts, the signature of each file, hard clashes, the bytes of 1.1 before and after 1.2. Here is what it left.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person

ACT = act_of("consultation")


@pytest.fixture(scope="module")
def consultation(demo: Any) -> Any:
    """All that the acts know; what they compared fits."""
    assert demo.err == ""
    return ACT.state.of(demo.play)


@pytest.fixture(scope="module")
def sessions(consultation: Any, visitor: Person) -> list[dict[str, Any]]:
    """The programme as everybody reads it."""
    return list(visitor.get(f"{consultation.path}/programme")["sessions"])


def test_counts_and_charts_show_the_shares_of_2017(consultation: Any, officer: Person):
    inputs = consultation.volumes.inputs
    shares = {kind: (count, 100 * count / inputs) for kind, count in ACT.volumes.shares(inputs).items()}
    counts = officer.get(f"{consultation.path}/submissions/counts")
    assert counts["total"] == inputs
    assert {row["code"]: (row["count"], row["share"]) for row in counts["stakeholder_type"] if row["count"]} == shares
    for version in ("1.1", "1.2"):
        rows = consultation.documents[f"outcomes {version}"]["statistics"]["by_stakeholder_type"]
        assert {row["codes"][0]: (row["count"], row["percent"]) for row in rows if row["count"]} == shares


def test_the_page_lists_every_input_and_none_that_was_withdrawn(consultation: Any, officer: Person, visitor: Person):
    first = consultation.documents["outcomes 1.1"]
    page = visitor.send("GET", f"{consultation.path}/documents/{first['id']}/page").text
    receipts = {one.receipt["receipt"] for one in consultation.contributions}
    assert {receipt for receipt in receipts if receipt not in page} == set()
    assert first["total"] == len(receipts) == consultation.volumes.inputs
    every = {row["receipt"] for row in officer.each(f"{consultation.path}/submissions", state="all")}
    [withdrawn] = every - receipts
    assert withdrawn not in page
    assert not any(one.form["email"] in page for one in consultation.contributions)


def test_no_room_and_nobody_is_booked_twice(sessions: list[dict[str, Any]]):
    assert ACT.figures.double_bookings(sessions) == []
    # It would show: speakers were proposed for several sessions.
    assert max(Counter(speaker["name"] for row in sessions for speaker in row["speakers"]).values()) > 1
    one = next(row for row in sessions if row["speakers"])
    assert len(ACT.figures.double_bookings([one, {**one, "code": "OTHER"}])) >= 2


def test_each_session_names_the_inputs_it_came_from(consultation: Any, sessions: list[dict[str, Any]]):
    known = {one.receipt["receipt"] for one in consultation.contributions}
    assert len(sessions) == consultation.volumes.sessions
    assert all(row["receipts"] and set(row["receipts"]) <= known for row in sessions)


def test_version_1_1_stays_readable_beside_1_2(consultation: Any, visitor: Person):
    first, second = (consultation.documents[f"outcomes {version}"] for version in ("1.1", "1.2"))
    assert visitor.get(f"{consultation.path}/documents/{first['id']}")["sha256"] == first["sha256"]
    # The second has what came between: the themes of the programme.
    assert second["sha256"] != first["sha256"]
