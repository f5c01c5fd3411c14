"""What becomes of a reply, whatever comes before it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wsis_consultation.replies import events
from wsis_consultation.replies.rules import decisions
from wsis_consultation.replies.rules.decisions import ANSWER, HOLD, IGNORE, MAX_HELD, POST, Decision

AT = datetime(2016, 12, 1, tzinfo=UTC)
LIMIT = 5
MAILS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from([None, None, None, *decisions.CAUSES]),
        st.sampled_from("abcdefgh"),
        st.sampled_from(["2017-1", "2017-2"]),
    ),
    max_size=80,
)


def play(mails: list[tuple[bool, str | None, str, str]]) -> list[tuple[bool, str | None, Decision, str]]:
    """What becomes of the mails of one day, in turn."""
    records: list[dict[str, Any]] = []
    seen = []
    for is_authentic, cause, text_key, discussion in mails:
        decision = decisions.decide(
            is_authentic=is_authentic,
            cause=cause,
            records=records,
            discussion=discussion,
            text_key=text_key,
            limit=LIMIT,
        )
        if decision.outcome != IGNORE:
            records.append({**vars(decision), "discussion": discussion, "text_key": text_key})
        seen.append((is_authentic, cause, decision, discussion + text_key))
    return seen


@given(MAILS)
def test_only_what_is_authentic_is_posted_and_each_text_once(mails: Any) -> None:
    posted = [
        (is_authentic, cause, text) for is_authentic, cause, decision, text in play(mails) if decision.outcome == POST
    ]
    assert all(is_authentic and cause is None for is_authentic, cause, _ in posted)
    assert len({text for _, _, text in posted}) == len(posted) <= LIMIT


@given(MAILS)
def test_mails_of_a_day_cause_few_mails_whatever_they_are(mails: Any) -> None:
    seen = play(mails)
    answered = [decision.reason for _, _, decision, _ in seen if decision.outcome == ANSWER]
    assert len(set(answered)) == len(answered)
    assert sum(decision.outcome == HOLD for _, _, decision, _ in seen) <= MAX_HELD
    assert all(is_authentic for is_authentic, _, decision, _ in seen if decision.outcome == ANSWER)


def test_so_many_forged_mails_are_held_and_no_more() -> None:
    forged = [(False, None, f"text {number}", "2017-1") for number in range(MAX_HELD + 1)]
    assert [decision.outcome for _, _, decision, _ in play(forged)] == [*[HOLD] * MAX_HELD, IGNORE]


@given(MAILS, st.sampled_from("abcdefgh"))
def test_forged_mails_never_keep_the_member_from_posting(mails: Any, text_key: str) -> None:
    forged = [(False, cause, text, discussion) for _, cause, text, discussion in mails]
    assert play([*forged, (True, None, text_key, "2017-1")])[-1][2] == Decision(POST)


def test_turning_off_revokes_and_repeats_change_nothing() -> None:
    on = decisions.turned(None, "ada", enabled=True, at=AT)
    assert (on["enabled"], on["epoch"]) == (True, 0)
    assert decisions.turned(on, "ada", enabled=True, at=AT) == on
    off = decisions.turned(on, "ada", enabled=False, at=AT)
    assert (off["enabled"], off["epoch"]) == (False, 1)
    assert decisions.turned(off, "ada", enabled=False, at=AT)["epoch"] == 1
    assert decisions.turned(off, "ada", enabled=True, at=AT)["epoch"] == 1


def test_every_cause_is_known_to_the_event() -> None:
    assert events.CAUSES == decisions.CAUSES
