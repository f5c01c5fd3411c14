"""A shelf as a page, and one of them on the page of who may read it."""

from wsis_shared.pages import Page, Panel, Read

PAGES = (
    Page(
        "/shelves/{shelf}",
        "shelf.html",
        "shelf",
        reads=(Read("papers", "/v1/shelves/{shelf}/papers", takes_query=True),),
        signed_in=True,
    ),
)
PANELS = (Panel("me", 50, "post.html", reads=(Read("shelf", "/v1/shelves/post"),), permission="guild:read"),)
