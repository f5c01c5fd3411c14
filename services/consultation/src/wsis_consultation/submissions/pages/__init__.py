"""Where a contribution is written, looked at, amended and withdrawn. Mailed links have their secret after the #."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Panel, Read
from wsis_shared.schemas import Id

from wsis_consultation.submissions.schemas.forms import TYPES

_EDITION = "/v1/consultations/{edition}"
_DRAFT, _SUBMISSION = f"{_EDITION}/drafts/{{draft}}", f"{_EDITION}/submissions/{{submission}}"
_CONSULTATION = Read("consultation", _EDITION)
_VIEWS = "wsis_consultation.submissions.pages.views"
_OWN, _OWN_DRAFT = "/me/submissions/{edition}/{submission}", "/me/drafts/{edition}/{draft}"
_MAILED, _FILE = "/consultations/{edition}/submission", f"{_EDITION}/attachments/{{attachment}}"
_FILES = (Download("file", _FILE),)
_SUBMITTED = Read("submission_data", _SUBMISSION)
_ASKED = Read("form_data", f"{_EDITION}/form?stakeholder_type={{submission_data.stakeholder_type}}")


def _with_files(parent: str, page: str) -> tuple[Form, Form]:
    """Attach a file, and take one back."""
    done = f"{page}?done=" if page else ""
    return (
        Form("attach", f"POST {parent}/attachments", then=done and f"{done}attached"),
        Form("take_back", f"POST {_FILE}/removal", then=done and f"{done}taken_back", confirm=True),
    )


class SubmitQuery(Schema):
    """For whom one writes, and the draft that was just saved."""

    stakeholder_type = fields.String(validate=validate.OneOf(TYPES))
    saved = Id()


class FileQuery(Schema):
    """The file to open."""

    attachment = Id()


_FORM_DESK = "/desk/consultations/{edition}/form"
_PUBLISHED = f"{_FORM_DESK}?done=yes"
_FORM_DATA = Read("form_data", f"{_EDITION}/form")
_OF_FORM = (
    Page(
        _FORM_DESK,
        "submissions/pages/desk-form.html",
        "desk_form",
        reads=(_FORM_DATA, Read("versions", f"{_EDITION}/form/versions")),
        permission="consultation:manage",
    ),
    Page(
        f"{_FORM_DESK}/{{question}}",
        "submissions/pages/desk-question.html",
        "desk_question",
        reads=(_FORM_DATA, Read("stored", f"{_EDITION}/form/versions/{{form_data.version}}")),
        forms=(
            Form("change", f"PUT {_EDITION}/form/questions/{{question}}", then=_PUBLISHED, confirm=True),
            Form("remove", f"POST {_EDITION}/form/questions/{{question}}/removal", then=_PUBLISHED, confirm=True),
        ),
        view=f"{_VIEWS}:question",
        permission="consultation:manage",
    ),
    Page(
        f"{_FORM_DESK}/sections/{{section}}/new",
        "submissions/pages/desk-new-question.html",
        "desk_new_question",
        reads=(_FORM_DATA,),
        forms=(Form("add", f"POST {_EDITION}/form/sections/{{section}}/questions", then=_PUBLISHED, confirm=True),),
        view=f"{_VIEWS}:new_question",
        permission="consultation:manage",
    ),
)

PAGES = (
    *_OF_FORM,
    Page(
        "/consultations/{edition}/submit",
        "submissions/pages/submit.html",
        "submit",
        reads=(_CONSULTATION, Read("form_data", f"{_EDITION}/form?stakeholder_type={{stakeholder_type}}")),
        forms=(Form("save", f"POST {_EDITION}/drafts", then="/consultations/{edition}/submit?saved={draft}"),),
        query=SubmitQuery,
        view=f"{_VIEWS}:submit",
    ),
    Page(
        _OWN_DRAFT,
        "submissions/pages/draft.html",
        "draft",
        reads=(
            _CONSULTATION,
            Read("draft_data", _DRAFT),
            Read("similar", f"{_DRAFT}/similar", optional=True),
            Read("form_data", f"{_EDITION}/form?stakeholder_type={{draft_data.answers.stakeholder_type}}"),
        ),
        forms=(
            Form("change", f"PUT {_DRAFT}", then=_OWN_DRAFT),
            Form("files", f"PUT {_DRAFT}", then=f"{_OWN_DRAFT}/files?done=saved"),
            Form("submit", f"POST {_EDITION}/submissions", then="/me/submissions/{edition}/{id}", confirm=True),
            Form("remove", f"POST {_DRAFT}/removal", then="/me", confirm=True),
        ),
        files=_FILES,
        query=FileQuery,
        view=f"{_VIEWS}:draft",
    ),
    # A page of its own: beside answers, sending a file would lose those that are not saved.
    Page(
        f"{_OWN_DRAFT}/files",
        "submissions/pages/draft-files.html",
        "draft_files",
        reads=(Read("draft_data", _DRAFT),),
        forms=_with_files(_DRAFT, f"{_OWN_DRAFT}/files"),
        files=_FILES,
        query=FileQuery,
    ),
    Page(
        _OWN,
        "submissions/pages/submission.html",
        "submission",
        reads=(
            _CONSULTATION,
            _SUBMITTED,
            _ASKED,
            Read("difference", f"{_SUBMISSION}/difference", optional=True),
        ),
        forms=(
            *_with_files(_SUBMISSION, _OWN),
            Form("publish", f"PUT {_SUBMISSION}/consent", then=_OWN),
            Form("withdraw", f"POST {_SUBMISSION}/withdrawal", then=_OWN, confirm=True),
        ),
        files=_FILES,
        query=FileQuery,
        view=f"{_VIEWS}:submission",
    ),
    # The same: other forms would lose what is amended.
    Page(
        f"{_OWN}/amendment",
        "submissions/pages/amend.html",
        "amend_submission",
        reads=(_CONSULTATION, _SUBMITTED, _ASKED),
        forms=(Form("amend", f"PUT {_SUBMISSION}", then=_OWN),),
        view=f"{_VIEWS}:submission",
    ),
    # The link of a mail: its id is that of a draft, and later of the contribution that it became.
    Page(
        _MAILED,
        "submissions/pages/mailed.html",
        "submission",
        reads=(
            _CONSULTATION,
            Read(
                "form_data",
                f"{_EDITION}/form?stakeholder_type={{replies.open_draft.answers.stakeholder_type}}"
                "&stakeholder_type={replies.open_submission.stakeholder_type}",
            ),
        ),
        forms=(
            Form("open_draft", f"POST {_EDITION}/drafts/{{id}}/reading", then="", again=True),
            Form("open_submission", f"POST {_EDITION}/submissions/{{id}}/reading", then="", again=True),
            Form("similar", f"POST {_EDITION}/drafts/{{id}}/similar", then="", again=True),
            Form("change", f"PUT {_EDITION}/drafts/{{id}}", then=""),
            Form("files", f"PUT {_EDITION}/drafts/{{id}}", then=""),  # and shows the files in place of the answers
            Form("submit", f"POST {_EDITION}/submissions", then="", confirm=True),
            Form("attach_to_draft", f"POST {_EDITION}/drafts/{{id}}/attachments", then=""),
            *_with_files(f"{_EDITION}/submissions/{{id}}", ""),
            Form("amending", f"POST {_EDITION}/submissions/{{id}}/reading", then=""),
            Form("amend", f"PUT {_EDITION}/submissions/{{id}}", then=""),
            Form("publish", f"PUT {_EDITION}/submissions/{{id}}/consent", then=""),
            Form("withdraw", f"POST {_EDITION}/submissions/{{id}}/withdrawal", then="", confirm=True),
            Form("mail", f"POST {_EDITION}/draft-links", then=f"{_MAILED}?done=mailed"),
            Form("renew", f"POST {_EDITION}/link-renewals", then=f"{_MAILED}?done=renewed"),
        ),
        view=f"{_VIEWS}:mailed",
    ),
)

PANELS = (
    Panel(
        "me",
        40,
        "submissions/pages/me.html",
        reads=(
            Read("drafts", "/v1/me/drafts", optional=True),
            Read("submissions", "/v1/me/submissions", optional=True),
        ),
        permission="consultation:take_part",
    ),
)
