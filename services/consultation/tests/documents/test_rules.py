from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.document_versions import canonical
from wsis_shared.shares import shares

from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import final_brief, outcomes, sources
from wsis_consultation.documents.rules.outcomes import masked

MARCH = datetime(2017, 3, 17, 12, tzinfo=UTC)
Rows = list[dict[str, Any]]


@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=20))
def test_shares_add_up_to_a_hundred_and_are_within_one_of_the_exact_share(counts: list[int]) -> None:
    percents = shares(counts)
    assert sum(percents) == (100 if sum(counts) else 0)
    assert all(
        abs(percent - 100 * count / max(sum(counts), 1)) < 1 for percent, count in zip(percents, counts, strict=True)
    )


def test_shares_of_2017_are_those_that_were_published(edition: dict[str, Any], inputs_2017: Rows) -> None:
    figures = outcomes.build(edition, inputs_2017, as_of=MARCH)["statistics"]
    assert [(row["codes"], row["percent"]) for row in figures["by_stakeholder_type"]] == [
        (["government"], 24),
        (["civil_society"], 31),
        (["international_organization"], 22),
        (["private_sector"], 16),
        (["academia", "technical_community"], 7),
    ]
    apart = outcomes.build(edition, inputs_2017, as_of=MARCH, merged=False)["statistics"]
    assert [(row["codes"], row["count"]) for row in apart["by_stakeholder_type"]][-2:] == [
        (["academia"], 10),
        (["technical_community"], 7),
    ]
    for name in ("by_stakeholder_type", "by_region", "by_language", "by_kind"):
        assert sum(row["count"] for row in figures[name]) == 250, name


def test_each_input_is_there_once_and_withdrawn_or_hidden_ones_are_not(
    edition: dict[str, Any], inputs_2017: Rows
) -> None:
    rows = [dict(row) for row in inputs_2017]
    rows[3]["state"], rows[7]["hidden"] = "withdrawn", True
    model = outcomes.build(edition, rows, as_of=MARCH)
    receipts = [row["receipt"] for row in model["submissions"]]
    assert receipts == sorted(set(receipts))
    assert len(receipts) == len(model["inputs"]) == model["statistics"]["total"] == 248
    assert not {"OCP-2017-0004", "OCP-2017-0008"} & {*receipts}


def test_model_is_the_same_in_any_order_of_its_inputs(edition: dict[str, Any], inputs_2017: Rows) -> None:
    mixed = list(inputs_2017)
    random.Random(7).shuffle(mixed)
    themes = [{"title": {"en": name}, "submissions": [name]} for name in ("s1", "s2", "s3")]
    first = outcomes.build(edition, inputs_2017, themes=themes, as_of=MARCH)
    assert canonical(outcomes.build(edition, mixed, themes=themes[::-1], as_of=MARCH)) == canonical(first)
    assert canonical(outcomes.build(edition, mixed[1:], themes=themes, as_of=MARCH)) != canonical(first)
    assert json.loads(canonical(first)) == first


def test_contact_data_are_nowhere_in_a_model(edition: dict[str, Any], inputs_2017: Rows) -> None:
    written = {
        **inputs_2017[0],
        "answers": {
            "structure_programme": "Call +41 22 730 51 11 or 0041227305111, mail Ada.Umutoni+wsis@health.example.org.",
            "full_name": "Ada Umutoni",
            "email": "ada@health.example",
        },
        "organization": "Health for All, ada@health.example",
        "requests": [
            {
                "kind": "workshop",
                "title": "Ask bo@corp.example",
                "co_organizers": ["x@y.example", "ITU"],
                "speakers": [{"name": "Bo Li", "email": "bo@corp.example"}],
            }
        ],
    }
    spoken = [{"organization": "APC, bo@corp.example", "country": "ZA", "remote": True}]
    meeting = {"title": {"en": "First"}, "start": MARCH, "end": MARCH, "interventions": spoken}
    model = outcomes.build(edition, [written], meetings=[meeting], as_of=MARCH)
    text = json.dumps(model, ensure_ascii=False)
    assert not [leak for leak in ("@", "730", "Ada", "Bo Li", "41227") if leak in text]
    assert "[…]" in text


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("deadline", "1 March 2017"), ("opening", "20 February 2017 – 1 March 2017")],
)
def test_a_deadline_that_moved_is_shown_on_its_new_day(edition: dict[str, Any], kind: str, shown: str) -> None:
    start, end = datetime(2017, 2, 19, 23, tzinfo=UTC), datetime(2017, 3, 1, 22, tzinfo=UTC)
    phases = [{**edition["phases"][3], "kind": kind, "start": start, "end": end}]
    model = outcomes.build({**edition, "phases": phases}, [], as_of=MARCH)
    assert f'"{shown}"' in json.dumps(lay_out("outcomes", model, {}, "en", "1.1"), ensure_ascii=False)


@pytest.mark.parametrize(
    "text", ["WSIS+10, 2003 to 2017", "A/RES/70/125 of 16 December 2015", "CHF 1 200 000", "9.c, 8.10"]
)
def test_figures_in_texts_are_no_telephone_numbers(text: str) -> None:
    assert masked(text) == text


def test_a_document_has_each_submission_as_it_was_then(inputs_2017: Rows) -> None:
    changed = {
        **inputs_2017[0],
        "version_number": 3,
        "amended_at": MARCH + timedelta(days=3),
        "answers": {"a": "later"},
    }
    old = [
        {"submission": "s1", "number": number, "at": at, "_id": f"s1.{number}", "by": "account", "answers": {"a": text}}
        for number, at, text in (
            (1, MARCH - timedelta(days=9), "first"),
            (2, MARCH, "then"),
            (3, MARCH + timedelta(days=3), "later"),
        )
    ]
    late = {**inputs_2017[1], "received_at": MARCH + timedelta(seconds=1)}
    [found] = sources.as_of([changed, late], old, MARCH)
    assert (found["_id"], found["version_number"], found["answers"]) == ("s1", 2, {"a": "then"})
    assert [row["version_number"] for row in sources.as_of([changed], [], MARCH + timedelta(days=3))] == [3]


def test_themes_count_the_submissions_of_the_document_alone(edition: dict[str, Any], inputs_2017: Rows) -> None:
    themes = [
        {"title": {"en": "Few"}, "submissions": ["s1"]},
        {"title": {"en": "Many"}, "submissions": ["s2", "s3", "s3", "gone"]},
    ]
    found = outcomes.build(edition, inputs_2017, themes=themes, as_of=MARCH)["themes"]
    assert [(row["title"]["en"], row["count"]) for row in found] == [("Many", 2), ("Few", 1)]
    assert found[0]["submissions"] == ["OCP-2017-0002", "OCP-2017-0003"]


def test_meetings_have_the_times_of_their_phase_and_published_minutes_alone(edition: dict[str, Any]) -> None:
    stored = [
        {
            "_id": "m1",
            "phase": "first_physical_meeting",
            "title": {"en": "old"},
            "end": MARCH,
            "recordings": [],
            "agenda": [{"title": {"en": "Opening"}, "minutes": 10}],
        },
        {"_id": "m2", "phase": None, "title": {"en": "cancelled"}, "end": MARCH, "state": "cancelled"},
        {"_id": "m3", "phase": None, "title": {"en": "later"}, "end": MARCH + timedelta(seconds=1)},
    ]
    minutes = [
        {"meeting": "m1", "number": n, "text": {"en": str(n)}, "published_at": at}
        for n, at in ((1, MARCH), (2, MARCH), (3, None), (4, MARCH + timedelta(days=1)))
    ]
    minutes.append({**minutes[1], "number": 5, "text": {"en": "5"}, "correction": {"mark": "withdrawn"}})
    turn = {"meeting": "m1", "mode": "remote", "started_at": MARCH}
    spoken = [{**turn, "participant": f"p{number}", "number": number} for number in (1, 2)]
    person = {"organization": "APC", "country": "ZA", "name": "Ada"}
    people = {"p1": {**person, "public_name": True}, "p2": {**person, "public_name": False}}
    [held] = sources.held(edition, stored, MARCH)
    found = sources.meeting(held, minutes, spoken, people, MARCH)
    [shown] = outcomes.build(edition, [], meetings=[found], as_of=MARCH)["meetings"]
    assert (shown["title"]["en"], shown["start"]) == ("First physical meeting", "2016-10-12T14:30:00Z")
    assert (shown["minutes"], shown["agenda"]) == ({"en": "2"}, [{"en": "Opening"}])
    assert shown["interventions"] == [
        {"organization": "APC", "country": "ZA", "remote": True},
        {"organization": None, "country": None, "remote": True},  # who did not agree to be named
    ]


def test_meeting_of_a_removed_phase_was_not_held(edition: dict[str, Any]) -> None:
    stored = [{"_id": "m1", "phase": "lunch", "title": {"en": "old"}, "start": MARCH, "end": MARCH}]
    assert sources.held(edition, stored, MARCH) == []


def test_final_brief_counts_sessions_by_day_of_geneva(edition: dict[str, Any]) -> None:
    def session(number: int, start: datetime, **more: Any) -> dict[str, Any]:
        return {
            "code": f"S{number}",
            "type": "thematic_workshop",
            "track": "forum",
            "title": {"en": "W"},
            "room": "a",
            "start": start,
            "end": start + timedelta(hours=1),
            "organizers": ["ITU"],
            **more,
        }

    version = {
        "number": "1.0",
        "rooms": [{"code": "a", "name": "Popov"}],
        "sessions": [
            session(1, datetime(2017, 6, 12, 21, 59, tzinfo=UTC)),
            session(2, datetime(2017, 6, 12, 22, tzinfo=UTC)),
            session(3, datetime(2017, 6, 13, 9, tzinfo=UTC), state="cancelled"),
        ],
    }
    programme = sources.programme(version, {"rooms": [{"code": "a", "name": "Popov", "capacity": 250}]})
    model = final_brief.build(edition, programme, as_of=MARCH)
    assert [(row["codes"], row["count"]) for row in model["statistics"]["by_day"]] == [
        (["2017-06-12"], 1),
        (["2017-06-13"], 1),
    ]
    assert model["rooms"] == [{"name": "Popov", "capacity": 250, "sessions": 2}]
