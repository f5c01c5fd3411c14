"""An entry of the register for readers: what it says, what it said before, and how to cite it."""

from __future__ import annotations

from marshmallow import Schema, fields
from wsis_shared.pages import Page, Read

_ENTRY = Read("entry", "/v1/entries/{entry}")
_EXAMPLE = {"entry": "e1"}
ChangesQuery = Schema.from_dict(  # "from" is no name of an attribute
    {"from": fields.Integer(), "to": fields.Integer()}, name="ChangesQuery"
)

PAGES = (
    Page(
        "/register/{entry}",
        "entries/pages/entry.html",
        "entry",
        reads=(_ENTRY, Read("revisions", "/v1/entries/{entry}/revisions?limit=50", optional=True)),
        view="wsis_stocktaking.entries.pages.views:entry",
        example=_EXAMPLE,
    ),
    Page(
        "/register/{entry}/revisions/{version}",
        "entries/pages/revision.html",
        "revision",
        reads=(Read("revision", "/v1/entries/{entry}/revisions/{version}"),),
        view="wsis_stocktaking.entries.pages.views:revision",
        example={**_EXAMPLE, "version": "1"},
    ),
    Page(
        "/register/{entry}/changes",
        "entries/pages/changes.html",
        "changes",
        reads=(_ENTRY, Read("changes", "/v1/entries/{entry}/differences?from={from}&to={to}")),
        query=ChangesQuery,
        view="wsis_stocktaking.entries.pages.views:changes",
        example=_EXAMPLE,
    ),
)
