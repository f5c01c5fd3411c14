"""Who reads what."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wsis_prizes.jury import rules as jury
from wsis_prizes.projects.rules import names

COUNTRIES = st.sampled_from(["RW", "CH", "BR", "JP"])
LINES = st.sampled_from(["C1", "C2", "C9"])
ENTITIES = st.sampled_from(["alpha", "beta", None])
PROJECTS = st.lists(
    st.builds(
        lambda country, line, entity, owner: dict(country=country, category=line, entity=entity or "", owner=owner),
        COUNTRIES,
        LINES,
        ENTITIES,
        st.sampled_from(["j0", "x", "y"]),
    ),
    max_size=25,
).map(lambda rows: [{**row, "_id": f"p{number}"} for number, row in enumerate(rows)])
MEMBERS = st.tuples(
    st.frozensets(COUNTRIES, max_size=2),
    st.frozensets(st.sampled_from(["alpha", "beta"]), max_size=2),
    st.frozensets(LINES, max_size=2),
)
JURORS = st.lists(MEMBERS, max_size=8).map(lambda rows: [jury.Juror(f"j{n}", *row) for n, row in enumerate(rows)])


@given(PROJECTS, JURORS, st.integers(1, 4), st.data())
def test_assignment(rows: Any, jurors: Any, per_project: int, data: Any) -> None:
    taken = []
    if rows and jurors:
        pairs = [(row["_id"], juror.account) for row in rows for juror in jurors]
        chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=6, unique=True))
        taken = [(*pair, data.draw(st.booleans())) for pair in chosen]
    made = jury.assign(rows, jurors, per_project, taken)
    by_id, people = {row["_id"]: row for row in rows}, {juror.account: juror for juror in jurors}
    before = {(one, two) for one, two, _ in taken}
    places = Counter(one for one, _, counts in taken if counts)
    for id, account in made.pairs:
        row, juror = by_id[id], people[account]
        assert row["country"] not in juror.countries
        assert row["entity"] not in juror.entities
        assert not juror.categories or row["category"] in juror.categories
        assert account != row["owner"]
        assert (id, account) not in before
    assert len(set(made.pairs)) == len(made.pairs)
    new = Counter(id for id, _ in made.pairs)
    for id in by_id:
        wanted = max(0, per_project - places[id])
        assert new[id] + made.unassigned.get(id, 0) == wanted
        able = [j for j in jurors if j.may_read(by_id[id]) and (id, j.account) not in before]
        assert new[id] == min(wanted, len(able))
    assert jury.assign(rows, jurors, per_project, taken) == made


@given(st.integers(1, 60), st.integers(2, 8))
def test_load_is_balanced_where_everyone_may_read_everything(count: int, people: int) -> None:
    rows = [{"_id": f"p{n}", "country": "RW", "category": "C1", "entity": "x", "owner": "o"} for n in range(count)]
    jurors = [jury.Juror(f"j{n}", frozenset(["CH"])) for n in range(people)]
    load = Counter(account for _, account in jury.assign(rows, jurors, 2).pairs)
    assert max(load.values()) - min(load[juror.account] for juror in jurors) <= 1


def test_who_changes_country_or_employer_stays_bound_to_the_former_one() -> None:
    seat: jury.Seat = {"countries": ["RW"], "entities": [names.entity("Radio Ltd")]}
    now = jury.Juror.of({"account": "j1", "country": "CH", "organization": "Ministry of Health"}, seat)
    for country, organization, bound in (
        ("RW", "Another", True),
        ("CH", "Another", True),
        ("BR", "Radio", True),
        ("BR", "The Ministry of Health", True),
        ("BR", "Another", False),
    ):
        project: Any = {"country": country, "entity": names.entity(organization), "owner": "x", "category": "C1"}
        assert now.is_bound_to(project) is bound
        assert now.may_read(project) is not bound
    assert jury.Juror.of({"account": "j1"}) == jury.Juror("j1")
