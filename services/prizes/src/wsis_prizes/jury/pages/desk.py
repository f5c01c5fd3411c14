"""The officers' desk of the Expert Group: who is of it, who reviews what, and how far they are."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_EDITION, _HERE = "/v1/editions/{edition}", "/desk/editions/{edition}/jury"
_JURORS = Read("jurors", f"{_EDITION}/jurors?everyone=true")
_PROGRESS = Read("progress", f"{_EDITION}/review-progress")


DESK = (
    Page(
        _HERE,
        "jury/pages/desk.html",
        "desk_jury",
        reads=(Read("contest", _EDITION), _JURORS, _PROGRESS),
        forms=(
            Form("preview", f"POST {_EDITION}/assignments/preview", then="", preview=True),
            Form("assign", f"POST {_EDITION}/assignments", then=f"{_HERE}?done=assigned"),
            Form("remind", f"POST {_EDITION}/review-reminders", then=f"{_HERE}?done=reminded", confirm=True),
        ),
        files=(Download("reviews", f"{_EDITION}/reviews?format=xlsx"),),
        view="wsis_prizes.jury.pages.views:group",
    ),
    Page(
        f"{_HERE}/{{account}}",
        "jury/pages/desk-juror.html",
        "desk_juror",
        reads=(
            Read("contest", _EDITION),
            _JURORS,
            Read("reviews", f"{_EDITION}/reviews?juror={{account}}&after={{after}}&limit=50"),
        ),
        forms=(
            Form("name", f"PUT {_EDITION}/jurors/{{account}}", then=f"{_HERE}?done=named"),
            Form(
                "take_out",
                f"POST {_EDITION}/jurors/{{account}}/removal",
                then=f"{_HERE}?done=taken_out",
                confirm=True,
            ),
        ),
        files=(Download("reviews", f"{_EDITION}/reviews?juror={{account}}&format=xlsx"),),
        view="wsis_prizes.jury.pages.views:juror",
    ),
)
