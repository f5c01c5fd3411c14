"""The rules, without broker or store."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock
from wsis_shared.clock import GENEVA
from wsis_shared.finalists import ALL_TIED, EXPERT_GROUP_DECIDES, first_by_votes
from wsis_testkit import refused

from wsis_prizes.editions.rules import editions, phases
from wsis_prizes.eligibility import rules as eligibility
from wsis_prizes.finalists import rules as finalists
from wsis_prizes.jury import rules as jury
from wsis_prizes.nominations import rules as nominations
from wsis_prizes.projects.rules import form as words
from wsis_prizes.projects.rules import names, projects, submissions
from wsis_prizes.results import rules as results
from wsis_prizes.reviews import rules as reviews

# -- words ------------------------------------------------------------------------------------------------------------

COUNTED = {
    "": 0,
    "   ": 0,
    "one": 1,
    "two  words": 2,
    "line\nbreak\ttab": 3,
    "state-of-the-art": 1,
    "https://example.org/a?b=c#d": 1,
    "rock 'n' roll": 3,
    "a — b • c": 3,
    "--- *** ...": 0,
    "Öffentlichkeit für İstanbul": 3,
    "وزارة الصحة": 2,
    "卫生部": 1,
    "Министерство №5": 2,
    "3.5 % of GDP": 3,
    "naïve café": 2,
    "e\u0301tude": 1,
    "non\u00a0breaking": 2,
    "५ गाँव": 2,
}


@pytest.mark.parametrize(("text", "count"), COUNTED.items())
def test_words_are_counted_by_the_rule(text: str, count: int) -> None:
    assert words.count(text) == count


@pytest.mark.parametrize(("count", "right"), [(149, False), (150, True), (200, True), (201, False)])
def test_limits_are_inclusive(make_words: Any, count: int, right: bool) -> None:
    assert (words.problem(make_words(count), 150, 200) is None) is right


def test_a_long_run_of_dashes_is_counted_at_once() -> None:
    assert words.count("-" * 50_000) == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="needs a JavaScript engine to compare with")
def test_the_browser_counts_alike(tmp_path: Any) -> None:
    import json

    rule = (files("wsis_prizes.projects.rules") / "word-count.js").read_text("utf-8")
    script = tmp_path / "count.mjs"
    script.write_text(f"{rule}\nconsole.log(JSON.stringify({json.dumps(list(COUNTED))}.map(wordCount)));\n", "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, check=True, timeout=30)
    assert json.loads(done.stdout) == list(COUNTED.values())


# -- phases -----------------------------------------------------------------------------------------------------------


@given(st.dates(date(2016, 1, 1), date(2035, 12, 31)))
def test_the_cut_off_is_23_in_geneva_on_every_day_of_the_year(day: date) -> None:
    row = {"number": 1, "roman": "I", "code": "x", "title": {}, "start": str(day), "end": str(day)}
    phase = phases.from_wall(row, "Europe/Zurich", "23:00")
    wall = phase["end"].astimezone(GENEVA)
    assert (wall.date(), wall.hour, wall.minute) == (day, 23, 0)
    assert phase["start"].astimezone(GENEVA).hour == 0
    assert phases.open_at(phase, phase["end"] - timedelta(seconds=1))
    assert not phases.open_at(phase, phase["end"])


def test_winter_and_summer_of_2017(edition: Any) -> None:
    ends = {phase["code"]: phase["end"] for phase in edition["phases"]}
    assert ends["submission"] == datetime(2017, 2, 15, 22, tzinfo=UTC)
    assert ends["public_voting"] == datetime(2017, 4, 15, 21, tzinfo=UTC)


@given(st.integers(-10, 15))
def test_another_edition_keeps_its_wall_dates(years: int) -> None:
    from wsis_prizes.editions.rules import reference

    first = editions.from_seed(reference.edition_seed(2017))
    other = editions.copy_of(first, str(2017 + years))
    for one, two in zip(first["phases"], other["phases"], strict=True):
        for name in ("start", "end"):
            before, after = one[name].astimezone(GENEVA), two[name].astimezone(GENEVA)
            assert after.replace(year=before.year, tzinfo=None) == before.replace(tzinfo=None)
            assert after.year - before.year == years
    phases.check(other["phases"])


def test_a_leap_day_becomes_the_28th() -> None:
    leap = {"start": datetime(2016, 2, 28, 23, tzinfo=UTC), "end": datetime(2016, 2, 29, 22, tzinfo=UTC)}
    assert phases.shifted(leap, 1)["end"] == datetime(2017, 2, 28, 22, tzinfo=UTC)


def test_order_is_checked_and_overlap_is_told(edition: Any) -> None:
    with refused("prizes.phase_out_of_order"):
        phases.move(edition["phases"], "announcement", datetime(2017, 4, 1, tzinfo=UTC), None)
    with refused("prizes.phase_ends_before_start"):
        phases.move(edition["phases"], "nomination", None, datetime(2017, 1, 1, tzinfo=UTC))
    moved = phases.move(edition["phases"], "public_voting", None, datetime(2017, 4, 30, 21, tzinfo=UTC))
    assert phases.conflicts(moved) == [{"phase": "winner_selection", "with": "public_voting", "kind": "ends_first"}]


def test_only_phases_of_the_edition_are_moved(edition: Any) -> None:
    with refused("prizes.phase_unknown", phase="harvest"):
        phases.move(edition["phases"], "harvest", None, None)


def test_settings_that_a_step_rests_on_are_fixed(edition: Any) -> None:
    early, late = datetime(2017, 1, 1, tzinfo=UTC), datetime(2017, 4, 1, tzinfo=UTC)
    changed, before, after = editions.with_settings(edition, {"nominees_cap": 20}, early)
    assert (changed["settings"]["nominees_cap"], before, after) == (20, {"nominees_cap": None}, {"nominees_cap": 20})
    with refused("prizes.settings_fixed"):
        editions.with_settings(edition, {"every_category": False}, late)
    words_, _, _ = editions.with_settings(edition, {"words": {"short_description": {"max_words": 300}}}, early)
    field = next(field for field in words_["form"]["fields"] if field["code"] == "short_description")
    assert (field["min_words"], field["max_words"]) == (150, 300)
    with refused("prizes.nothing_to_change"):
        editions.with_settings(edition, {"nominees_cap": None}, early)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spellings",
    [
        ("Société Générale S.A.", "SOCIETE GENERALE", "Societe  générale, SARL", "La Société Générale Ltd."),
        ("Ministry of Health of Rwanda", "Rwanda: Ministry of Health", "MINISTRY OF HEALTH (RWANDA)"),
        ("ООО «Ромашка»", "Ромашка"),
        ("Straßenbau GmbH", "STRASSENBAU"),
        ("A.B.C.", "ABC Inc."),
        ("Ｔｅｌｅｃｏｍ", "Telecom"),
        ("وِزارَة الصِّحّة", "وزارة الصحة"),
    ],
)
def test_spellings_of_one_entity(spellings: tuple[str, ...]) -> None:
    assert len({names.entity(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ministry of Health", "Ministry of Labour"), ("卫生部", "教育部"), ("Coop", "Corp of Engineers"), ("Inc", "Ltd")],
)
def test_different_entities_stay_different(one: str, other: str) -> None:
    assert names.entity(one) != names.entity(other)


@given(st.text(min_size=1, max_size=40))
def test_every_name_has_a_canonical_form_that_stays(text: str) -> None:
    assert names.entity(text) or not text.strip()
    assert names.title(text) or not text.strip()


# -- projects and evidence --------------------------------------------------------------------------------------------


def project(edition: Any, fields: Any, **more: Any) -> Any:
    bare = {"_id": "p1", "edition": "2017", "owner": "o", "state": projects.SUBMITTED, "number": 1}
    return {**submissions.written(bare, edition, fields), **more}


def test_keys_stand_only_on_what_holds_a_place(edition: Any, form: Any) -> None:
    held = submissions.with_unique_keys(project(edition, form()), edition)
    assert held["slot"] == "2017|RW|health ministry|C7.e-health"
    for state in (projects.DRAFT, projects.WITHDRAWN, projects.INELIGIBLE, projects.DISQUALIFIED):
        assert "slot" not in submissions.with_unique_keys({**held, "state": state}, edition)
    edition["settings"]["one_per_entity"] = False
    assert "slot" not in submissions.with_unique_keys(held, edition)


def test_the_form_is_checked_field_by_field(edition: Any, form: Any, make_words: Any) -> None:
    assert submissions.problems(project(edition, form()), edition) == {}
    links = [{"sdg": 3, "targets": ["3.8", "4.1"], "rationale": ""}]
    wrong = form(short_description=make_words(149), sdgs=links, impact="", completed=None)
    assert submissions.problems(project(edition, wrong), edition) == {
        "short_description": ["149 words: at least 150 are needed."],
        "impact": ["Needed."],
        "completed": ["Say whether the project, or a major phase of it, is completed."],
        "sdgs.0.rationale": ["Say how the project helps this goal."],
        "sdgs.0.targets": ["Not of goal 3: 4.1."],
    }


def test_projects_come_in_from_the_first_day_on_and_in_a_category_of_the_edition(edition: Any, form: Any) -> None:
    first = phases.find(edition["phases"], phases.SUBMISSION)["start"]
    submissions.must_be_open(edition, first)
    with refused("prizes.submission_not_open", opens=clock.geneva(first)):
        submissions.must_be_open(edition, first - timedelta(seconds=1))
    with refused("prizes.category_unknown", category="C99"):
        project(edition, form(category="C99"))


def test_each_act_has_states_in_which_it_is_refused(edition: Any) -> None:
    moment = phases.find(edition["phases"], phases.SUBMISSION)["start"]
    with refused("prizes.wrong_state", state=projects.NOT_NOMINATED, wanted="draft, submitted"):
        submissions.may_change({"state": projects.NOT_NOMINATED}, edition, moment)
    with refused("prizes.wrong_state", state=projects.WITHDRAWN):
        submissions.may_withdraw({"state": projects.WITHDRAWN}, edition, moment)
    with refused("prizes.wrong_state", state=projects.DRAFT, wanted="submitted, ineligible"):
        eligibility.may_be_asked({"state": projects.DRAFT}, moment + timedelta(days=1), moment)
    with refused("prizes.date_passed"):
        eligibility.may_be_asked({"state": projects.SUBMITTED}, moment, moment)


def test_winners_are_released_once(edition: Any) -> None:
    moment = datetime(2017, 6, 13, 12, tzinfo=UTC)
    edition["marks"] = {"champions_at": moment}
    results.may_release(edition, moment)
    edition["marks"]["released_at"] = moment
    with refused("prizes.winners_released"):
        results.may_release(edition, moment)


def test_evidence_has_its_reasons(edition: Any, form: Any) -> None:
    one = project(edition, form(completed=False))
    past = {
        "edition": "2015",
        "title": "CLINICS ON-LINE",
        "organization": "Health Ministry",
        "title_key": names.title("CLINICS ON-LINE"),
        "entity": names.entity("Health Ministry"),
    }
    other = project(edition, form(title="Schools", organization="Ministry for Healthy"), _id="p2", number=2)
    found = eligibility.evidence(one, edition, [past], [other])
    assert [hit["kind"] for hit in found] == ["past_winner", "same_entity", "not_completed"]
    assert found[0]["likeness"] == 100
    edition["settings"]["past_winners_eligible"] = True
    assert "past_winner" not in [hit["kind"] for hit in eligibility.evidence(one, edition, [past], [])]


# -- assignment -------------------------------------------------------------------------------------------------------

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
MEMBERS = st.tuples(COUNTRIES, ENTITIES, st.frozensets(LINES, max_size=2))
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
        assert juror.country != row["country"]
        assert juror.entity is None or juror.entity != row["entity"]
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
    jurors = [jury.Juror(f"j{n}", "CH") for n in range(people)]
    load = Counter(account for _, account in jury.assign(rows, jurors, 2).pairs)
    assert max(load.values()) - min(load[juror.account] for juror in jurors) <= 1


def test_a_review_is_saved_as_one_goes() -> None:
    blank = {"state": reviews.ASSIGNED}
    begun = reviews.scored(blank, ["a", "b"], {"scores": {"a": 5}, "comments": {"a": "Good"}})
    assert (begun["state"], begun["mean"]) == (reviews.BEGUN, 5)
    with refused("prizes.review_incomplete"):
        reviews.scored(begun, ["a", "b"], {"done": True})
    done = reviews.scored(begun, ["a", "b"], {"scores": {"b": 2}, "done": True})
    assert (done["state"], done["mean"], done["scores"]) == (reviews.DONE, 3.5, {"a": 5, "b": 2})
    with refused("prizes.criterion_unknown"):
        reviews.scored(blank, ["a"], {"scores": {"z": 1}})
    with refused("prizes.conflict_declared"):
        reviews.scored({"state": reviews.CONFLICT}, ["a"], {})


# -- nomination -------------------------------------------------------------------------------------------------------


def rows(*categories: str) -> list[Any]:
    return [{"_id": f"p{n}", "number": n, "category": category} for n, category in enumerate(categories, 1)]


def test_by_score_with_threshold_cap_and_count() -> None:
    means = {"p1": 4.0, "p2": 4.5, "p3": 3.0, "p4": 2.0}
    listed = rows("C1", "C1", "C1", "C2", "C2")
    chosen, left = nominations.by_score(listed, means, {"p3": "Copied"}, threshold=2.5, cap=1)
    assert chosen == ["p2"]
    assert {id: reason["code"] for id, reason in left.items()} == {
        "p1": "over_the_cap",
        "p3": "not_selected",
        "p4": "below_threshold",
        "p5": "not_reviewed",
    }
    assert left["p3"]["text"] == "Copied"
    chosen, left = nominations.by_score(listed, means, {}, count=2)
    assert chosen == ["p1", "p2"]
    assert left["p3"]["code"] == "below_threshold"


def test_a_mean_of_the_threshold_is_enough_and_no_reason_is_given_to_a_stranger() -> None:
    listed = rows("C1", "C1")
    assert nominations.by_score(listed, {"p1": 2.5, "p2": 2.49}, {}, threshold=2.5)[0] == ["p1"]
    with refused("prizes.not_of_the_list"):
        nominations.by_score(listed, {"p1": 2.5}, {"p9": "Copied"})


def test_by_name_refuses_strangers_and_more_than_the_cap() -> None:
    with refused("prizes.not_of_the_list"):
        nominations.by_name(rows("C1"), ["p1", "p9"], {}, None)
    with refused("prizes.not_of_the_list"):
        nominations.by_name(rows("C1"), ["p1"], {"p1": "Both"}, None)
    with refused("prizes.over_the_cap"):
        nominations.by_name(rows("C1", "C1"), ["p1", "p2"], {}, 1)


@given(
    st.lists(st.tuples(st.sampled_from(["C1", "C2"]), st.none() | st.integers(10, 50)), max_size=30),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 20),
)
def test_everyone_is_nominated_or_has_a_reason(scores: Any, cap: int | None, count: int | None) -> None:
    listed = rows(*(category for category, _ in scores))
    means = {f"p{n}": score / 10 for n, (_, score) in enumerate(scores, 1) if score is not None}
    chosen, left = nominations.by_score(listed, means, {}, cap=cap, count=count)
    assert sorted([*chosen, *left]) == sorted(row["_id"] for row in listed)
    by_category = Counter(row["category"] for row in listed if row["_id"] in chosen)
    assert all(size <= (cap or 30) for size in by_category.values())
    assert len(chosen) <= (count or 30)


# -- orders and finalists ---------------------------------------------------------------------------------------------


@given(st.lists(st.uuids().map(lambda id: id.hex), unique=True, max_size=40), st.integers(0, nominations.ORDERS - 1))
def test_an_order_is_a_permutation_that_a_leaver_does_not_disturb(ids: list[str], order: int) -> None:
    arranged = nominations.arranged(ids, "2017", "C1", order)
    assert sorted(arranged) == sorted(ids)
    assert nominations.arranged(list(reversed(ids)), "2017", "C1", order) == arranged
    if ids:
        assert nominations.arranged(ids[1:], "2017", "C1", order) == [id for id in arranged if id != ids[0]]


def test_orders_differ_and_favour_nobody() -> None:
    ids = [f"p{n}" for n in range(8)]
    firsts = Counter(nominations.arranged(ids, "2017", "C1", order)[0] for order in range(nominations.ORDERS))
    assert set(firsts) == set(ids)
    assert max(firsts.values()) < 20


VOTES = st.lists(st.integers(0, 6), max_size=12)


def counted(votes: list[int]) -> dict[str, int]:
    return {f"p{n}": count for n, count in enumerate(votes, 1)}


def certified(votes: dict[str, int], rule: str = ALL_TIED) -> dict[str, Any]:
    """As voting has it in its signed result."""
    chosen, tied = first_by_votes(votes, 5, rule)
    return {"votes": votes, "places": 5, "tie_rule": rule, "finalists": chosen, "tied": tied}


@given(VOTES)
def test_finalists_are_those_of_the_result(votes: list[int]) -> None:
    result = certified(counted(votes))
    assert finalists.standing(result, []) == (result["finalists"], [])
    assert not finalists.differ(result["finalists"], result, [])
    assert finalists.differ([*result["finalists"], "another"], result, [])


@given(VOTES)
def test_ties_left_to_the_expert_group(votes: list[int]) -> None:
    result = certified(counted(votes), EXPERT_GROUP_DECIDES)
    above, tied = finalists.standing(result, [])
    assert len(above) <= 5
    if tied:
        assert finalists.differ(above, result, [])
        free = 5 - len(above)
        settled, rest = finalists.standing(result, [{"kind": "tie_settled", "projects": tied[:free]}])
        assert (len(settled), rest) == (5, [])
        for wrong in (tied[: free + 1], tied[: free - 1], ["stranger"] * free):
            with refused("prizes.not_of_the_tie"):
                finalists.standing(result, [{"kind": "tie_settled", "projects": wrong}], "C1")


@given(VOTES, st.lists(st.integers(1, 12), unique=True, max_size=4))
def test_whoever_is_ruled_out_makes_room_as_if_never_counted(votes: list[int], gone: list[int]) -> None:
    """Where all who share the last place are in, in whatever order they are ruled out."""
    left = {id: count for id, count in counted(votes).items() if int(id[1:]) not in gone}
    rulings = [{"kind": "disqualified", "project": f"p{number}"} for number in gone]
    chosen, _ = finalists.standing(certified(counted(votes)), rulings)
    assert set(chosen) == set(first_by_votes(left, 5)[0])


def test_equal_votes_share_a_rank() -> None:
    ranked = finalists.ranking(rows("C1", "C1", "C1", "C1"), {"p1": 5, "p2": 9, "p3": 5, "p4": 1})
    assert [(row.project, row.rank) for row in ranked] == [("p2", 1), ("p1", 2), ("p3", 2), ("p4", 4)]


def test_a_disqualified_finalist_makes_room() -> None:
    votes = {f"p{n}": 10 - n for n in range(1, 8)}
    out = {"kind": "disqualified", "project": "p2"}
    assert finalists.standing(certified(votes), [out])[0] == ["p1", "p3", "p4", "p5", "p6"]
    tie = {**dict.fromkeys(("p1", "p2", "p3"), 9), **dict.fromkeys(("p4", "p5", "p6", "p7"), 4)}
    settled = {"kind": "tie_settled", "projects": ["p5", "p7"]}
    chosen, _ = finalists.standing(certified(tie, EXPERT_GROUP_DECIDES), [settled, out])
    assert sorted(chosen) == ["p1", "p3", "p4", "p5", "p6", "p7"], "those named stay"


def test_results_stored_before_there_were_rulings_are_explained() -> None:
    ranked = [{"project": f"p{n}", "number": n, "votes": count, "rank": n} for n, count in enumerate((9, 5, 5, 5), 1)]
    settings = {"finalists_per_category": 2, "tie_rule": EXPERT_GROUP_DECIDES}
    row = finalists.explained({"ranking": ranked, "finalists": ["p1", "p3"]}, settings)
    assert row["rulings"] == [{"kind": "tie_settled", "projects": ["p3"]}]
    assert not finalists.differ(row["finalists"], row["certified"], row["rulings"])


def test_a_category_is_decided_by_a_finalist_or_by_none() -> None:
    finalists = {"C1": ["p1"], "C2": ["p2"], "C3": ["p3"], "C4": ["p4"], "C5": []}
    decisions = {"C1": {"project": "p1"}, "C2": {"project": None}, "C3": {"project": "p1"}}
    assert results.undecided(finalists, decisions) == ["C3", "C4"]


def test_an_incomplete_form_is_not_received(edition: Any, form: Any) -> None:
    received = submissions.submitted(project(edition, form()), edition, 7, clock.now())
    assert (received["state"], received["number"]) == (projects.SUBMITTED, 7)
    with refused("prizes.project_incomplete"):
        submissions.submitted(project(edition, {}), edition, 8, clock.now())
