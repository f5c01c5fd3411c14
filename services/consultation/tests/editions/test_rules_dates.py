from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit import refused

from wsis_consultation.editions.rules import editions, phases, reference

DEADLINE = "submissions_deadline"
REVISION = {"at": datetime(2017, 2, 1, tzinfo=UTC), "by": "officer", "reason": "Many asked for another week"}
FORUM = {
    "starts_on": "2018-05-21",
    "ends_on": "2018-05-25",
    "high_level_days": ["2018-05-22"],
    "venue": {},
    "theme": {"en": "Trust"},
}


def _moved(edition: dict[str, Any], code: str = DEADLINE, days: int = 9) -> dict[str, Any]:
    phase = phases.find(edition["phases"], code)
    step = timedelta(days=days)
    rows = phases.move(edition["phases"], code, {"start": phase["start"] + step, "end": phase["end"] + step})
    return editions.with_phases(edition, rows, REVISION)


def test_moved_deadline_decides_and_the_former_one_stays_on_record(edition: dict[str, Any]) -> None:
    moved = _moved(edition)
    assert editions.submissions_close_at(moved) == datetime(2017, 3, 1, 22, tzinfo=UTC)
    [revision] = moved["revisions"]
    assert revision["reason"] == REVISION["reason"]
    [change] = revision["changes"]
    assert change["former_end"] == datetime(2017, 2, 20, 22, tzinfo=UTC)
    assert phases.find(moved["phases"], DEADLINE)["sequence"] == 1


def test_last_phase_is_not_before_the_one_that_precedes_it(edition: dict[str, Any]) -> None:
    early = datetime(2017, 3, 1, 14, tzinfo=UTC)
    with refused("consultation.phase_out_of_order") as refusal:
        phases.move(edition["phases"], "final_brief", {"start": early, "end": early + timedelta(hours=3)})
    assert refusal.value.params == {"phase": "final_brief", "former": "final_review_meeting"}


def test_phase_ends_after_it_starts(edition: dict[str, Any]) -> None:
    start = phases.find(edition["phases"], "final_brief")["start"]
    with refused("consultation.phase_ends_before_start"):
        phases.move(edition["phases"], "final_brief", {"end": start})


def test_overlap_is_allowed_and_shown(edition: dict[str, Any]) -> None:
    opens = editions.forum_opens_at(edition)
    assert phases.conflicts(edition["phases"], opens) == []
    long = phases.move(edition["phases"], "final_review_meeting", {"end": datetime(2017, 6, 20, tzinfo=UTC)})
    assert phases.conflicts(long, opens) == [
        {"phase": "final_brief", "with": "final_review_meeting", "kind": "ends_first"},
        {"phase": "final_review_meeting", "with": "forum", "kind": "after_opening"},
    ]


def test_five_phases_instead_of_six(edition: dict[str, Any]) -> None:
    rows = [phase for phase in edition["phases"] if phase["code"] != "second_physical_meeting"]
    changed = editions.with_phases(edition, phases.replace(edition["phases"], rows), REVISION)
    assert [phase["roman"] for phase in changed["phases"]] == ["I", "II", "III", "IV", "V"]
    [removed] = changed["removed_phases"]
    assert (removed["code"], removed["sequence"]) == ("second_physical_meeting", 1)
    [change] = changed["revisions"][0]["changes"]
    assert (change["start"], change["former_start"]) == (None, removed["start"])
    returned = phases.replace(changed["phases"], edition["phases"], changed["removed_phases"])
    back = editions.with_phases(changed, returned, REVISION)
    assert phases.find(back["phases"], removed["code"])["sequence"] == 2, "calendars drop what has a lower number"
    assert back["removed_phases"] == []
    assert [phase["roman"] for phase in back["phases"]] == ["I", "II", "III", "IV", "V", "VI"]


def test_title_may_change_without_a_notice(edition: dict[str, Any]) -> None:
    first, *others = edition["phases"]
    renamed = [{**first, "title": {**first["title"], "en": "Launch"}}, *others]
    changed = editions.with_phases(edition, phases.replace(edition["phases"], renamed), REVISION)
    assert changed["revisions"] == []
    assert changed["phases"][0]["title"]["en"] == "Launch"


def test_edition_needs_a_deadline_of_submissions(edition: dict[str, Any]) -> None:
    rows = [phase for phase in edition["phases"] if phase["kind"] != phases.DEADLINE]
    with refused("consultation.deadline_missing"):
        phases.replace(edition["phases"], rows)


def test_nothing_to_change(edition: dict[str, Any]) -> None:
    with refused("consultation.nothing_to_change"):
        editions.with_phases(edition, phases.replace(edition["phases"], edition["phases"]), REVISION)


def test_deadline_lies_inside_the_edition(edition: dict[str, Any]) -> None:
    late = datetime(2017, 2, 1, 22, tzinfo=UTC)
    moved = editions.with_deadline(edition, "hltf_nominations", late, REVISION)
    assert moved["deadlines"]["hltf_nominations"] == late
    assert moved["revisions"][0]["changes"][0]["former_end"] == edition["deadlines"]["hltf_nominations"]
    with refused("consultation.deadline_outside"):
        editions.with_deadline(edition, "hltf_nominations", editions.forum_ends_at(edition), REVISION)
    with refused("consultation.deadline_unknown"):
        editions.with_deadline(edition, "lunch", late, REVISION)


def test_copied_edition_keeps_the_wall_dates(edition: dict[str, Any]) -> None:
    copied = editions.copy_of(_moved(edition), "2018", FORUM)
    assert editions.submissions_close_at(copied) == datetime(2018, 3, 1, 22, tzinfo=UTC)
    assert (copied["forum"], copied["revisions"]) == (FORUM, [])
    assert copied["phases"][0]["start"] == datetime(2017, 8, 31, 22, tzinfo=UTC)


_steps = st.lists(st.tuples(st.integers(0, 5), st.integers(-400, 400), st.integers(1, 400)), max_size=8)


@given(_steps)
def test_phases_stay_in_order_whatever_is_asked(steps: list[tuple[int, int, int]]) -> None:
    doc = editions.from_seed(reference.edition_seed(2017))
    for number, days, hours in steps:
        phase = doc["phases"][number]
        start = phase["start"] + timedelta(days=days)
        try:
            rows = phases.move(doc["phases"], phase["code"], {"start": start, "end": start + timedelta(hours=hours)})
            doc = editions.with_phases(doc, rows, REVISION)
        except (Conflict, Invalid):
            continue
    starts = [phase["start"] for phase in doc["phases"]]
    assert starts == sorted(starts)
    moves = sum(phase["sequence"] for phase in doc["phases"])
    assert moves == sum(len(revision["changes"]) for revision in doc["revisions"])


def test_roman_numerals() -> None:
    assert [phases.roman(number) for number in (1, 4, 6, 9, 14, 20)] == ["I", "IV", "VI", "IX", "XIV", "XX"]


def test_a_venue_is_said_in_the_language_of_the_reader(edition):
    assert phases.venue_in(phases.find(edition["phases"], "first_physical_meeting"), "zh") == "日内瓦国际电联总部"
    other = {"venue": "Palais", "venue_names": {"ar": "القصر"}}
    moved = phases.move(edition["phases"], "first_physical_meeting", other)
    found = phases.find(moved, "first_physical_meeting")
    assert (phases.venue_in(found, "ar"), phases.venue_in(found, "ru")) == ("القصر", "Palais")
    again = phases.move(moved, "first_physical_meeting", {"venue": "CICG"})
    assert phases.venue_in(phases.find(again, "first_physical_meeting"), "ar") == "CICG", (
        "not the name of another place"
    )
    assert found["sequence"] == 1, "calendars read it again"
