from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_stocktaking.entries import completeness
from wsis_stocktaking.entries import rules as invitations
from wsis_stocktaking.entries.schemas.own import STATES, NewDraft
from wsis_stocktaking.register.rules import cards, entries

AT = datetime(2016, 7, 1, tzinfo=UTC)


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "_id": "a",
        "version": 1,
        "visibility": entries.UNPUBLISHED,
        "draft": None,
        "revision": 0,
        "content": None,
        **changes,
    }


def test_schemas_know_the_states_of_a_draft() -> None:
    assert STATES == entries.STATES


@pytest.mark.parametrize(
    ("days", "light"), [(0, "green"), (365, "green"), (366, "yellow"), (730, "yellow"), (731, "red"), (4000, "red")]
)
def test_the_light_follows_the_age_of_the_last_update(days: int, light: str) -> None:
    assert cards.light(AT - timedelta(days=days), AT) == light


def test_a_returned_draft_keeps_the_reason_until_it_is_submitted_again(make_content: Any) -> None:
    waiting = entries.submit(entries.edit(entry(), make_content(), AT), AT)
    returned = entries.send_back(waiting, "Name the country", AT)
    edited = entries.edit(returned, make_content(), AT)
    assert (edited["draft"]["state"], edited["draft"]["reason"], edited["submitted_at"]) == (
        "returned",
        "Name the country",
        None,
    )
    again = entries.submit(edited, AT)
    assert (again["draft"]["state"], again["draft"]["reason"], again["submitted_at"]) == ("submitted", None, AT)


def test_a_draft_is_based_on_the_revision_that_was_public_when_it_began(make_content: Any) -> None:
    edited = entries.edit(entry(revision=3), make_content(), AT)
    assert entries.edit({**edited, "revision": 4}, make_content(), AT)["draft"]["based_on"] == 3


def test_a_merged_entry_is_neither_edited_nor_submitted_nor_merged_again(make_content: Any) -> None:
    merged = entry(visibility=entries.MERGED, merged_into="b")
    for work in (
        lambda: entries.edit(merged, make_content(), AT),
        lambda: entries.submit(merged, AT),
        lambda: entries.require_mergeable(merged, entry(_id="c", visibility=entries.PUBLIC)),
    ):
        with refused("stocktaking.entry_merged"):
            work()


def test_nothing_is_merged_into_an_entry_that_is_not_public() -> None:
    with refused("stocktaking.entry_not_public"):
        entries.require_mergeable(entry(visibility=entries.PUBLIC), entry(_id="b", visibility=entries.WITHDRAWN))


def test_the_title_is_that_of_the_original_language_or_any(make_content: Any) -> None:
    content = make_content(title={"en": "Farmers", "fr": "Agriculteurs"}, original_language="fr")
    assert entries.title_of(content) == "Agriculteurs"
    assert entries.title_of({**content, "original_language": None}) == "Farmers"
    assert (entries.title_of({**content, "title": {}}), entries.title_of(None)) == ("", "")


def test_the_call_selects_by_age_line_and_region(make_content: Any) -> None:
    row = {"last_updated_at": AT, "content": make_content(countries=["PS"])}
    later = AT + timedelta(seconds=1)
    assert invitations.is_due(row, later, ["C1", "C7.e-agriculture"], ["arab_states"])
    assert not invitations.is_due(row, AT, [], [])
    assert not invitations.is_due(row, later, ["C1"], [])
    assert not invitations.is_due(row, later, [], ["africa"])


def test_an_empty_draft_lacks_what_a_complete_content_has(make_content: Any) -> None:
    draft = NewDraft().load({"content": {}})["content"]
    assert set(draft) == set(make_content())
    assert completeness.problems(make_content()) == {}
    assert completeness.problems(draft).keys() == {
        f"content.{name}"
        for name in (
            "title",
            "description",
            "original_language",
            "organization.name",
            "organization.type",
            "kind",
            "coverage",
            "status",
            "action_lines",
        )
    }


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"title": {"xx": "?"}}, "title"),
        ({"kind": "app"}, "kind"),
        ({"targets": [8.1]}, "targets"),
        ({"action_lines": [{"line": "C7"}]}, "action_lines"),
        ({"colour": "red"}, "colour"),
        ({"organization": {"type": "club"}}, "organization"),
    ],
)
def test_a_draft_may_have_gaps_but_no_unknown_codes(content: dict[str, Any], field: str) -> None:
    assert list(NewDraft().validate({"content": content})["content"]) == [field]


def test_what_has_no_date_is_unknown_and_due() -> None:
    assert cards.light(None, AT) == "unknown"
    row = {"last_updated_at": None, "content": {"action_lines": [], "countries": [], "regions": []}}
    assert invitations.is_due(row, AT, [], [])
