from __future__ import annotations

from contextlib import suppress
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_testkit import actor, crash_at

from wsis_consultation.people.store import Contacts

BODY = {"end": "2017-03-01T22:00:00Z", "reason": "Many asked for another week"}
PLACES = ("before", "after")


def test_everybody_gets_one_notice_although_the_service_dies(serve: Any, database: Any, published: Any) -> None:
    seen = published("consultation")
    contacts = Contacts(database("consultation"))
    expected = [
        contacts.add("2017", f"p{number}@ngo.example", f"P{number}", "en", "draft", at=clock.now())
        for number in range(250)
    ]
    crashes = [crash_at(f"wsis_consultation.people.store:Contacts.announce:{place}") for place in PLACES]
    first = serve("consultation", seed=True, **crashes[0])
    with suppress(Unavailable):  # it may die before its response is sent
        first.call("move_phase", actor("officer"), edition="2017", phase="submissions_deadline", body=BODY)
    assert first.process.wait(30) == 137
    assert serve("consultation", wait=False, **crashes[1]).process.wait(60) == 137
    serve("consultation")
    notices = seen.wait("date_notice_requested", len(expected), seconds=60)
    assert sorted(event["data"]["contact"] for event in notices) == sorted(expected)
