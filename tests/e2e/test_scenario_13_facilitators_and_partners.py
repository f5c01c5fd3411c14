"""Scenario 13: five nominations with one person twice from two networks become four candidates with both endorsements;
beside a confirmed Platinum partner a second one is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Problem

EDITION = "2063"
ACT = act_of("consultation")
REASON = "Agreed by letter"


@pytest.fixture(scope="module")
def consultation(new_consultation: Any) -> Any:
    """The call for facilitators is open; two mechanisms nominate five people, and the secretariat merges two."""
    told = new_consultation(EDITION)
    ACT.nominate(told.play)
    return told


def test_mechanisms_nominated_five_before_the_deadline(consultation: Any, officer: Person):
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
    assert consultation.play.misfits == []


@pytest.fixture(scope="module")
def fund(officer: Person) -> str:
    """The packages of an edition."""
    path = f"/v1/partnerships/{EDITION}"
    officer.post(f"{path}/packages", {"reason": "The next Forum"})
    return path


def _pledge(who: Person, fund: str, organization: str) -> str:
    contribution = {"form": "cash", "centimes": 30_000_000}
    body = {"organization": organization, "package": "platinum", "activity": None, "contribution": contribution}
    return str(who.post(f"{fund}/pledges", body)["id"])


def _confirm(officer: Person, fund: str, pledge: str) -> str:
    """The state, or the code of the refusal."""
    try:
        return str(officer.put(f"{fund}/pledges/{pledge}/state", {"state": "confirmed", "reason": REASON})["state"])
    except Problem as problem:
        return problem.code


def test_a_second_platinum_partner_is_refused_even_at_once(fund: str, officer: Person, people: Any, visitor: Person):
    pledges = [_pledge(people.member(), fund, name) for name in ("Baobab Networks", "Meridian Group", "Saffron Trust")]
    with ThreadPoolExecutor(3) as pool:
        states = list(pool.map(lambda pledge: _confirm(officer, fund, pledge), pledges))
    assert sorted(states) == ["confirmed", "partnerships.package_taken", "partnerships.package_taken"]
    [partner] = visitor.get(f"{fund}/partners")["items"]
    winner = ("Baobab Networks", "Meridian Group", "Saffron Trust")[states.index("confirmed")]
    assert partner["organization"] == winner
    packages = {row["code"]: row["available"] for row in visitor.get(f"{fund}/packages")["items"]}
    assert (packages["platinum"], packages["gold"]) == (False, True)


def test_the_place_is_free_again_after_a_withdrawal(fund: str, officer: Person, people: Any):
    [held] = [row for row in officer.each(f"{fund}/pledges") if row["state"] == "confirmed"]
    another = _pledge(people.member(), fund, "Juniper Foundation")
    assert _confirm(officer, fund, another) == "partnerships.package_taken"
    officer.put(f"{fund}/pledges/{held['id']}/state", {"state": "withdrawn", "reason": "The sponsor asked for it"})
    assert _confirm(officer, fund, another) == "confirmed"
