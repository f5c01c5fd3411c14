"""Online discussions: what everybody reads, and where members write."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared import paging
from wsis_shared.pages import Download, Form, Page, Read

_EDITION = "/v1/consultations/{edition}"
_DISCUSSION, _PLACE = f"{_EDITION}/discussions/{{discussion}}", "/consultations/{edition}/discussions/{discussion}"
_COMMENT, _ITS_PLACE = f"{_DISCUSSION}/comments/{{n}}", f"{_PLACE}/comments/{{n}}"
_READ = Read("discussion", _DISCUSSION)
_COMMUNITIES = Read("communities", f"{_EDITION}/communities", optional=True)
_DESK = "/desk/consultations/{edition}/comments"
_DISCUSSIONS, _MANAGE = "/desk/consultations/{edition}/discussions", "consultation:manage"
_VIEWS = "wsis_consultation.discussions.pages.views"
_NUMBER = validate.Range(min=1, max=10**9)


class ReplyQuery(Schema):
    """The number of the comment that one replies to."""

    to = fields.Integer(validate=_NUMBER)


class AfterQuery(Schema):
    """Where a page of replies begins."""

    after = fields.Integer(validate=_NUMBER)


class DecisionQuery(Schema):
    """Where its reports begin, and what it said before."""

    before = fields.String(validate=validate.Length(max=paging.LONGEST))


PAGES = (
    Page(
        "/consultations/{edition}/discussions",
        "discussions/pages/discussions.html",
        "discussions",
        reads=(Read("discussions", f"{_EDITION}/discussions", takes_query=True), _COMMUNITIES),
        view=f"{_VIEWS}:discussions",
    ),
    Page(
        "/consultations/{edition}/comments",
        "discussions/pages/search.html",
        "search_comments",
        reads=(Read("found", f"{_EDITION}/comments", takes_query=True),),
    ),
    Page(
        "/consultations/{edition}/communities",
        "discussions/pages/communities.html",
        "follow_communities",
        reads=(Read("own", f"{_EDITION}/me/communities"),),
        forms=(
            Form(
                "follow",
                f"PUT {_EDITION}/communities/{{community}}/follow",
                then="/consultations/{edition}/communities?done=yes",
            ),
        ),
        signed_in=True,
    ),
    Page(
        _PLACE,
        "discussions/pages/discussion.html",
        "discussion",
        reads=(
            _READ,
            Read("threads", f"{_DISCUSSION}/threads", takes_query=True),
            Read("announcements", f"{_DISCUSSION}/announcements?limit=5", optional=True),
            _COMMUNITIES,
        ),
        view=f"{_VIEWS}:discussion",
    ),
    Page(
        f"{_PLACE}/comments/0",  # where a comment without a number leads
        "discussions/pages/waiting.html",
        "my_waiting_comments",
        reads=(_READ, Read("own", f"{_DISCUSSION}/mine-waiting?after={{after}}")),
        forms=(
            Form(
                "take_back", f"DELETE {_DISCUSSION}/mine-waiting/{{comment}}", then=f"{_PLACE}/comments/0", confirm=True
            ),
        ),
        signed_in=True,
    ),
    Page(
        _ITS_PLACE,
        "discussions/pages/thread.html",
        "thread",
        reads=(
            _READ,
            Read("comment", _COMMENT),
            Read("first", f"{_DISCUSSION}/comments/{{comment.thread}}"),
            Read("thread", f"{_DISCUSSION}/threads/{{comment.thread}}/replies?limit=100&after={{after}}"),
        ),
        query=AfterQuery,
    ),
    Page(
        f"{_PLACE}/reply",
        "discussions/pages/reply.html",
        "write_comment",
        reads=(_READ, Read("parent", f"{_DISCUSSION}/comments/{{to}}", optional=True)),
        forms=(
            Form("comment", f"POST {_DISCUSSION}/comments", then=f"{_PLACE}/comments/{{number}}"),
            Form("preview", f"POST {_DISCUSSION}/preview", then="", preview=True),
        ),
        query=ReplyQuery,
        view=f"{_VIEWS}:writing",
        signed_in=True,
    ),
    Page(
        f"{_PLACE}/mine",
        "discussions/pages/mine.html",
        "my_comments",
        reads=(
            _READ,
            Read("own", f"{_DISCUSSION}/mine?after={{after}}"),
            Read("by_mail", f"{_EDITION}/me/reply-by-mail", optional=True),
        ),
        forms=(
            Form("follow", f"PUT {_DISCUSSION}/follow", then=f"{_PLACE}/mine"),
            Form("by_mail", f"PUT {_EDITION}/me/reply-by-mail", then=f"{_PLACE}/mine"),
        ),
        signed_in=True,
    ),
    Page(
        f"{_ITS_PLACE}/edit",
        "discussions/pages/edit.html",
        "edit_comment",
        reads=(_READ, Read("comment", f"{_DISCUSSION}/mine/{{n}}")),
        forms=(
            Form("edit", f"PUT {_COMMENT}", then=_ITS_PLACE),
            Form("preview", f"POST {_DISCUSSION}/preview", then="", preview=True),
            Form("delete", f"DELETE {_COMMENT}", then=f"{_PLACE}/mine", confirm=True),
        ),
        view=f"{_VIEWS}:writing",
        signed_in=True,
    ),
    Page(
        f"{_ITS_PLACE}/report",
        "discussions/pages/report.html",
        "report_comment",
        reads=(_READ, Read("comment", _COMMENT)),
        forms=(Form("report", f"PUT {_COMMENT}/report", then=f"{_PLACE}/mine"),),
        signed_in=True,
    ),
    Page(
        _DESK,
        "discussions/pages/desk.html",
        "desk_comments",
        reads=(Read("reported", f"{_EDITION}/reported-comments", takes_query=True),),
        files=(Download("reported", f"{_EDITION}/reported-comments?format=xlsx", takes_query=True),),
    ),
    Page(
        f"{_DESK}/{{discussion}}",
        "discussions/pages/desk.html",
        "desk_comments",
        reads=(_READ, Read("reported", f"{_DISCUSSION}/reported-comments", takes_query=True)),
    ),
    Page(
        "/desk/consultations/{edition}/waiting-comments/{discussion}",
        "discussions/pages/desk-waiting.html",
        "desk_waiting_comments",
        reads=(_READ, Read("waiting", f"{_DISCUSSION}/waiting-comments", takes_query=True)),
    ),
    Page(
        "/desk/consultations/{edition}/waiting-comments/{discussion}/{comment}",
        "discussions/pages/desk-waiting-comment.html",
        "desk_waiting_comment",
        reads=(_READ, Read("found", f"{_DISCUSSION}/waiting-comments/{{comment}}")),
        forms=(
            Form(
                "decide",
                f"POST {_DISCUSSION}/waiting-comments/{{comment}}/decision",
                then="/desk/consultations/{edition}/waiting-comments/{discussion}",
            ),
        ),
    ),
    Page(
        f"{_DESK}/{{discussion}}/{{n}}",
        "discussions/pages/desk-comment.html",
        "desk_comment",
        reads=(
            _READ,
            Read("comment", f"{_COMMENT}/moderation"),
            Read("reports", f"{_COMMENT}/reports?after={{after}}"),
            Read("versions", f"{_COMMENT}/versions?after={{before}}"),
        ),
        forms=(Form("decide", f"PUT {_COMMENT}/moderation", then=f"{_DESK}/{{discussion}}"),),
        query=DecisionQuery,
    ),
    Page(
        _DISCUSSIONS,
        "discussions/pages/desk-discussions.html",
        "desk_discussions",
        reads=(Read("listed", f"{_EDITION}/discussions", takes_query=True), _COMMUNITIES),
        forms=(Form("states", f"PUT {_EDITION}/discussion-states", then=f"{_DISCUSSIONS}?done=yes", confirm=True),),
        view=f"{_VIEWS}:discussions",
        permission=_MANAGE,
    ),
    Page(
        "/desk/consultations/{edition}/new-discussion",
        "discussions/pages/desk-discussion.html",
        "open_discussion",
        reads=(_COMMUNITIES,),
        forms=(
            Form("write", f"POST {_EDITION}/discussions", then=f"{_DISCUSSIONS}/{{id}}?done=yes"),
            Form("preview", f"POST {_EDITION}/discussions/preview", then="", preview=True),
        ),
        view=f"{_VIEWS}:new_discussion",
        permission=_MANAGE,
    ),
    Page(
        f"{_DISCUSSIONS}/{{discussion}}",
        "discussions/pages/desk-discussion.html",
        "discussion",
        reads=(_READ, _COMMUNITIES),
        forms=(
            Form("write", f"PUT {_DISCUSSION}", then=f"{_DISCUSSIONS}/{{discussion}}?done=yes"),
            Form("preview", f"POST {_EDITION}/discussions/preview", then="", preview=True),
            Form("state", f"PUT {_DISCUSSION}/state", then=f"{_DISCUSSIONS}/{{discussion}}?done=yes"),
        ),
        view=f"{_VIEWS}:discussions",
        permission=_MANAGE,
    ),
    Page(
        f"{_DISCUSSIONS}/{{discussion}}/announcement",
        "discussions/pages/desk-announcement.html",
        "announce",
        reads=(_READ,),
        forms=(
            Form(
                "announce",
                f"POST {_DISCUSSION}/announcements",
                then=f"{_DISCUSSIONS}/{{discussion}}?done=yes",
                confirm=True,
            ),
            Form("preview", f"POST {_DISCUSSION}/preview", then="", preview=True),
        ),
        permission=_MANAGE,
    ),
    Page(
        f"{_DISCUSSIONS}/{{discussion}}/documents",
        "discussions/pages/desk-documents.html",
        "discussion_documents",
        reads=(_READ,),
        forms=(
            Form("add", f"POST {_DISCUSSION}/documents", then=f"{_DISCUSSIONS}/{{discussion}}/documents?done=yes"),
            Form(
                "remove",
                f"DELETE {_DISCUSSION}/documents/{{document}}",
                then=f"{_DISCUSSIONS}/{{discussion}}/documents?done=yes",
                confirm=True,
            ),
        ),
        permission=_MANAGE,
    ),
    Page(
        "/desk/consultations/{edition}/new-community",
        "discussions/pages/desk-community.html",
        "add_community",
        forms=(Form("write", f"POST {_EDITION}/communities", then=f"{_DISCUSSIONS}?done=yes"),),
        view=f"{_VIEWS}:new_community",
        permission=_MANAGE,
    ),
    Page(
        "/desk/consultations/{edition}/communities/{community}",
        "discussions/pages/desk-community.html",
        "community",
        reads=(Read("found", f"{_EDITION}/communities/{{community}}"),),
        forms=(Form("write", f"PUT {_EDITION}/communities/{{community}}", then=f"{_DISCUSSIONS}?done=yes"),),
        permission=_MANAGE,
    ),
)
