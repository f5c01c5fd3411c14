"""Which mails follow an event, to whom, and when a failed one is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules import deliveries as rules


def test_the_same_event_template_and_person_are_one_delivery() -> None:
    one = rules.delivery_id("e1", "prizes/receipt", "a1")
    assert one == rules.delivery_id("e1", "prizes/receipt", "a1")
    others = {
        rules.delivery_id("e2", "prizes/receipt", "a1"),
        rules.delivery_id("e1", "prizes/call", "a1"),
        rules.delivery_id("e1", "prizes/receipt", "a2"),
        rules.delivery_id("e1", "prizes/receipt", None),
    }
    assert len(others | {one}) == 5


@pytest.mark.parametrize(
    ("to", "data", "expected"),
    [
        ("account", {"account": "a1"}, ["a1"]),
        ("accounts", {"accounts": ["a1", "a2", "a1"]}, ["a1", "a2"]),
        ("accounts", {"accounts": []}, []),
        ("contact", {}, [None]),
        ("everyone", {}, None),
        ("role:juror", {}, None),
    ],
)
def test_the_event_names_its_recipients(to: str, data: dict[str, Any], expected: Any) -> None:
    assert rules.named_recipients(to, data) == expected


@pytest.mark.parametrize(
    ("to", "data"),
    [
        ("account", {}),
        ("account", {"account": 7}),
        ("accounts", {"accounts": "a1"}),
        ("accounts", {"accounts": [None]}),
        ("nobody", {}),
    ],
)
def test_an_event_without_its_recipient_is_a_fault_with_a_reason(to: str, data: dict[str, Any]) -> None:
    with pytest.raises(RenderError, match="event_misfit"):
        rules.named_recipients(to, data)


def test_a_template_does_not_see_who_else_gets_the_mail() -> None:
    assert rules.variables_of({"accounts": ["a"], "account": "b", "edition": "2017"}) == {"edition": "2017"}


@pytest.mark.parametrize("priority", rules.PRIORITIES)
def test_back_off_grows_and_ends(priority: str) -> None:
    pauses = [rules.retry_after(priority, attempt) for attempt in range(1, 12)]
    waits = [pause for pause in pauses if pause is not None]
    assert waits == sorted(waits)
    assert pauses[-1] is None
    assert sum(waits) < 15 * 60 if priority == "high" else sum(waits) > 20 * 3600


@pytest.mark.parametrize(
    ("stage", "code", "text", "state", "reason"),
    [
        ("rcpt", 550, "5.1.1 <ama@people.example>: no such user", "failed", "rcpt 550 5.1.1"),
        ("rcpt", 450, "4.2.0 greylisted", "retry", "rcpt 450 4.2.0"),
        ("content", 554, "spam", "failed", "content 554"),
        ("content", 452, "4.3.1 disk full", "retry", "content 452 4.3.1"),
        ("mail", 550, "5.7.1 sender not allowed", "retry", "mail 550 5.7.1"),
        ("rcpt", 530, "5.7.0 authentication required", "retry", "rcpt 530 5.7.0"),
    ],
)
def test_answers_of_the_relay(stage: str, code: int, text: str, state: str, reason: str) -> None:
    assert rules.outcome_of(stage, code, text) == rules.Outcome(state, reason)


def test_an_unknown_outcome_is_sent_again_for_codes_only() -> None:
    unknown = rules.Outcome("unknown", "the sender ended")
    assert rules.settlement(unknown, "high", 1, repeatable=True).state == "queued"
    assert rules.settlement(unknown, "high", 1, repeatable=False).state == "unknown"
    assert rules.settlement(unknown, "low", 1, repeatable=False).state == "unknown"
    assert rules.is_repeatable("contact", "high")
    assert not rules.is_repeatable("account", "high")
    assert not rules.is_repeatable("everyone", "low")


def test_tries_are_used_up_in_the_end() -> None:
    failed_event = rules.settlement(rules.Outcome("retry", "rcpt 450"), "low", 11, repeatable=False)
    assert (failed_event.state, failed_event.reason) == ("failed", "given up: rcpt 450")
