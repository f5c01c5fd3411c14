"""Events with notices of every kind."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import ResponseSchema


class Anything(ResponseSchema):
    """Data of all events here."""

    title = fields.String()
    account = fields.String()
    accounts = fields.List(fields.String())
    edition = fields.String()
    challenge = fields.String()
    closes_at = fields.String()


def event(type_: str, *notices: EmailNotification) -> EventType:
    """An event with an example that suits each notice."""
    example = {"title": "Smart Villages", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    return EventType(type=type_, summary=type_, schema=Anything, example=example, notifications=notices)


FILTERS = {
    "medal": lambda code, locale: {"gold": {"en": "gold", "fr": "or"}}[code][locale],
    "country": lambda code, locale: "mine",
}

plugin = Plugin(
    name="herald",
    summary="A publisher made up for tests",
    service="",
    locale_package="wsis_herald",
    template_filters="wsis_herald.plugin:FILTERS",
    publishes=(
        event("code_wanted", EmailNotification("code", to="contact", priority="high", context_provider="issue_code")),
        event("work_received", EmailNotification("receipt")),
        event("jurors_reminded", EmailNotification("reminder", to="accounts", kind="reminders")),
        event("news_published", EmailNotification("news", to="everyone", kind="news")),
        event("jury_called", EmailNotification("call", to="role:juror")),
        event("text_forgotten", EmailNotification("forgotten")),
        event("all_forgotten", EmailNotification("nowhere", to="everyone")),
        event("choice_made", EmailNotification("choice", context_provider="summary", undated=True)),
        event("dates_moved", EmailNotification("dates", "contact", context_provider="issue_code", kind="dates")),
        event("mail_answered", EmailNotification("answer", "contact", context_provider="issue_code", auto_reply=True)),
    ),
)
