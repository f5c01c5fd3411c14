from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import refused

from wsis_consultation.editions.rules.reference import session_types
from wsis_consultation.programme.rules import agendas, codes, differences, outcomes, selection, sessions, versions

NOON = datetime(2017, 6, 12, 10, tzinfo=UTC)
AT = datetime(2017, 4, 1, tzinfo=UTC)


def session(id: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "_id": id,
        "edition": "2017",
        "number": number,
        "code": sessions.code_of(number),
        "type": "thematic_workshop",
        "track": "forum",
        "title": {"en": f"Title {id}"},
        "abstract": "",
        "language": "en",
        "interpretation": [],
        "organizers": [{"name": "WHO", "key": "who"}],
        "action_lines": ["C3"],
        "sdgs": [4],
        "theme": None,
        "speakers": [
            {
                "name": "Ada",
                "key": "ada",
                "organization": None,
                "role": "speaker",
                "remote": False,
                "time_zone": None,
                "email": "ada@ngo.example",
            }
        ],
        "submissions": ["sub"],
        "duration": 90,
        "status": "accepted",
        **more,
    }


def place(id: str, room: str = "A", start: datetime = NOON) -> dict[str, Any]:
    return {"session": id, "room": room, "start": start, "pinned": False}


def freeze(rows: list[dict[str, Any]], places: list[dict[str, Any]], before: Any = (), days: int = 0) -> Any:
    by_session = {row["session"]: row for row in places}
    return versions.freeze(rows, by_session, {"sub": "OCP-2017-0001"}, before, AT + timedelta(days=days))


def test_codes_have_six_characters_and_are_unique() -> None:
    codes = [sessions.code_of(number) for number in range(1, 2000)]
    assert codes[0] == "S00001"
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 6 and code.isalnum() and code.upper() == code for code in codes)


def test_numbers_follow_each_other() -> None:
    assert versions.next_number("draft_agenda", None) == "0.1"
    assert versions.next_number("draft_agenda", "0.9") == "0.10"
    assert versions.next_number("programme", "0.10") == "1.0"
    assert versions.next_number("programme", "1.0") == "1.1"
    with refused("consultation.programme_published_already"):
        versions.next_number("draft_agenda", "1.0")


def test_frozen_copy_has_nothing_personal_but_names() -> None:
    [row] = freeze([session("1")], [place("1")])
    assert row["end"] == NOON + timedelta(minutes=90)
    assert row["receipts"] == ["OCP-2017-0001"]
    assert row["speakers"] == [{"name": "Ada", "organization": None, "role": "speaker", "remote": False}]
    assert "ada@ngo.example" not in str(row)


def test_who_speaks_for_two_submissions_of_a_session_stands_there_once() -> None:
    def speaker(key: str, role: str) -> dict[str, Any]:
        return {"name": key.title(), "key": key, "organization": None, "role": role, "remote": False}

    named = [speaker("ada", "moderator"), speaker("bo", "speaker"), speaker("ada", "speaker")]
    [row] = freeze([session("1", speakers=named)], [place("1")])
    assert [(one["name"], one["role"]) for one in row["speakers"]] == [("Ada", "moderator"), ("Bo", "speaker")]


def test_what_is_not_accepted_or_has_no_place_is_not_in_a_version() -> None:
    rows = [session("1"), session("2", status="draft"), session("3")]
    assert [row["id"] for row in freeze(rows, [place("1"), place("2")])] == ["1"]


def test_removed_session_stays_as_cancelled_and_comes_back_with_a_higher_sequence() -> None:
    first = freeze([session("1")], [place("1")])
    second = freeze([session("1")], [], first, days=1)
    assert [(row["state"], row["sequence"]) for row in second] == [("cancelled", 1)]
    third = freeze([session("1")], [], second, days=2)
    assert third == second
    fourth = freeze([session("1")], [place("1")], third, days=3)
    assert [(row["state"], row["sequence"]) for row in fourth] == [("confirmed", 2)]


def test_a_session_of_before_officers_had_notes_can_be_changed() -> None:
    after = sessions.changed(session("a", capacity=None, equipment=[]), {"duration": 60}, session_types())
    assert (after["duration"], after["note"]) == (60, None)


def test_sequence_grows_with_changes_alone() -> None:
    first = freeze([session("1")], [place("1")])
    assert freeze([session("1")], [place("1")], first, days=1) == first
    [moved] = freeze([session("1")], [place("1", "K")], first, days=1)
    assert (moved["sequence"], moved["changed_at"]) == (1, AT + timedelta(days=1))


def test_cancelled_session_is_removed_in_a_difference() -> None:
    first = freeze([session("1")], [place("1")])
    second = freeze([session("1")], [], first)
    found = differences.between(first, second)
    assert ([row["session"] for row in found["removed"]], found["changed"]) == (["1"], [])
    assert [row["session"] for row in differences.between(second, first)["added"]] == ["1"]


ids = st.sampled_from("abcdef")
tables = st.dictionaries(ids, st.tuples(st.sampled_from("AKL"), st.integers(0, 3), st.sampled_from(["x", "y"])))


def version_of(table: dict[str, tuple[str, int, str]]) -> Any:
    rows = [session(id, ord(id), abstract=text) for id, (_, _, text) in table.items()]
    return freeze(rows, [place(id, room, NOON + timedelta(hours=hour)) for id, (room, hour, _) in table.items()])


@given(tables, tables)
def test_difference_applied_to_the_former_version_gives_the_later(one: Any, two: Any) -> None:
    before, after = version_of(one), version_of(two)
    found = differences.between(before, after)
    by_id = {row["id"]: {name: row.get(name) for name in versions.FIELDS} for row in before}
    for row in found["removed"]:
        del by_id[row["session"]]
    for row in found["changed"]:
        for change in row["changes"]:
            assert by_id[row["session"]][change["field"]] == change["before"]
            by_id[row["session"]][change["field"]] = change["after"]
    expected = {row["id"]: {name: row.get(name) for name in versions.FIELDS} for row in after}
    assert by_id == {id: row for id, row in expected.items() if id in by_id}
    assert {row["session"] for row in found["added"]} == expected.keys() - by_id.keys()


@given(tables, tables)
def test_difference_the_other_way_is_the_reverse(one: Any, two: Any) -> None:
    there, back = (
        differences.between(*pair) for pair in [(version_of(one), version_of(two)), (version_of(two), version_of(one))]
    )
    assert there["added"] == back["removed"]
    assert {(row["session"], change["field"]) for row in there["changed"] for change in row["changes"]} == {
        (row["session"], change["field"]) for row in back["changed"] for change in row["changes"]
    }
    assert differences.between(version_of(one), version_of(one)) == {"added": [], "removed": [], "changed": []}


@given(st.lists(st.tuples(tables, st.dictionaries(ids, st.sampled_from(codes.STATUSES))), min_size=1, max_size=4))
def test_nothing_is_told_twice(steps: list[Any]) -> None:
    before: dict[str, Any] | None = None
    for table, statuses in steps:
        rows = [session(id, ord(id), status=statuses.get(id, "accepted")) for id in {*table, *statuses}]
        frozen = freeze(
            rows, [place(id, room) for id, (room, _, _) in table.items()], before["sessions"] if before else ()
        )
        now = {"sessions": frozen, "statuses": {row["_id"]: row["status"] for row in rows}}
        told = versions.announcements(before, frozen, now["statuses"])
        assert told.keys() <= now["statuses"].keys()
        assert versions.announcements(now, frozen, now["statuses"]) == {}
        assert {"draft"}.isdisjoint(told.values())
        before = now


def test_authors_are_told_what_changed() -> None:
    rows = [session("1"), session("2"), session("3", status="declined"), session("4", status="draft")]
    first = freeze(rows, [place("1")])
    statuses = {row["_id"]: row["status"] for row in rows}
    assert versions.announcements(None, first, statuses) == {"1": "scheduled", "2": "accepted", "3": "declined"}
    before = {"sessions": first, "statuses": statuses}
    later = freeze(rows, [place("1", "K"), place("2")], first)
    assert versions.announcements(before, later, statuses) == {"1": "moved", "2": "scheduled"}
    gone = freeze(rows, [], first)
    assert versions.announcements(before, gone, statuses) == {"1": "unscheduled"}
    assert versions.announcements(before, gone, {**statuses, "1": "cancelled"}) == {"1": "cancelled"}
    assert versions.announcements(before, gone, {**statuses, "1": "draft"}) == {"1": "unscheduled"}  # declined between


def test_save_on_a_former_revision_gets_what_changed_since() -> None:
    agenda = agendas.placed({**agendas.empty("2017"), "version": 4}, [place("1"), place("2")])
    agenda["version"] = 5
    agenda = agendas.placed(agenda, [place("1"), place("2", "K"), {**place("3"), "room": None, "start": None}])
    agenda["version"] = 6
    agenda = agendas.placed(agenda, [{"session": "1", "room": None, "start": None, "pinned": False}])
    agenda["version"] = 7
    assert agendas.changed_since(agenda, 7) == []
    assert [(row["session"], row["room"]) for row in agendas.changed_since(agenda, 6)] == [("1", None)]
    assert [(row["session"], row["room"]) for row in agendas.changed_since(agenda, 5)] == [("1", None), ("2", "K")]
    with refused("consultation.agenda_changed") as refusal:
        agendas.require_revision(agenda, 6)
    assert refusal.value.params["revision"] == 7


def test_setup_names_the_rooms_and_slots_that_are_wrong() -> None:
    agenda = agendas.placed(agendas.empty("2017"), [place("1", "A")])
    rooms, slot = [{"code": "A"}, {"code": "K"}], {"date": "2017-06-12", "start": "09:00", "end": "10:30"}
    agendas.require_setup(agenda, {"rooms": rooms, "slots": [slot]})
    with refused("consultation.rooms_twice") as twice:
        agendas.require_setup(agenda, {"rooms": [*rooms, {"code": "A"}], "slots": []})
    assert set(twice.value.fields) == {"rooms.2.code"}
    with refused("consultation.span_invalid") as reverse:
        agendas.require_setup(agenda, {"rooms": rooms, "slots": [slot, {**slot, "end": "09:00"}]})
    assert set(reverse.value.fields) == {"slots.1.end"}
    with refused("consultation.rooms_in_use") as used:
        agendas.require_setup(agenda, {"rooms": [{"code": "K"}], "slots": []})
    assert used.value.params["rooms"] == "A"


def test_status_follows_the_former_one_and_needs_a_reason() -> None:
    sessions.require_change(session("1", status="draft"), "accepted", None)
    with refused("consultation.session_status"):
        sessions.require_change(session("1", status="draft"), "cancelled", "why")
    with refused("consultation.reason_needed") as unexplained:
        sessions.require_change(session("1"), "cancelled", None)
    assert set(unexplained.value.fields) == {"reason"}


def test_organizers_keep_the_key_that_an_officer_gave(edition: dict[str, Any]) -> None:
    known = [{"name": "Ada Umutoni", "key": "ada 1"}]
    filed = sessions.with_known_keys([{"name": "Ada Umutoni"}, {"name": "Bea Li"}], known)
    assert [row["key"] for row in filed] == ["ada 1", "bea li"]
    with refused("consultation.session_not_running"):
        sessions.require_details_open(edition, session("1", status="cancelled"), NOON - timedelta(days=60))


def test_readers_filter_and_search_the_programme() -> None:
    rows = freeze(
        [
            session("1", 1, title={"fr": "Santé numérique"}, language="fr", interpretation=["en"]),
            session("2", 2, sdgs=[3], action_lines=["C7.e-health"], duration=2 * 24 * 60),
        ],
        [place("1"), place("2", "K", NOON + timedelta(days=1))],
    )

    def found(**filters: Any) -> list[str]:
        return [row["id"] for row in selection.select(rows, filters, "Europe/Zurich")]

    assert found() == ["1", "2"]
    assert found(day="2017-06-12") == ["1"]
    assert [found(day=f"2017-06-{day}") for day in (13, 14, 15, 16)] == [["2"], ["2"], ["2"], []]
    assert (found(room="K"), found(sdg=3), found(action_line="C7.e-health")) == (["2"], ["2"], ["2"])
    assert (found(language="fr"), found(language="en")) == (["1"], ["1", "2"])
    assert found(text="SANTE ada") == ["1"]
    assert found(text="sante nobody") == []
    assert found(day=None, text="") == ["1", "2"]


def test_link_outside_the_matrix_is_marked_not_refused() -> None:
    rows = [
        {"action_line": "C7.e-health", "sdg": 3, "rationale": "a"},
        {"action_line": "C7.e-health", "sdg": 14, "rationale": "b"},
    ]
    assert [row["outside_matrix"] for row in outcomes.links(rows)] == [False, True]


def test_outcome_is_filed_after_the_session() -> None:
    [frozen] = freeze([session("1")], [place("1")])
    outcomes.require_over(frozen, frozen["end"])
    for row, at in [
        (frozen, frozen["end"] - timedelta(seconds=1)),
        (None, frozen["end"]),
        ({**frozen, "state": "cancelled"}, frozen["end"]),
    ]:
        with refused("consultation.session_not_over"):
            outcomes.require_over(row, at)
