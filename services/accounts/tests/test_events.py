"""What is published, and the mails that follow."""

from __future__ import annotations

import pytest
from jinja2 import Environment, StrictUndefined
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_key

from wsis_accounts.plugin import plugin

GIVEN = {
    "issue_code": {"code": "123456", "minutes": 10, "url": "https://wsis.example/confirm#c"},
    "farewell": {},
    "role_names": {"role_names": "juror"},
    "erasure_link_details": {"url": "https://wsis.example/erase#t"},
}
NOTICES = [(event, notice) for event in plugin.publishes for notice in event.notifications]


@pytest.mark.parametrize("event", plugin.publishes, ids=lambda event: event.type)
def test_events_hold_nothing_that_identifies_or_opens(event):
    personal = {"email", "names", "given_name", "family_name", "code", "token", "mailbox"}
    assert set(event.schema().fields) & personal == set()
    assert not event.public


@pytest.mark.parametrize(("event", "notice"), NOTICES, ids=lambda item: getattr(item, "template", ""))
@pytest.mark.parametrize("locale", LOCALES)
def test_mails_can_be_written_in_every_language(event, notice, locale):
    mail = by_key(plugin.locale_package, "mails")[notice.template]
    text = mail[locale]
    variables = {**event.example, **GIVEN[notice.context_provider], "names": "Amina Diallo"}
    mails = Environment(undefined=StrictUndefined, autoescape=True)
    mails.filters["plural"] = lambda count, **forms: forms["other"].replace("{n}", str(count))
    fill = mails.from_string
    written = {name: fill(text[name]).render(variables) for name in ("subject", "text")}
    assert written["subject"]
    assert "\n" not in written["subject"]
    assert "123456" not in written["subject"]
    assert ("123456" in written["text"]) == (
        notice.context_provider == "issue_code" and notice.template != "no_account"
    )
    if notice.context_provider == "issue_code":
        assert fill(mail["en"]["action"]["url"]).render(variables) == "https://wsis.example/confirm#c"


def test_no_delivery_dates_a_code():
    """A code leads to a vote within minutes: staff read the day of its mail."""
    codes = [notice for _, notice in NOTICES if notice.context_provider == "issue_code"]
    assert [(notice.template, notice.undated) for notice in codes] == [
        ("confirmation_code", True),
        ("sign_in_code", True),
        ("already_registered", True),
        ("no_account", True),
    ]
