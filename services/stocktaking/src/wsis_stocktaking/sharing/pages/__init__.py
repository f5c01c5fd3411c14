"""Shares: for owners who edits an entry, and who is asked; for who was asked the code of the mail."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_OF_ENTRY, _OWN = "/v1/me/entries/{entry}/shares", "/v1/me/entry-shares/{share}"
_HERE = "/me/entries/{entry}/sharing"


PAGES = (
    Page(
        _HERE,
        "sharing/pages/sharing.html",
        "share_page",
        reads=(Read("entry", "/v1/me/entries/{entry}"), Read("shares", f"{_OF_ENTRY}?after={{after}}")),
        forms=(
            Form("ask", f"POST {_OF_ENTRY}", then=f"{_HERE}?done=asked"),
            Form("hand_over", f"POST {_OF_ENTRY}", then=f"{_HERE}?done=asked", confirm=True),
            Form("end", f"DELETE {_OF_ENTRY}/{{share}}", then=f"{_HERE}?done=ended"),
        ),
    ),
    Page(
        "/me/shares/{share}",
        "sharing/pages/share.html",
        "share_invitation",
        reads=(Read("own", _OWN),),
        forms=(
            Form("accept", f"PUT {_OWN}/acceptance", then="/me/entries/{entry}?done=shared"),
            Form("leave", f"DELETE {_OWN}", then="/me/entries", confirm=True),
        ),
    ),
)
