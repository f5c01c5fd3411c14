"""Mails that strangers have sent to an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from wsis_shared.mail_quotas import MailQuota, behind_tag

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("quota", "minutes"),
    [
        (MailQuota({HOUR: 2}), [0, 20, 60, 80, 120, 140]),
        (MailQuota({HOUR: 2, timedelta(hours=2): 3}), [0, 20, 60, 120, 140]),
        (MailQuota({HOUR: 2}, spacing=timedelta(minutes=30)), [0, 20, 60, 80, 120, 140]),
        (MailQuota({HOUR: 1}, spacing=timedelta(minutes=30)), [0, 40, 80, 120]),
    ],
)
def test_each_period_has_its_number_and_beyond_it_a_mail_is_spaced(quota: MailQuota, minutes: list[int]) -> None:
    sent: list[datetime] = []
    taken = []
    for minute in range(0, 150, 20):
        if (now := quota.with_one_more(sent, AT + timedelta(minutes=minute))) is not None:
            sent = now
            taken.append(minute)
    assert taken == minutes


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("jane+7@ngo.example", "jane@ngo.example"),
        ("jane+8+9@ngo.example", "jane@ngo.example"),
        ("jane@ngo.example", None),
        ("jane+@ngo.example", "jane@ngo.example"),
        ("+7@ngo.example", None),
        ("jane@ngo+7.example", None),
    ],
)
def test_the_mailbox_behind_a_tag(address: str, mailbox: str | None) -> None:
    assert behind_tag(address) == mailbox
