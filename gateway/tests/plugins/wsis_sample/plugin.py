"""Routes of every kind."""

from marshmallow import Schema, fields
from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventType
from wsis_shared.exports import ExportFormat
from wsis_shared.jobs import JobKind
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.plugin import PUBLIC, Mode, Plugin, Route
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.schemas import (
    PageQuery,
    page_of,
)
from wsis_shared.streams import Stream

from wsis_sample.schemas import (
    PAPER,
    AfterQuery,
    Board,
    Cast,
    Count,
    NewNote,
    Note,
    NoteBrief,
    NoteOptions,
    Paper,
    Posts,
    Query,
    Row,
    RowQuery,
    Seen,
    Vote,
)

XML = ExportFormat("rows-xml", "application/xml", "wsis_sample.formats:Xml", ending="xml")
NOTE_CHANGED = EventType("note_changed", "A note was changed", NoteBrief, {"title": "x"}, public=True)

ROUTES = (
    Route("GET", "/v1/echo", "echo", "What arrives", permission=PUBLIC, query=Query, response=Seen),
    Route("GET", "/v1/me/echo", "echo", "What arrives of me", permission="sample:read", query=Query, response=Seen),
    Route("POST", "/v1/me/echo", "echo", "What arrives of me", permission="sample:read", response=Seen),
    Route("GET", "/v1/notes", "list_notes", "Notes", permission=PUBLIC, query=Query, response=page_of(Note, "Notes")),
    Route(
        "POST",
        "/v1/notes",
        "make_note",
        "Write a note",
        permission="sample:write",
        body=NewNote,
        response=Note,
        status=201,
        location="/v1/notes/{id}",
        error_codes=("sample.title_taken",),
    ),
    Route(
        "GET",
        "/v1/notes/{note}",
        "read_note",
        "A note",
        permission=PUBLIC,
        response=Note,
        error_codes=("sample.note_unknown",),
    ),
    Route("PUT", "/v1/notes/{note}", "keep", "Keep a note", permission=PUBLIC, body=NewNote, response=NewNote),
    Route("DELETE", "/v1/notes/{note}", "drop_note", "Drop a note", permission="sample:write", status=204),
    Route(
        "GET",
        "/v1/count",
        "count",
        "Counts its calls",
        permission=PUBLIC,
        response=Count,
        cache=60,
        query=PageQuery,
        invalidated_by=("sample.note_changed",),
    ),
    Route("GET", "/v1/slow-count", "slow_count", "Counts slowly", permission=PUBLIC, response=Count, cache=60),
    Route(
        "GET", "/v1/notes/{note}/drawing", "drawing", "A note as a picture", permission=PUBLIC, media="image/svg+xml"
    ),
    Route(
        "GET",
        "/v1/notes/{note}/page",
        "page",
        "A note as a page",
        permission=PUBLIC,
        query=PageQuery,
        media="text/html",
        inline=True,
        cache=60,
        invalidated_by=("sample.note_changed",),
    ),
    Route(
        "GET",
        "/v1/notes/{note}/draft",
        "read_note",
        "A note that people edit",
        permission=PUBLIC,
        response=Note,
        cache=60,
        versioned=True,
    ),
    Route("GET", "/v1/notes/{note}/card", "read_card", "A card", permission=PUBLIC, query=PageQuery, cache=60),
    Route(
        "GET",
        "/v1/notes/{note}/options",
        "page",
        "A form",
        permission=PUBLIC,
        query=PageQuery,
        media="text/html",
        inline=True,
        form=True,
    ),
    Route(
        "POST",
        "/v1/notes/{note}/options",
        "choose",
        "Choose options",
        permission=PUBLIC,
        body=NoteOptions,
        media="text/html",
        inline=True,
        form=True,
    ),
    Route("GET", "/v1/notes/{note}/paper", "paper", "The file of a note", permission=PUBLIC, download=True),
    Route("GET", "/v1/me/notes/{note}/paper", "paper", "The file of my note", permission="sample:read", download=True),
    Route(
        "PUT",
        "/v1/notes/{note}/paper",
        "store_paper",
        "Give a note a file",
        permission="sample:write",
        upload=PAPER,
        response=Paper,
    ),
    Route(
        "PUT",
        "/v1/public-notes/{note}/paper",
        "store_paper",
        "Give a note of all a file",
        permission=PUBLIC,
        upload=PAPER,
        response=Paper,
    ),
    Route(
        "POST",
        "/v1/papers",
        "file_paper",
        "Write a note with a file",
        permission="sample:write",
        body=NewNote,
        upload=PAPER,
        response=Paper,
        status=201,
        location="/v1/notes/{note}/paper",
    ),
    Route("GET", "/v1/sleep", "sleep", "Too late", permission=PUBLIC, timeout=0.5),
    Route("GET", "/v1/boom", "boom", "Fails", permission=PUBLIC),
    Route("GET", "/v1/secret", "leak", "Fails and tells", permission=PUBLIC),
    Route("GET", "/v1/staff", "echo", "Staff only", permission="sample:manage", response=Seen),
    Route(
        "POST",
        "/v1/notes/{note}/votes",
        "cast",
        "Vote",
        permission="sample:vote",
        body=Vote,
        response=Cast,
        mode=Mode.COMMAND,
        limit="ballot",
        status=201,
        location="/v1/notes/{note}/votes/{command}",
    ),
    Route(
        "GET",
        "/v1/boards/{board}",
        "read_board",
        "A board",
        permission="sample:read",
        response=Board,
        stream=Stream(events=("sample.board_changed",), subject="board", shared=True),
    ),
    Route(
        "GET",
        "/v1/boards/{board}/mine",
        "read_board",
        "A board of one's own",
        permission="sample:read",
        response=Board,
        stream=Stream(events=("sample.board_changed",), subject="board"),
    ),
    Route(
        "GET",
        "/v1/boards/{board}/public",
        "read_board",
        "A board for all",
        permission=PUBLIC,
        response=Board,
        cache=60,
        invalidated_by=("sample.board_changed",),
        stream=Stream(events=("sample.board_changed",), subject="board", shared=True),
    ),
    Route(
        "GET",
        "/v1/boards/{board}/posts",
        "list_posts",
        "Posts",
        permission="sample:read",
        query=AfterQuery,
        response=Posts,
        stream=Stream(events=("*.board_changed",), subject="board", cursor="after", shared=True),
    ),
    Route(
        "POST",
        "/v1/notes/{note}/archive",
        "archive",
        "Archive a note",
        permission="sample:write",
        mode=Mode.JOB,
        response=Count,
    ),
    Route(
        "GET",
        "/v1/rows",
        "list_rows",
        "Rows",
        permission="sample:manage",
        query=RowQuery,
        response=page_of(Row, "Rows"),
        export="rows",
        timeout=2.0,
        export_formats=(XML,),
    ),
    Route(
        "GET",
        "/v1/people",
        "list_rows",
        "Rows about people",
        permission="sample:manage",
        query=RowQuery,
        response=page_of(Row, "Rows"),
        export="people",
        personal=True,
    ),
    Route(
        "GET",
        "/v1/me/rows",
        "list_rows",
        "My rows",
        permission="sample:read",
        query=RowQuery,
        response=page_of(Row, "Rows"),
        export="my-rows",
        export_labels="wsis_sample.formats:LABELS",
        export_terms="wsis_sample.formats:terms",
    ),
    Route(
        "GET",
        "/v1/json-rows",
        "list_json_rows",
        "Rows that are JSON already",
        permission=PUBLIC,
        query=RowQuery,
        response=page_of(Row, "JsonRows"),
        export="rows",
    ),
    Route(
        "GET",
        "/v1/public-rows",
        "list_rows",
        "Rows for all",
        permission=PUBLIC,
        query=RowQuery,
        cache=60,
        response=page_of(Row, "Rows"),
        export="rows",
    ),
    Route(
        "PUT",
        "/v1/notes/{note}/scan",
        "scan",
        "Read a scanned note",
        permission="sample:write",
        mode=Mode.JOB,
        upload=PAPER,
    ),
    Route("POST", "/v1/registration", "register", "Ask for an account", permission=PUBLIC, limit="signup", status=202),
    Route(
        "POST", "/v1/questions", "ask", "Ask, and be asked for more", permission=PUBLIC, limit="question", status=202
    ),
)


def colours():
    """The rows of a reference set."""
    yield {"code": "red", "title": {"en": "Red", "fr": "Rouge"}, "warm": "yes"}
    yield {"code": "blue", "title": {"en": "Blue", "fr": "Bleu"}, "warm": "no"}


class Done(Schema):
    """What a page was left with."""

    done = fields.String()


_OWN_BOARD = Read("board", "/v1/boards/{board}/mine")

PAGES = (
    Page(
        "/papers/new",
        "pages/paper.html",
        "new_paper",
        forms=(Form("paper", "POST /v1/papers", then="/papers/new?done={note}"),),
        query=Done,
    ),
    Page(
        "/papers/checked",
        "pages/paper.html",
        "new_paper",
        forms=(Form("paper", "POST /v1/papers", then="/papers/checked?done={note}", confirm=True),),
        query=Done,
    ),
    Page(
        "/papers/mine",
        "pages/paper.html",
        "new_paper",
        forms=(
            Form("paper", "POST /v1/papers", then="/papers/new?done={note}"),
            Form("keep", "PUT /v1/notes/{note}", then="/papers/new"),
        ),
        files=(Download("count", "/v1/count"),),
        query=Done,
        signed_in=True,
    ),
    Page(
        "/archive",
        "pages/archive.html",
        "archive",
        reads=(Read("job", "/v1/jobs/{job}", optional=True),),
        signed_in=True,
    ),
    Page("/boards/{board}", "pages/board.html", "board", reads=(_OWN_BOARD,), live="board", signed_in=True),
    Page(
        "/public-boards/{board}",
        "pages/board.html",
        "board",
        reads=(Read("board", "/v1/boards/{board}/public"),),
        live="board",
    ),
)

plugin = Plugin(
    name="sample",
    summary="Notes that people write",
    service="wsis_sample.service:SampleService",
    routes=ROUTES,
    publishes=(NOTE_CHANGED, ACTION_TAKEN),
    jobs=(
        JobKind("pack", "Packs a note", permission="sample:manage", result=Count),
        JobKind("turn", "Turns a scan"),
    ),
    grants={"member": ("sample:read", "sample:write", "sample:vote"), "officer": ("sample:*",)},
    rate_classes=(
        RateClass("ballot", "120/minute", "Votes, per account", fail_closed=True),
        RateClass("question", "3/minute", "Questions, per network", by_network_only=True, ceiling_factor=2),
        RateClass(
            "signup", "20/minute", "Requests for an account, per network", by_network_only=True, fail_closed=True
        ),
    ),
    reference=(ReferenceSet("note_colours", "wsis_sample.plugin:colours", "Colours of notes", filters=("warm",)),),
    locale_package="wsis_sample",
    pages=PAGES,
)
