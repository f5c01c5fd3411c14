"""Physical meetings: what everybody reads, and how a member takes part."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_MEETING = "/v1/consultations/{edition}/meetings/{meeting}"
_PLACE = "/consultations/{edition}/meetings/{meeting}"
_READ = Read("meeting", _MEETING)
_FLOOR = Read("floor", f"{_MEETING}/floor", optional=True)

PAGES = (
    Page(
        "/consultations/{edition}/meetings",
        "meetings/pages/meetings.html",
        "meetings",
        reads=(Read("meetings", "/v1/consultations/{edition}/meetings"),),
        example={"edition": "2017"},
    ),
    Page(
        _PLACE,
        "meetings/pages/meeting.html",
        "meeting",
        reads=(_READ, Read("minutes", f"{_MEETING}/minutes", optional=True), _FLOOR),
        example={"edition": "2017", "meeting": "m1"},
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
        ),
        view="wsis_consultation.meetings.pages.views:registration",
        signed_in=True,
        example={"edition": "2017", "meeting": "m1"},
    ),
    Page(
        "/desk/consultations/{edition}/meetings",
        "meetings/pages/desk.html",
        "desk_meetings",
        reads=(
            Read("meetings", "/v1/consultations/{edition}/meetings"),
            Read("waiting", "/v1/waiting/consultation"),
        ),
        signed_in=True,
        example={"edition": "2017"},
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
        signed_in=True,
        example={"edition": "2017", "meeting": "m1"},
    ),
)
