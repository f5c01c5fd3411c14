"""What is published fits what is declared, and every mail can be written in every language."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined
from wsis_shared.reference import languages
from wsis_shared.translations import by_key

from wsis_prizes import events
from wsis_prizes.plugin import plugin

LOCALES = [language.code for language in languages()]
NOTICES = [(event, notice) for event in events.PUBLISHES for notice in event.notifications]


def test_only_the_release_names_winners() -> None:
    for event in events.PUBLISHES:
        named = "winners" in event.schema().fields
        assert named is (event is events.WINNERS_ANNOUNCED)
    assert not {"project", "projects", "finalists"} & set(events.FINALISTS_FIXED.schema().fields)
    assert not {"rank", "votes"} & set(events.CHAMPIONS_ANNOUNCED.schema().fields["champions"].inner.schema.fields)


DETAILS = {
    "receipt_details": {
        "receipt": "WSIS-2017-0132",
        "received_at": "2017-02-15T21:59:59Z",
        "title": "Clinics",
        "organization": "Ministry",
        "category": "C7.e-health",
        "country": "RW",
        "short_description": "Text",
    },
    "project_details": {"title": "Clinics"},
    "outcome_details": {"title": "Clinics", "standard": {"en": "Standard"}},
    "juror_details": {"open": 3},
    "champion_details": {"title": "Clinics", "project": "9b1d"},
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("event", "notice"), NOTICES, ids=lambda value: getattr(value, "template", ""))
def test_every_mail_can_be_written(event: Any, notice: Any, locale: str) -> None:
    """With the variables that there are and no others."""
    mails = Environment(undefined=StrictUndefined, autoescape=True)
    mails.filters.update(dict.fromkeys(["moment", "category", "phase", "country", "number", "localised"], str))
    mails.filters["plural"] = lambda count, **forms: forms["other"].replace("{n}", str(count))
    raw = by_key(plugin.locale_package, "mails")[notice.template][locale]
    hidden = ("account", "accounts")
    data = {name: value for name, value in event.example.items() if name not in hidden}
    variables = {**data, **DETAILS.get(notice.context_provider, {}), "names": "Ada"}
    for text in (raw["subject"], raw["text"], *raw.get("action", {}).values()):
        assert mails.from_string(text).render(variables).strip()
    assert notice.context_provider in ("", *DETAILS)


def test_errors_and_reasons_have_titles_in_seven_languages() -> None:
    from wsis_prizes.rules import nomination
    from wsis_prizes.use_cases.presenters import reasons

    codes = {code for route in plugin.routes for code in route.error_codes}
    assert codes <= set(plugin.error_titles)
    assert set(nomination.REASONS) | {"disqualified"} == set(reasons())
    for texts in (*plugin.error_titles.values(), *reasons().values()):
        assert sorted(texts) == sorted(LOCALES)
