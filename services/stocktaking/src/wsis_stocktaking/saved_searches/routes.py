"""Routes of saved searches."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.saved_searches import schemas

_SUBMIT = "stocktaking:submit"
_OWN = "/v1/me/saved-searches"
_STOP = "/v1/saved-searches/{search}/unsubscription/{code}"
_UNKNOWN = "stocktaking.saved_search_unknown"
_EVENTS = "stocktaking.events_for_agencies"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _OWN,
        handler="list_saved_searches",
        summary="Own saved searches",
        permission=_SUBMIT,
        query=PageQuery,
        response=schemas.SavedSearchPage,
    ),
    Route(
        "POST",
        _OWN,
        handler="save_search",
        summary="Save a search",
        permission=_SUBMIT,
        status=201,
        description="From now on its owner gets a mail about entries that newly fit, one for all of them. An entry "
        "that fitted before is not new with another revision.",
        body=schemas.SavedSearchBody,
        response=schemas.SavedSearch,
        error_codes=("stocktaking.query_invalid", "stocktaking.too_many_saved_searches", _EVENTS),
    ),
    Route(
        "GET",
        f"{_OWN}/{{search}}",
        handler="read_saved_search",
        summary="An own saved search",
        permission=_SUBMIT,
        response=schemas.SavedSearch,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        f"{_OWN}/{{search}}",
        handler="change_saved_search",
        summary="Change a saved search",
        permission=_SUBMIT,
        body=schemas.SavedSearchBody,
        response=schemas.SavedSearch,
        error_codes=(_UNKNOWN, "stocktaking.query_invalid", _EVENTS),
    ),
    Route(
        "DELETE",
        f"{_OWN}/{{search}}",
        handler="remove_saved_search",
        summary="Forget a saved search",
        permission=_SUBMIT,
        status=204,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        _STOP,
        handler="read_unsubscription",
        permission=PUBLIC,
        uncached="A link of one reader leads here.",
        summary="The search whose mails a link stops",
        response=schemas.Unsubscription,
        page="/searches/{search}/unsubscribe/{code}",
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        _STOP,
        handler="unsubscribe_saved_search",
        permission=PUBLIC,
        response=schemas.Unsubscription,
        form=True,
        summary="Stop the mails of a saved search, without signing in",
        error_codes=(_UNKNOWN,),
    ),
)
