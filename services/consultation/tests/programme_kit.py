"""Officers and submitters of the programme."""

from __future__ import annotations

from typing import Any

from wsis_testkit import actor, wait_for

ADA = actor("member", id="ada")
BEA = actor("member", id="bea")
SLOTS = [
    {"date": f"2017-06-{day}", "start": start, "end": end}
    for day in range(12, 17)
    for start, end in (("09:00", "10:30"), ("11:00", "12:30"), ("14:30", "16:00"))
]
NEW = {"kind": "draft_agenda", "note": {}, "reason": None}


def contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": f"{id}@ngo.example", "names": id.title(), "locale": "fr"} for id in ids]


def profile(account: str) -> dict[str, Any]:
    return {"account": account, "organization": "Health for All", "country": "RW", "stakeholder_type": "civil_society"}


class Officer:
    """What the tests do as an officer and as submitters."""

    def __init__(self, consultation: Any, make_answers: Any) -> None:
        self.consultation, self.make_answers = consultation, make_answers

    def __call__(self, method: str, **arguments: Any) -> Any:
        arguments.setdefault("at", "programme")
        return self.consultation.call(method, self.consultation.officer, edition="2017", **arguments)

    def submit(self, who: Any = ADA, **request: Any) -> dict[str, Any]:
        """A submission with one workshop; returns {submission, request}."""
        answers = self.make_answers(email=None)
        answers["requests"] = [{**answers["requests"][0], **request}]
        sent = {"draft": None, "key": None, "answers": answers, "language": "en"}
        id = self.consultation.call("submit", who, edition="2017", body=sent)["id"]
        return {"submission": id, "request": f"{id}.1"}

    def make(self, *requests: dict[str, Any], status: str = "accepted", **more: Any) -> list[str]:
        """Sessions of these requests."""
        body = {"requests": list(requests), "merge": False, "into": None, **more}
        made: list[str] = self("make_sessions", body=body)["made"]
        for session in made:
            if status != "draft":
                self("decide_session", session=session, body={"status": status, "reason": None})
        return made

    def set_up(self, **more: Any) -> dict[str, Any]:
        """Two rooms."""
        room = {"booths": 0, "equipment": [], "remote": True}
        body = {
            "rooms": [
                {**room, "code": "A", "name": "Room A", "capacity": 500, "booths": 6},
                {**room, "code": "K", "name": "Room K", "capacity": 80},
            ],
            "slots": SLOTS,
            "interpreters": {},
            "organizers_in_parallel": {"health for all": 10},
            "turnaround": 10,
        }
        agenda: dict[str, Any] = self("set_up_agenda", body={**body, "revision": self.revision(), **more})
        return agenda

    def revision(self) -> int:
        """That of the agenda now."""
        return int(self("read_agenda")["revision"])

    def place(self, session: str, room: str | None, start: str | None) -> dict[str, Any]:
        """Save one placement."""
        change = {"session": session, "room": room, "start": start, "pinned": False}
        agenda: dict[str, Any] = self("place_sessions", body={"revision": self.revision(), "changes": [change]})
        return agenda

    def publish(self, **more: Any) -> dict[str, Any]:
        """The result of a publication."""
        made: dict[str, Any] = self.consultation.run("publish_programme", edition="2017", body={**NEW, **more})
        return made

    def wait_for_mails(self, session: str, changes: list[str]) -> list[dict[str, Any]]:
        """The events of mails about a session, once they say these changes and no other."""

        def told() -> list[dict[str, Any]]:
            rows = [event["data"] for event in self.consultation.published.of("session_changed")]
            return [row for row in rows if row["session"] == session]

        return wait_for(lambda: told() if [row["change"] for row in told()] == changes else [], what=str(changes))
