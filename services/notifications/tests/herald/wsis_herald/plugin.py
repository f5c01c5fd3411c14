"""Events with notices of every kind."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import Event, Notice
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import Answer


class Anything(Answer):
    """Data of all events here."""

    title = fields.String()
    account = fields.String()
    accounts = fields.List(fields.String())
    edition = fields.String()
    challenge = fields.String()
    closes_at = fields.String()


def event(type_: str, *notices: Notice) -> Event:
    """An event with an example that suits each notice."""
    example = {"title": "Smart Villages", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    return Event(type=type_, summary=type_, schema=Anything, example=example, notices=notices)


plugin = Plugin(
    name="herald",
    summary="A publisher made up for tests",
    service="",
    texts="wsis_herald.notices",
    publishes=(
        event("code_wanted", Notice("code", to="contact", lane="fast", details="issue_code")),
        event("work_received", Notice("receipt")),
        event("jurors_reminded", Notice("reminder", to="accounts")),
        event("news_published", Notice("news", to="everyone")),
        event("jury_called", Notice("call", to="role:juror")),
        event("text_forgotten", Notice("forgotten")),
        event("all_forgotten", Notice("nowhere", to="everyone")),
        event("choice_made", Notice("choice", details="summary")),
    ),
)
