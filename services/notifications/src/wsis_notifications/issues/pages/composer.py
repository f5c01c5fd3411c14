"""The desk of issues: compose in seven languages, check, look at the mails, hand over to a campaign."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import Locale, RequestSchema

from wsis_notifications.issues.rules.lifecycle import STATES

_ALL, _ONE = "/v1/newsletter/compositions", "/v1/newsletter/compositions/{issue}"
_SECTION = f"{_ONE}/sections/{{section}}"
_LIST = "/desk/newsletter"
_PAGE = f"{_LIST}/{{issue}}"
_SEND = f"{_PAGE}/send"
_VIEWS = "wsis_notifications.issues.pages.views"
_DRAFT = Read("draft", _ONE)


class ListQuery(RequestSchema):
    """Which issues."""

    state = fields.String(validate=validate.OneOf(STATES))


class WritingQuery(RequestSchema):
    """One language, with the source beside it; all of them without it."""

    into = Locale()


class SectionQuery(WritingQuery):
    """The image that has just been added, which the section shall have."""

    image = fields.String(validate=validate.Length(max=128))


def _step(name: str, *, confirm: bool = False) -> Form:
    """The officer's decisions are one route."""
    return Form(name, f"PUT {_ONE}/state", then=f"{_SEND}?done=moved", confirm=confirm)


PAGES = (
    Page(
        _LIST,
        "issues/pages/desk.html",
        "desk_issues",
        reads=(Read("issues", f"{_ALL}?limit=50&state={{state}}&after={{after}}"),),
        forms=(Form("begin", f"POST {_ALL}", then=f"{_LIST}/{{id}}/head"),),
        query=ListQuery,
        view=f"{_VIEWS}:states",
        menu="desk:70",
    ),
    Page(
        _PAGE,
        "issues/pages/contents.html",
        "desk_issue",
        reads=(_DRAFT,),
        forms=(
            Form("add", f"POST {_ONE}/sections", then=f"{_PAGE}/sections/{{section}}"),
            Form("move", f"PUT {_SECTION}/position", then=_PAGE),
            Form("copy", f"POST {_ONE}/copies", then=f"{_LIST}/{{id}}/head"),
            Form("delete", f"DELETE {_ONE}", then=_LIST, confirm=True),
        ),
        # The mails as they look, in the language of the address.
        files=(Download("mail", f"{_ONE}/page"), Download("text", f"{_ONE}/text")),
        view=f"{_VIEWS}:coverage",
    ),
    Page(
        f"{_PAGE}/head",
        "issues/pages/head.html",
        "issue_head",
        reads=(_DRAFT,),
        forms=(Form("save", f"PATCH {_ONE}", then=""),),
        query=WritingQuery,
        view=f"{_VIEWS}:head",
    ),
    Page(
        f"{_PAGE}/sections/{{section}}",
        "issues/pages/section.html",
        "issue_section",
        reads=(_DRAFT,),
        forms=(
            Form("save", f"PATCH {_SECTION}", then=""),
            Form("delete", f"DELETE {_SECTION}?version={{version}}", then=_PAGE, confirm=True),
        ),
        query=SectionQuery,
        view=f"{_VIEWS}:section",
    ),
    # A page of its own: beside the texts of a section, sending an image would lose those that are not saved.
    Page(
        f"{_PAGE}/sections/{{section}}/image",
        "issues/pages/image.html",
        "image_upload",
        reads=(_DRAFT,),
        forms=(Form("image", f"POST {_ONE}/images", then=f"{_PAGE}/sections/{{section}}?image={{id}}"),),
        query=WritingQuery,
        view=f"{_VIEWS}:section",
    ),
    Page(
        _SEND,
        "issues/pages/send.html",
        "issue_send",
        reads=(
            _DRAFT,
            Read("check", f"{_ONE}/check"),
            Read("campaigns", "/v1/campaigns?limit=50&issue={issue}", optional=True),
        ),
        forms=(
            Form("test", "POST /v1/campaign-tests", then=f"{_SEND}?done=tested"),
            _step("ready"),
            _step("draft"),
            _step("cancel", confirm=True),
            Form("campaign", "POST /v1/campaigns", then="/desk/newsletter/campaigns/{id}"),
        ),
        view=f"{_VIEWS}:coverage",
    ),
)
