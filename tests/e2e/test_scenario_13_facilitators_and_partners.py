"""Scenario 13: five nominations with one person twice from two networks become four candidates with both endorsements;
beside a confirmed Platinum partner a second one is refused.

The demonstration plays it, and compares: `services/consultation/tests/demo_act/nominating.py` the candidates that are
left, `services/partnerships/tests/demo_act.py` sums and the refusal. Here is what it left.
"""

from __future__ import annotations

from typing import Any

import pytest

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Problem

ACT = act_of("consultation")


@pytest.fixture(scope="module")
def consultation(demo: Any) -> Any:
    """All that the acts know; what they compared fits."""
    assert demo.err == ""
    return ACT.state.of(demo.play)


def test_mechanisms_nominated_five(consultation: Any, officer: Person):
    rows = list(officer.each(f"{consultation.path}/candidates"))
    assert len(rows) == 5
    assert sorted(row["state"] for row in rows) == ["confirmed"] * 4 + ["merged"]


def test_four_candidates_are_left_and_both_endorsements_of_the_one(consultation: Any, officer: Person):
    rows = [row for row in officer.each(f"{consultation.path}/candidates") if row["state"] != "merged"]
    whole = [officer.get(f"{consultation.path}/candidates/{row['id']}") for row in rows]
    [merged] = [row for row in whole if row["merges"]]
    names = {row["given_name"] for row in merged["nominations"]}
    assert names == {"José Núñez García", "Dr. Jose NUNEZ GARCIA"}  # each as it was written
    assert {row["mechanism_name"] for row in merged["nominations"]} == set(ACT.nominating.MECHANISMS.values())
    assert all("five coalitions agreed" in row["endorsement"] for row in merged["nominations"])
    assert sum(len(row["nominations"]) for row in whole) == 5


def test_balance_counts_each_of_the_four_once(consultation: Any, officer: Person):
    balance = officer.get(f"{consultation.path}/candidate-balance", confirmed="true")
    genders = {row["code"]: row["count"] for row in balance["genders"] if row["count"]}
    regions = {row["code"]: row["count"] for row in balance["regions"] if row["count"]}
    assert balance["total"] == 4
    assert genders == {"female": 2, "male": 2}
    assert regions == {"africa": 2, "americas": 1, "asia_pacific": 1}


def test_the_public_list_has_four_names_and_no_address(consultation: Any, visitor: Person):
    public = visitor.get(f"{consultation.path}/facilitators")["items"]
    assert len({row["full_name"] for row in public}) == 4
    assert "@" not in str(public)


def test_beside_a_confirmed_platinum_partner_a_second_one_is_refused(demo: Any, officer: Person, visitor: Person):
    fund = f"/v1/partnerships/{demo.edition}"
    [held] = [row for row in visitor.get(f"{fund}/partners")["items"] if row["package"] == "platinum"]
    pledges = {row["organization"]: row for row in officer.each(f"{fund}/pledges") if row["package"] == "platinum"}
    assert pledges.pop(held["organization"])["state"] == "received"
    [second] = pledges.values()
    with pytest.raises(Problem, match=r"partnerships\.package_taken"):
        officer.put(f"{fund}/pledges/{second['id']}/state", {"state": "confirmed", "reason": "Agreed by letter"})
    packages = {row["code"]: row["available"] for row in visitor.get(f"{fund}/packages")["items"]}
    assert (packages["platinum"], packages["gold"]) == (False, True)
