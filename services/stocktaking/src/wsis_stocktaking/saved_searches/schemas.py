"""Schemas of saved searches."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_stocktaking.saved_searches.rules import MAILS, NONE
from wsis_stocktaking.search.schemas import TextAndFilters


class SavedSearchBody(RequestSchema):
    """A search, and what happens when a new entry fits: a mail, an event, or nothing."""

    name = Text(required=True, max_length=120)
    query = fields.Nested(
        TextAndFilters, required=True, metadata={"description": "As in the address of a search, without its page"}
    )
    mail = fields.String(
        load_default=NONE,
        validate=validate.OneOf(MAILS),
        metadata={"description": "Mails to the owner: within minutes, once a day, or none"},
    )
    event = fields.Boolean(load_default=False, metadata={"description": "Whether an event fires: for agencies"})


class SavedSearch(ResponseSchema):
    """A saved search."""

    id = fields.String(required=True)
    name = fields.String()
    query = fields.Dict(keys=fields.String(), values=fields.Raw())
    mail = fields.String()
    event = fields.Boolean()
    position = fields.Integer(metadata={"description": "Publications up to this sequence were looked at"})
    created_at = Utc()


SavedSearchPage = page_of(SavedSearch, "SavedSearchPage")


class Unsubscription(ResponseSchema):
    """A search, as whoever has the link of its mails may know it."""

    name = fields.String(required=True)
    mail = fields.String(required=True, metadata={"description": "immediate, daily or none"})
