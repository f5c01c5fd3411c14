"""Entries: for readers what they say and said before, and how to cite them; for owners their drafts; for officers what
waits for review."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Panel, Read

from wsis_stocktaking.entries.pages import invitations

_ENTRY = Read("entry", "/v1/entries/{entry}")
ChangesQuery = Schema.from_dict(  # "from" is no name of an attribute
    {"from": fields.Integer(), "to": fields.Integer()}, name="ChangesQuery"
)
_OWN = "/v1/me/entries/{entry}"
_HERE = "/me/entries/{entry}"


PUBLIC_AND_OWN = (
    Page(
        "/register/{entry}",
        "entries/pages/entry.html",
        "entry",
        reads=(_ENTRY, Read("revisions", "/v1/entries/{entry}/revisions?after={after}", optional=True)),
        view="wsis_stocktaking.entries.pages.views:entry",
    ),
    Page(
        "/register/{entry}/revisions/{version}",
        "entries/pages/revision.html",
        "revision",
        reads=(Read("revision", "/v1/entries/{entry}/revisions/{version}"),),
        view="wsis_stocktaking.entries.pages.views:revision",
    ),
    Page(
        "/register/{entry}/changes",
        "entries/pages/changes.html",
        "changes",
        reads=(_ENTRY, Read("changes", "/v1/entries/{entry}/differences?from={from}&to={to}")),
        query=ChangesQuery,
        view="wsis_stocktaking.entries.pages.views:changes",
    ),
    Page(
        "/me/entries",
        "entries/pages/own_list.html",
        "own_entries",
        reads=(
            Read("entries", "/v1/me/entries?after={after}"),
            Read("searches", "/v1/me/saved-searches", optional=True),
            Read("shared", "/v1/me/entry-shares", optional=True),
        ),
        files=(Download("entries", "/v1/me/entries?format=xlsx"),),
        menu="me:30",
    ),
    Page(
        "/me/entries/new",
        "entries/pages/new.html",
        "new_entry",
        forms=(Form("new", "POST /v1/entries", then="/me/entries/{id}"),),
    ),
    Page(
        _HERE,
        "entries/pages/own.html",
        "own_entry",
        reads=(Read("entry", _OWN), Read("alike", f"{_OWN}/duplicates", optional=True)),
        forms=(
            Form("save", f"PUT {_OWN}", then=f"{_HERE}?done=saved"),
            Form("submit", f"POST {_OWN}/submission", then=f"{_HERE}?done=submitted", confirm=True),
            Form("take_back", f"DELETE {_OWN}/submission", then=f"{_HERE}?done=taken_back"),
            Form("withdraw", f"PUT {_OWN}/withdrawal", then=f"{_HERE}?done=withdrawn", confirm=True),
            Form("correct", f"PUT {_OWN}/confirmation", then=f"{_HERE}?done=confirmed"),
            Form("discard", f"DELETE {_OWN}", then="/me/entries?done=discarded", confirm=True),
        ),
        view="wsis_stocktaking.entries.pages.own:own",
    ),
)


class FindQuery(Schema):
    """What is looked for: entries, or accounts."""

    q = fields.String(validate=validate.Length(max=200))


_REVIEW, _DESK = "/v1/entry-reviews/{entry}", "/desk/entries/{entry}"
DESK = (
    Page(
        "/desk/entries",
        "entries/pages/desk.html",
        "desk_entries",
        reads=(Read("waiting", "/v1/entry-reviews", takes_query=True),),
        files=(Download("waiting", "/v1/entry-reviews?format=xlsx"),),
        menu="desk:30",
    ),
    Page(
        "/desk/entries/search",
        "entries/pages/find.html",
        "find_entry",
        reads=(Read("found", "/v1/entries?limit=20&q={q}"),),
        query=FindQuery,
        permission="stocktaking:manage",
    ),
    Page(
        f"{_DESK}/correction",
        "entries/pages/correction.html",
        "correct_entry",
        reads=(Read("review", _REVIEW),),
        forms=(Form("correct", "PUT /v1/entries/{entry}/content", then=f"{_DESK}?done=corrected"),),
        view="wsis_stocktaking.entries.pages.own:correction",
        permission="stocktaking:manage",
    ),
    Page(
        f"{_DESK}/owner",
        "entries/pages/owner.html",
        "entry_owner",
        reads=(
            Read("review", _REVIEW),
            Read("editors", f"{_REVIEW}/editors", optional=True),  # their addresses: each look is in the audit
            Read("accounts", "/v1/accounts?limit=20&q={q}", optional=True),
        ),
        forms=(Form("assign", "PUT /v1/entries/{entry}/owner", then=f"{_DESK}?done=assigned", confirm=True),),
        query=FindQuery,
        view="wsis_stocktaking.entries.pages.views:owner",
        permission="stocktaking:manage",
    ),
    Page(
        _DESK,
        "entries/pages/review.html",
        "desk_entry",
        reads=(Read("review", _REVIEW),),
        forms=(Form("decide", f"PUT {_REVIEW}/decision", then="/desk/entries?done=yes"),),
        files=(Download("revisions", f"{_REVIEW}/revisions?format=xlsx"),),
        view="wsis_stocktaking.entries.pages.views:review",
    ),
)
PAGES = (*PUBLIC_AND_OWN, *DESK, invitations.PAGE)

PANELS = (
    Panel(
        "me",
        30,
        "entries/pages/me.html",
        reads=(Read("entries", "/v1/me/entries?limit=5"),),
        permission="stocktaking:submit",
    ),
)
