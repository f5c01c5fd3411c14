"""Saved searches: save one, change how one hears of it, delete it; stop its mails by the link in one of them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Form, Page, Read

from wsis_stocktaking.search.schemas import TextAndFilters

_SEARCH = "/v1/me/saved-searches/{search}"


class SavedQuery(Schema):
    """Was it just saved?"""

    saved = fields.String(validate=validate.OneOf(("yes",)))


_STOP = "/v1/saved-searches/{search}/unsubscription/{code}"

PAGES = (
    Page(
        "/searches/{search}/unsubscribe/{code}",
        "saved_searches/pages/unsubscribe.html",
        "saved_search",
        reads=(Read("saved", _STOP),),
        forms=(Form("stop", f"POST {_STOP}", then="/searches/{search}/unsubscribe/{code}"),),
    ),
    Page(
        "/me/searches/new",
        "saved_searches/pages/new.html",
        "new_search",
        forms=(Form("save", "POST /v1/me/saved-searches", then="/me/searches/{id}?saved=yes"),),
        query=TextAndFilters,
        view="wsis_stocktaking.saved_searches.pages.views:new",
    ),
    Page(
        "/me/searches/{search}",
        "saved_searches/pages/search.html",
        "saved_search",
        reads=(Read("saved", _SEARCH),),
        forms=(
            Form("change", f"PUT {_SEARCH}", then="/me/searches/{search}?saved=yes"),
            Form("remove", f"DELETE {_SEARCH}", then="/me/entries", confirm=True),
        ),
        query=SavedQuery,
        view="wsis_stocktaking.saved_searches.pages.views:saved",
    ),
)
