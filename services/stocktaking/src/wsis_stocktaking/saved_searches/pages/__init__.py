"""Saved searches: save one, change how one hears of it, delete it."""

from __future__ import annotations

from marshmallow import Schema, fields
from wsis_shared.pages import Form, Page, Read

from wsis_stocktaking.search.schemas import TextAndFilters

_SEARCH = "/v1/me/saved-searches/{search}"


class SavedQuery(Schema):
    """Was it just saved?"""

    saved = fields.Integer()


PAGES = (
    Page(
        "/me/searches/new",
        "saved_searches/pages/new.html",
        "new_search",
        forms=(Form("save", "POST /v1/me/saved-searches", then="/me/searches/{id}?saved=1"),),
        query=TextAndFilters,
        view="wsis_stocktaking.saved_searches.pages.views:new",
        signed_in=True,
    ),
    Page(
        "/me/searches/{search}",
        "saved_searches/pages/search.html",
        "saved_search",
        reads=(Read("saved", _SEARCH),),
        forms=(
            Form("change", f"PUT {_SEARCH}", then="/me/searches/{search}?saved=1"),
            Form("remove", f"DELETE {_SEARCH}", then="/me/entries"),
        ),
        query=SavedQuery,
        view="wsis_stocktaking.saved_searches.pages.views:saved",
        signed_in=True,
        example={"search": "s1"},
    ),
)
