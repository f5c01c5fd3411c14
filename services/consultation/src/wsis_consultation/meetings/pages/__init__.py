"""Physical meetings: what everybody reads, and how a member takes part."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_MEETING = "/v1/consultations/{edition}/meetings/{meeting}"
_PLACE = "/consultations/{edition}/meetings/{meeting}"
_READ = Read("meeting", _MEETING)
_FLOOR = Read("floor", f"{_MEETING}/floor", optional=True)
_DESK, _ITEM = "/desk/consultations/{edition}/meetings", f"{_MEETING}/interventions/{{intervention}}"
_MANAGE, _VIEWS = "consultation:manage", "wsis_consultation.meetings.pages.views"


PAGES = (
    Page(
        "/consultations/{edition}/meetings",
        "meetings/pages/meetings.html",
        "meetings",
        reads=(Read("meetings", "/v1/consultations/{edition}/meetings"),),
    ),
    Page(
        _PLACE,
        "meetings/pages/meeting.html",
        "meeting",
        reads=(
            _READ,
            Read("minutes", f"{_MEETING}/minutes", optional=True),
            Read("corrections", f"{_MEETING}/minutes/corrections", optional=True),
            _FLOOR,
        ),
        view=f"{_VIEWS}:audience",
        live="floor",
    ),
    Page(
        f"{_PLACE}/registration",
        "meetings/pages/registration.html",
        "registration",
        reads=(_READ, Read("registration", f"{_MEETING}/registration", optional=True), _FLOOR),
        forms=(
            Form("register", f"PUT {_MEETING}/registration", then=f"{_PLACE}/registration"),
            Form("cancel", f"DELETE {_MEETING}/registration", then=f"{_PLACE}/registration", confirm=True),
            Form("ask", f"POST {_MEETING}/interventions", then=f"{_PLACE}/registration"),
            Form("leave", f"DELETE {_ITEM}", then=f"{_PLACE}/registration?done=withdrawn"),
            Form("write", f"POST {_MEETING}/questions", then=f"{_PLACE}/registration?done=question"),
            Form("hand", f"POST {_MEETING}/shows-of-hands/{{show}}/answers", then=f"{_PLACE}/registration?done=hand"),
        ),
        files=(Download("badge", f"{_MEETING}/registration/badge"),),
        view=f"{_VIEWS}:registration",
        signed_in=True,
    ),
    Page(
        "/desk/consultations/{edition}/meetings",
        "meetings/pages/desk.html",
        "desk_meetings",
        reads=(
            Read("meetings", "/v1/consultations/{edition}/meetings"),
            Read("waiting", "/v1/waiting/consultation"),
        ),
    ),
    Page(
        "/desk/consultations/{edition}/meetings/{meeting}",
        "meetings/pages/desk-meeting.html",
        "check_in",
        reads=(
            _READ,
            Read("managed", f"{_MEETING}/management"),
            Read("participants", f"{_MEETING}/participants", takes_query=True),
        ),
        forms=(Form("check_in", f"POST {_MEETING}/check-ins", then=""),),
    ),
    Page(
        f"{_DESK}/new",
        "meetings/pages/desk-arrange.html",
        "new_meeting",
        forms=(
            Form("write", "POST /v1/consultations/{edition}/meetings", then=f"{_DESK}/{{id}}/arrangement?done=yes"),
        ),
        view=f"{_VIEWS}:new_meeting",
        permission=_MANAGE,
    ),
    Page(
        f"{_DESK}/{{meeting}}/arrangement",
        "meetings/pages/desk-arrange.html",
        "arrange_meeting",
        reads=(_READ, Read("managed", f"{_MEETING}/management")),
        forms=(Form("write", f"PATCH {_MEETING}", then=f"{_DESK}/{{meeting}}?done=yes", confirm=True),),
        view=f"{_VIEWS}:arranging",
    ),
    Page(
        f"{_DESK}/{{meeting}}/floor",
        "meetings/pages/desk-floor.html",
        "desk_floor",
        reads=(
            _READ,
            Read("speaking", f"{_MEETING}/interventions?state=speaking"),
            Read("asking", f"{_MEETING}/interventions?state=waiting&limit=100"),
            _FLOOR,
            Read("suggestion", f"{_MEETING}/speakers/suggestion"),
        ),
        forms=(
            Form("start", f"PUT {_ITEM}/start", then=f"{_DESK}/{{meeting}}/floor"),
            Form("end", f"PUT {_ITEM}/end", then=f"{_DESK}/{{meeting}}/floor"),
            Form("pause", f"PUT {_ITEM}/pause", then=f"{_DESK}/{{meeting}}/floor"),
            Form("resume", f"PUT {_ITEM}/resumption", then=f"{_DESK}/{{meeting}}/floor"),
            Form("remove", f"PUT {_ITEM}/removal", then=f"{_DESK}/{{meeting}}/floor?done=yes"),
            Form("order", f"PUT {_MEETING}/speakers/order", then=f"{_DESK}/{{meeting}}/floor?done=yes"),
            Form("item", f"PUT {_MEETING}/current-item", then=f"{_DESK}/{{meeting}}/floor?done=yes"),
        ),
        view=f"{_VIEWS}:floor",
        permission="consultation:chair",
    ),
    Page(
        f"{_DESK}/{{meeting}}/audience",
        "meetings/pages/desk-audience.html",
        "desk_audience",
        reads=(
            _READ,
            Read("floor", f"{_MEETING}/floor"),
            Read("asked", f"{_MEETING}/questions?state=waiting&limit=100"),
        ),
        forms=(
            Form(
                "handle",
                f"PUT {_MEETING}/questions/{{question}}/handling",
                then=f"{_DESK}/{{meeting}}/audience?done=yes",
            ),
            Form("show", f"POST {_MEETING}/shows-of-hands", then=f"{_DESK}/{{meeting}}/audience?done=yes"),
            Form(
                "close",
                f"PUT {_MEETING}/shows-of-hands/{{show}}/closing",
                then=f"{_DESK}/{{meeting}}/audience?done=yes",
            ),
        ),
        files=(Download("questions", f"{_MEETING}/questions?format=xlsx"),),
        view=f"{_VIEWS}:audience",
        live="floor",
        permission="consultation:chair",
    ),
    Page(
        f"{_DESK}/{{meeting}}/participants",
        "meetings/pages/desk-participants.html",
        "desk_participants",
        reads=(
            _READ,
            Read("managed", f"{_MEETING}/management"),
            Read("participants", f"{_MEETING}/participants?after={{after}}"),
        ),
        forms=(
            Form("register", f"POST {_MEETING}/participants", then=f"{_DESK}/{{meeting}}/participants?done=yes"),
            Form(
                "cancel",
                f"PUT {_MEETING}/participants/{{participant}}/cancellation",
                then=f"{_DESK}/{{meeting}}/participants?done=yes",
                confirm=True,
            ),
            Form(
                "rank",
                f"PUT {_MEETING}/participants/{{participant}}/rank",
                then=f"{_DESK}/{{meeting}}/participants?done=yes",
            ),
            Form("remind", f"POST {_MEETING}/reminders", then="", confirm=True),
        ),
        files=(Download("participants", f"{_MEETING}/participants?format=xlsx"),),
        view=f"{_VIEWS}:ending",
    ),
    Page(
        f"{_DESK}/{{meeting}}/speakers",
        "meetings/pages/desk-speakers.html",
        "desk_speakers",
        reads=(
            _READ,
            # A chair who checks nobody in does not read who takes part.
            Read("participants", f"{_MEETING}/participants?state=registered&limit=100&after={{after}}", optional=True),
            Read("spoken", f"{_MEETING}/interventions?state=done&limit=100"),
        ),
        forms=(
            Form("request", f"POST {_MEETING}/speakers", then=f"{_DESK}/{{meeting}}/floor?done=yes"),
            Form("summarize", f"PATCH {_ITEM}", then=f"{_DESK}/{{meeting}}/speakers?done=yes"),
        ),
        files=(Download("interventions", f"{_MEETING}/interventions?format=xlsx"),),
        view=f"{_VIEWS}:speakers",
        permission="consultation:chair",
    ),
    Page(
        f"{_DESK}/{{meeting}}/documents",
        "meetings/pages/desk-documents.html",
        "meeting_documents",
        reads=(_READ,),
        forms=(
            Form("add", f"POST {_MEETING}/documents", then=f"{_DESK}/{{meeting}}/documents?done=yes"),
            Form(
                "remove",
                f"DELETE {_MEETING}/documents/{{document}}",
                then=f"{_DESK}/{{meeting}}/documents?done=yes",
                confirm=True,
            ),
        ),
        permission=_MANAGE,
    ),
    Page(
        f"{_DESK}/{{meeting}}/minutes",
        "meetings/pages/desk-minutes.html",
        "desk_minutes",
        reads=(_READ, Read("versions", f"{_MEETING}/minutes/versions")),
        forms=(
            Form("write", f"POST {_MEETING}/minutes", then=f"{_DESK}/{{meeting}}/minutes?done=yes"),
            Form(
                "publish",
                f"PUT {_MEETING}/minutes/{{version}}/publication",
                then=f"{_DESK}/{{meeting}}/minutes?done=yes",
                confirm=True,
            ),
            Form(
                "correct",
                f"PUT {_MEETING}/minutes/{{version}}/correction",
                then=f"{_DESK}/{{meeting}}/minutes?done=yes",
                confirm=True,
            ),
            Form(
                "mask",
                f"PUT {_MEETING}/minutes/{{version}}/masking",
                then=f"{_DESK}/{{meeting}}/minutes?done=yes",
                confirm=True,
            ),
        ),
        permission=_MANAGE,
    ),
)
