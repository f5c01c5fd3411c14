"""What officers do with the files of a contribution, and with its deadline."""

from __future__ import annotations

from marshmallow import Schema
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import Id

_EDITION = "/v1/consultations/{edition}"
_SUBMISSION, _FILE = f"{_EDITION}/submissions/{{submission}}", f"{_EDITION}/attachments/{{attachment}}"
_DESK = "/desk/consultations/{edition}"
_HERE = f"{_DESK}/submissions/{{submission}}/files"
_DONE = f"{_HERE}?done=yes"


class FilesQuery(Schema):
    """The file that is looked at."""

    attachment = Id()


PAGES = (
    Page(
        _HERE,
        "attachments/pages/desk-files.html",
        "files_and_deadline",
        reads=(Read("found", f"{_SUBMISSION}/input"), Read("attached", f"{_SUBMISSION}/attachments")),
        forms=(
            Form("publish", f"PUT {_FILE}/publication", then=_DONE),
            Form("remove", f"POST {_FILE}/withdrawal", then=_DONE, confirm=True),
            Form("extend", f"PUT {_SUBMISSION}/override", then=_DONE, confirm=True),
        ),
        files=(Download("attachment", _FILE),),
        query=FilesQuery,
        permission="consultation:manage",
    ),
    Page(
        f"{_DESK}/late-submission",
        "attachments/pages/desk-late.html",
        "late_submission",
        forms=(
            Form("allow", f"POST {_EDITION}/late-submissions", then=f"{_DESK}/late-submission?done=yes", confirm=True),
        ),
        permission="consultation:manage",
    ),
)
