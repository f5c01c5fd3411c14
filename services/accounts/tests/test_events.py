"""What is published, and the mails that follow."""

from __future__ import annotations

import pytest

from wsis_accounts.plugin import plugin

NOTICES = [(event, notice) for event in plugin.publishes for notice in event.notifications]


@pytest.mark.parametrize("event", plugin.publishes, ids=lambda event: event.type)
def test_events_hold_nothing_that_identifies_or_opens(event):
    personal = {"email", "names", "given_name", "family_name", "code", "token", "mailbox"}
    assert set(event.schema().fields) & personal == set()
    assert not event.public


def test_no_delivery_dates_a_code():
    """A code leads to a vote within minutes: staff read the day of its mail."""
    codes = [notice for _, notice in NOTICES if notice.context_provider == "issue_code"]
    assert [(notice.template, notice.undated) for notice in codes] == [
        ("confirmation_code", True),
        ("sign_in_code", True),
        ("already_registered", True),
        ("no_account", True),
    ]
