"""Where a submitter gives a project its image."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_HERE, _IMAGE = "/me/projects/{project}/image", "/v1/projects/{project}/image"


PAGES = (
    Page(
        _HERE,
        "images/pages/own.html",
        "image_of",
        reads=(Read("own", "/v1/me/projects/{project}"), Read("details", f"{_IMAGE}-details")),
        forms=(
            Form("set", f"PUT {_IMAGE}", then=f"{_HERE}?done=set"),
            Form("remove", f"DELETE {_IMAGE}", then=f"{_HERE}?done=removed", confirm=True),
        ),
        files=(Download("image", f"{_IMAGE}?size=large"),),
        permission="prizes:submit",
    ),
)
