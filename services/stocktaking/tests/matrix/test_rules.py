from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsis_shared import reference
from wsis_shared.errors import Conflict
from wsis_testkit import refused

from wsis_stocktaking.matrix.rules import patches, proposals

AT = datetime(2018, 3, 1, tzinfo=UTC)
LINES = [line.code for line in reference.action_lines()]


@st.composite
def matrices(draw: Any) -> list[patches.MatrixLink]:
    """Links of a few lines and goals, so that two matrices often share some."""
    places = draw(st.sets(st.tuples(st.sampled_from(LINES[:4]), st.integers(1, 4))))
    return patches.in_order(
        link(line, sdg, draw(st.lists(st.sampled_from("1234"), max_size=2))) for line, sdg in places
    )


def link(line: str, sdg: int, targets: Any = (), **more: Any) -> patches.MatrixLink:
    return {
        "line": line,
        "sdg": sdg,
        "targets": [f"{sdg}.{target}" for target in targets],
        "goal_level": not targets,
        "rationale": None,
        "note": None,
        "source": None,
        **more,
    }


def change(sdg: int, action: str, targets: Any = ("1",)) -> dict[str, Any]:
    gone = action == "remove"
    return {
        "sdg": sdg,
        "action": action,
        "targets": [] if gone else [f"{sdg}.{target}" for target in targets],
        "goal_level": False,
        "rationale": None if gone else {"en": "Because"},
    }


def proposal(id: str, matrix: list[patches.MatrixLink], *wanted: dict[str, Any], line: str = "C1", **more: Any) -> Any:
    return {
        "_id": id,
        "line": line,
        "agency": "itu",
        "state": "open",
        "decision": None,
        "changes": proposals.changes_of(line, matrix, wanted),
        **more,
    }


@settings(suppress_health_check=[HealthCheck.too_slow])  # another process may compute
@given(matrices(), matrices())
def test_a_patch_leads_from_one_matrix_to_another_and_its_inverse_back(
    before: list[patches.MatrixLink], after: list[patches.MatrixLink]
) -> None:
    patch = patches.between(before, after)
    assert patches.apply(before, patch) == after
    assert patches.apply(after, patches.inverse(patch)) == before
    assert sum(patches.counts(patch).values()) == len(patch)
    assert not patches.between(after, after)


def test_a_patch_fits_only_the_links_it_was_made_for() -> None:
    patch = patches.between([link("C1", 1)], [link("C1", 1, "2")])
    with refused("stocktaking.matrix_link_changed"):
        patches.apply([link("C1", 1, "3")], patch)
    with refused("stocktaking.matrix_link_changed"):
        patches.apply([], patch)


def test_the_first_version_has_the_126_links_of_2015_with_their_targets() -> None:
    first = patches.first_version()
    assert (len(first["links"]), first["added"], len(first["lines"])) == (126, 126, 18)
    assert patches.pairs(first["links"]) == {(one.line, one.sdg) for one in reference.matrix().links}
    assert next(one for one in first["links"] if patches.key(one) == ("C1", 16))["targets"] == ["16.5", "16.6", "16.10"]


def test_the_version_in_force_is_the_last_that_has_begun() -> None:
    versions = [
        {"_id": number, "valid_from": day}
        for number, day in enumerate(("2015-06-01", "2018-03-19", "2018-03-19", "2019-01-01"), 1)
    ]
    days = ("2015-05-31", "2015-06-01", "2018-03-18", "2018-03-19", "2019-01-01")
    found = [patches.in_force(versions, date.fromisoformat(day)) for day in days]
    assert [version and version["_id"] for version in found] == [None, 1, 1, 3, 4]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (change(1, "add"), "The matrix has this link already."),
        (change(2, "change"), "The matrix has no such link."),
        (change(2, "remove"), "The matrix has no such link."),
        (change(1, "change", "12"), "The link is like this already."),
    ],
)
def test_changes_must_fit_the_matrix(wanted: dict[str, Any], message: str) -> None:
    matrix = [link("C1", 1, "12", rationale={"en": "Because"})]
    with refused("stocktaking.matrix_change_unfit") as raised:
        proposals.changes_of("C1", matrix, [change(3, "add"), wanted])
    assert raised.value.fields == {"changes.1": [message]}


def test_targets_are_in_the_order_of_the_goal() -> None:
    made = proposals.changes_of("C1", [], [change(8, "add", ("a", "10", "2", "2"))])
    assert made[0]["after"]["targets"] == ["8.2", "8.10", "8.a"]


def test_proposals_on_one_link_clash_and_cannot_be_merged() -> None:
    matrix = [link("C1", 1)]
    first = proposal("a", matrix, change(1, "change"), change(2, "add"))
    second = proposal("b", matrix, change(1, "remove"))
    third = proposal("c", matrix, change(3, "add"))
    elsewhere = proposal("d", [], change(1, "add"), line="C2")
    gone = {**second, "_id": "e", "state": "rejected"}
    assert proposals.clashes(first, [first, second, third, elsewhere, gone]) == [
        {"proposal": "b", "state": "open", "sdgs": [1]}
    ]
    with refused("stocktaking.matrix_proposals_clash"):
        proposals.merged([first, second], 2)
    patch = proposals.merged([first, third, elsewhere], 2)
    assert patches.counts(patch) == {"added": 3, "changed": 1, "removed": 0}
    changed = patches.apply(matrix, patch)
    assert {one["source"]["agency"] for one in changed} == {"itu"}
    assert proposals.outdated(first, changed) == [1, 2]
    assert proposals.outdated(first, matrix) == []


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("open", {"accepted", "rejected", "withdrawn"}),
        ("accepted", {"rejected", "withdrawn"}),
        ("rejected", {"accepted"}),
        ("withdrawn", set()),
        ("published", set()),
    ],
)
def test_states_that_follow_a_state(state: str, allowed: set[str]) -> None:
    def refusal_of(move: str) -> str | None:
        try:
            found = {"_id": "a", "state": state, "decision": None}
            if move == "withdrawn":
                proposals.withdraw(found)
            else:
                proposals.decide(found, move, "Because", "ofc", AT)
        except Conflict as refusal:
            return refusal.code
        return None

    for move in ("accepted", "rejected", "withdrawn"):
        assert refusal_of(move) == (None if move in allowed else "stocktaking.matrix_proposal_closed")


def test_lines_of_an_agency_are_those_it_facilitates() -> None:
    assert "C7.e-agriculture" in proposals.lines_of_agency("fao")
    assert "C7.e-health" not in proposals.lines_of_agency("fao")
    assert proposals.lines_of_agency(None) == []
