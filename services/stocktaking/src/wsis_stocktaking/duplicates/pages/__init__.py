"""The desk of possible duplicates: pairs, both sides beside each other, a verdict, and the merge."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_BOTH = (Read("first", "/v1/entry-reviews/{one}"), Read("second", "/v1/entry-reviews/{other}"))
_DONE = "/desk/duplicates?done=yes"


PAGES = (
    Page(
        "/desk/duplicates",
        "duplicates/pages/list.html",
        "desk_duplicates",
        reads=(
            Read("pairs", "/v1/entry-duplicates", takes_query=True),
            Read("job", "/v1/jobs/{job}", optional=True),
        ),
        forms=(Form("scan", "POST /v1/entry-duplicate-scans", then="/desk/duplicates?job={id}"),),
        files=(Download("pairs", "/v1/entry-duplicates?format=xlsx"),),
        menu="desk:31",
    ),
    Page(
        "/desk/duplicates/{one}/{other}",
        "duplicates/pages/pair.html",
        "desk_pair",
        reads=_BOTH,
        forms=(Form("verdict", "PUT /v1/entry-reviews/{one}/duplicates/{other}", then=_DONE),),
        view="wsis_stocktaking.duplicates.pages.views:pair",
    ),
    Page(
        "/desk/duplicates/{one}/{other}/merge",
        "duplicates/pages/merge.html",
        "merge",
        reads=_BOTH,
        forms=(Form("merge", "POST /v1/entries/{one}/merge", then=_DONE),),
    ),
)
