from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import refused

from wsis_consultation.discussions import schemas
from wsis_consultation.discussions.rules import comments, digests, discussions

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)
ADA = {"account": "ada", "names": "Ada", "organization": "NGO", "country": "RW", "stakeholder_type": "civil_society"}


def _discussion(comment_count: int = 1, threads: int = 1) -> dict[str, Any]:
    body = {"community": "youth", "language": "fr", "title": "T", "text": "Opening"}
    return {**discussions.opened("2017", 12, body, AT), "comments": comment_count, "threads": threads}


def _comment(**more: Any) -> dict[str, Any]:
    return {**comments.written(_discussion(), None, None, ADA, "Hello", AT, "web"), **more}


@given(last=st.integers(0, 300), limit=st.integers(1, 40), newest=st.booleans())
def test_pages_together_have_each_number_once(last: int, limit: int, newest: bool) -> None:
    seen: list[int] = []
    after = None
    while True:
        page = comments.window(last, after, limit, newest=newest)
        assert page.high - page.low <= limit
        numbers = list(range(page.low, page.high))
        seen += numbers[::-1] if newest else numbers
        after = page.next
        if after is None:
            break
    assert seen == (list(range(last, 0, -1)) if newest else list(range(1, last + 1)))


@given(after=st.integers(0, 10**9), last=st.integers(0, 1000), newest=st.booleans())
def test_no_cursor_leads_beyond_the_list(after: int, last: int, newest: bool) -> None:
    page = comments.window(last, after, 50, newest=newest)
    assert all(1 <= number <= last for number in range(page.low, page.high))
    assert page.high - page.low <= 50


@given(st.lists(st.integers(0, 30), max_size=40))
def test_threads_are_numbered_densely_and_at_most_three_deep(parents: list[int]) -> None:
    """Each entry is a comment: 0 begins a thread, others reply to the comment of that number, if there is one."""
    rows: dict[int, dict[str, Any]] = {}
    threads = 0
    for count, wanted in enumerate(parents, 1):
        parent = rows.get(wanted)
        root = rows[parent["thread"]] if parent else None
        threads += root is None
        if root is not None:
            root["replies"] += 1
        rows[count] = comments.written(_discussion(count, threads), root, parent, ADA, "x", AT, "web")
    assert [row["root_n"] for row in rows.values() if row["depth"] == 1] == list(range(1, threads + 1))
    assert all(1 <= row["depth"] <= 3 for row in rows.values())
    for root in (row for row in rows.values() if row["parent"] is None):
        replies = [row for row in rows.values() if row["thread"] == root["n"] and row is not root]
        assert [row["thread_n"] for row in replies] == list(range(1, root["replies"] + 1))
        assert [row["thread_n"] for row in replies if "front" in row] == list(range(1, min(5, root["replies"]) + 1))


def test_each_reply_is_one_deeper_until_the_greatest_depth() -> None:
    root = parent = _comment()
    depths = []
    for _ in range(comments.MAX_DEPTH):
        depths.append(parent["depth"])
        parent = comments.written(_discussion(), root, parent, ADA, "x", AT, "web")
    assert depths == [1, 2, 3]
    assert parent["depth"] == comments.MAX_DEPTH


def test_text_is_normalized_and_loses_direction_controls() -> None:
    assert comments.checked("  e\u0301 \u202eabc\u202c \u2066x\u2069\r\n") == "é abc x"


@pytest.mark.parametrize("text", ["", "  \n ", "a" * 10_001, "a\x00b", "a\ud800b", "a\u2028b", "e" + "\u0301" * 31])
def test_what_is_no_text_of_a_comment_is_refused_with_the_field(text: str) -> None:
    with refused("consultation.comment_invalid") as refusal:
        comments.checked(text)
    assert list(refusal.value.fields) == ["text"]
    assert "text" in schemas.NewComment().validate({"text": text})


def test_schema_takes_the_longest_text_that_the_rule_takes() -> None:
    longest = "a" * comments.MAX_TEXT
    assert comments.checked(longest) == longest
    assert schemas.NewComment().load({"text": longest}) == {"text": longest, "parent": None, "language": None}


def test_author_edits_for_fifteen_minutes() -> None:
    comment = _comment()
    last = AT + timedelta(minutes=15) - timedelta(milliseconds=1)
    edited = comments.edited(comment, "ada", "**New**", last)
    assert (edited["html"], edited["edits"], edited["edited_at"]) == (
        '<p dir="auto"><strong>New</strong></p>',
        1,
        last,
    )
    with refused("consultation.edit_window_over"):
        comments.edited(comment, "ada", "New", AT + timedelta(minutes=15))
    with refused("consultation.not_the_author"):
        comments.edited(comment, "bob", "New", AT)


def test_nobody_is_the_author_of_a_comment_whose_account_is_erased() -> None:
    with refused("consultation.not_the_author"):
        comments.deleted(_comment(author=None), None, AT)


def test_deleted_comment_has_no_text_and_its_reports_are_handled() -> None:
    tombstone = comments.deleted(comments.reported(_comment(), "spam", AT), "ada", AT)
    assert (tombstone["status"], tombstone["source"], tombstone["html"]) == ("deleted", "", "")
    assert tombstone["report_state"] == "handled"
    with refused("consultation.comment_removed"):
        comments.moderated(tombstone, "published", "officer", "Back", AT)


def test_reports_alone_hide_nothing_and_a_decision_handles_them() -> None:
    comment = _comment()
    for reason in ("spam", "abuse", "spam"):
        comment = comments.reported(comment, reason, AT)
    assert (comment["status"], comment["report_count"]) == ("published", 3)
    assert comment["report_reasons"] == {"spam": 2, "abuse": 1}
    kept = comments.moderated(comment, "published", "officer", "Fine", AT)
    assert (kept["status"], kept["report_state"]) == ("published", "handled")
    assert comments.reported(kept, "spam", AT)["report_state"] == "open"


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "٣", "1" * 10, "1e3"])
def test_what_is_no_number_of_a_comment_is_not_found(text: str) -> None:
    with refused("consultation.comment_unknown"):
        comments.number_of(text)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2016, 12, 1, 4, 59, tzinfo=UTC), "2016-11-30"),  # 05:59 in Geneva
        (datetime(2016, 12, 1, 5, 0, tzinfo=UTC), "2016-12-01"),
        (datetime(2017, 6, 1, 3, 59, tzinfo=UTC), "2017-05-31"),  # summer time
        (datetime(2017, 6, 1, 4, 0, tzinfo=UTC), "2017-06-01"),
    ],
)
def test_day_of_a_digest_begins_at_its_hour_in_geneva(moment: datetime, day: str) -> None:
    assert digests.day_of(moment) == day


def test_digest_names_the_newest_comments_since_the_one_before() -> None:
    row = {**_discussion(comment_count=12), "digest_n": 10}
    assert digests.entry(row) == {"discussion": "2017-12", "new": 2, "newest": ["2017-12-12", "2017-12-11"]}
    assert digests.entry({**row, "digest_n": 0})["newest"] == ["2017-12-12", "2017-12-11", "2017-12-10"]
    assert digests.excerpt("a\n\n" + "b" * 400) == "a " + "b" * 297 + "…"


def test_a_member_goes_on_the_next_day() -> None:
    at = datetime(2016, 12, 1, 23, 59, 30, tzinfo=UTC)
    comments.require_left(100, at)
    with refused("consultation.too_many_comments", limit=100, retry_after=31):
        comments.require_left(101, at)
