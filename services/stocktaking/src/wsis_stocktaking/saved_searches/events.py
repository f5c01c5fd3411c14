"""Events of saved searches."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class SavedSearchMatched(ResponseSchema):
    """Entries newly fit an agency's search. It does not name who saved the search."""

    saved_search = fields.String(required=True)
    entries = fields.List(fields.String(), required=True, metadata={"description": "The first 500"})
    total = fields.Integer(required=True)
    after = fields.Integer(required=True, metadata={"description": "They were published after this sequence"})
    sequence = fields.Integer(required=True, metadata={"description": "... up to this one"})


class SavedSearchNews(ResponseSchema):
    """Entries newly fit the search of an account."""

    account = fields.String(required=True)
    run = fields.String(required=True)


SAVED_SEARCH_MATCHED = EventType(
    "saved_search_matched",
    "Entries newly fit the saved search of an agency",
    SavedSearchMatched,
    {"saved_search": "5c1d", "entries": ["9b1d"], "total": 1, "after": 8100, "sequence": 8124},
    public=True,
)
SAVED_SEARCH_NEWS = EventType(
    "saved_search_news",
    "Entries newly fit a saved search; its owner gets a mail",
    SavedSearchNews,
    {"account": "3f2a", "run": "5c1d-8124"},
    notifications=(
        EmailNotification("saved_search_news", context_provider="write_saved_search_news", kind="searches"),
    ),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_saved_searches"),
    EventDependency("accounts", "power_changed", reads=("account", "roles"), handler="silence_saved_searches"),
)
