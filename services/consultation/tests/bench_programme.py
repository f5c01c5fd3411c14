"""The programme through the gateway: decisions, clash checks and suggestions of 250 sessions, what the public reads."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from wsis_shared import reference
from wsis_shared.mongo_connection import connect

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules import reference as own_reference
from wsis_consultation.programme.rules import agendas, bookings, clashes, requests
from wsis_consultation.programme.store import Programme

SIZE, ROUNDS, VERSIONS = 250, 60, 60
MOST_CHECK_MS, MOST_SUGGESTION_MS, MOST_PUBLIC_MS, MOST_DECISION_MS = 50, 1000, 50, 1000
BASE = "/v1/consultations/2017"
LINES = [line.code for line in reference.action_lines()]
ZONES = ("America/New_York", "Asia/Tokyo", "Africa/Kigali")


def run(folder: Path) -> Iterator[Figure]:
    """A Forum of five days, ten rooms and 250 sessions; each figure is that of all sessions at once."""
    yield from _rules()
    with Ground(folder, "consultation") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            db = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"]
            db["sessions"].insert_many([{**_session(number), "version": 1} for number in range(1, SIZE + 1)])
        officer = {"Authorization": f"Bearer {ground.token(role='officer')}"}
        connection = http.client.HTTPConnection("127.0.0.1", ground.stack.ports["gateway"], timeout=60)

        def call(method: str, path: str, body: Any = None, headers: dict[str, str] = officer) -> Any:
            sent = {**headers, **({"Content-Type": "application/json"} if body is not None else {})}
            connection.request(method, BASE + path, json.dumps(body) if body is not None else None, sent)
            response = connection.getresponse()
            content = response.read()
            if response.status not in (200, 202):
                raise NotMeasured(f"{method} {path} answers {response.status}: {content[:200]!r}")
            return content

        every = [_session(number)["_id"] for number in range(1, SIZE + 1)]
        for status in ("cancelled", "accepted"):
            began = time.perf_counter()
            call("PUT", "/session-states", {"sessions": every, "status": status, "reason": "The venue is closed."})
            took = 1000 * (time.perf_counter() - began)
            yield Figure(f"one decision on {SIZE} sessions: {status}", took, "ms", at_most=MOST_DECISION_MS)
        call("PUT", "/agenda/setup", _setup())
        yield from _figures(
            f"suggestion for {SIZE} sessions", lambda: call("POST", "/agenda/suggestion", {}), MOST_SUGGESTION_MS, 12
        )
        suggested = json.loads(call("POST", "/agenda/suggestion", {}))
        yield Figure("sessions without a place", len(suggested["unplaced"]), "sessions", at_most=0)
        kept = ("session", "room", "start", "pinned")
        changes = [{name: row[name] for name in kept} for row in suggested["changes"]]
        agenda = json.loads(call("PUT", "/agenda/placements", {"revision": suggested["revision"], "changes": changes}))
        yield Figure(
            "hard clashes of the suggestion", sum(clash["hard"] for clash in agenda["clashes"]), "clashes", at_most=0
        )
        yield from _figures(
            f"all clashes of {SIZE} sessions with one change",
            lambda: call("POST", "/agenda/check", {"changes": [random.choice(changes)]}),
            MOST_CHECK_MS,
            ROUNDS,
        )
        call("POST", "/agenda/publications", {"kind": "draft_agenda"})
        paths = ("/programme", "/programme?day=2017-06-13", "/programme/calendar")
        for path in paths:
            began = time.perf_counter()
            call("GET", path, headers={})
            yield Figure(f"{path}, the first time", 1000 * (time.perf_counter() - began), "ms")
            yield from _figures(path, lambda path=path: call("GET", path, headers={}), MOST_PUBLIC_MS, ROUNDS)  # type: ignore[misc]
        with connect(environment["WSIS_MONGO_URI"]) as client:
            yield _versions(client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"])


def _versions(db: Any) -> Figure:
    """A version has all sessions, half a megabyte: a list of many reads none, so it takes less than reading one."""
    programme, first = Programme(db), db["programme_versions"].find_one()
    for number in range(2, VERSIONS + 1):
        other = {"_id": f"2017-9.{number}", "number": f"9.{number}", "order": first["order"] + number}
        db["programme_versions"].insert_one({**first, **other})
    took = []
    for work in (lambda: programme.versions("2017"), lambda: programme.version("2017", first["number"])):
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        took.append(sorted(seconds)[ROUNDS // 2])
    return Figure(f"a list of {VERSIONS} versions, to reading one", took[0] / took[1], "times", at_most=1)


def _figures(name: str, work: Callable[[], Any], most: float, rounds: int) -> Iterator[Figure]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    yield Figure(f"{name}, p50", 1000 * sorted(seconds)[rounds // 2], "ms")
    yield Figure(f"{name}, p95", 1000 * sorted(seconds)[int(0.95 * rounds)], "ms", at_most=most)


def _rules() -> Iterator[Figure]:
    """The rules alone, without store and bus."""
    edition = editions.from_seed(own_reference.edition_seed(2017))
    agenda = {**agendas.empty("2017"), **_setup()}
    venue = bookings.venue_of(agenda, edition)
    needs = [bookings.needs_of(_session(number)) for number in range(1, SIZE + 1)]
    slots = agendas.grid(agenda["slots"], edition["time_zone"])
    suggested = clashes.suggest(needs, [], slots, venue)
    yield from _figures(
        "suggestion, the rules alone", lambda: clashes.suggest(needs, [], slots, venue), MOST_SUGGESTION_MS, 10
    )
    yield from _figures(
        "all clash checks, the rules alone", lambda: clashes.check(suggested.bookings, venue), MOST_CHECK_MS, ROUNDS
    )


def _setup() -> dict[str, Any]:
    hours = (("09:00", "10:30"), ("11:00", "12:30"), ("14:30", "16:00"), ("16:30", "18:00"))
    return {
        "revision": 0,
        "rooms": [
            {
                "code": f"R{number}",
                "name": f"Room {number}",
                "capacity": 60 * (number + 1),
                "booths": number % 4,
                "equipment": [],
                "remote": number % 5 != 0,
            }
            for number in range(14)
        ],
        "slots": [
            {"date": f"2017-06-{day}", "start": start, "end": end} for day in range(12, 17) for start, end in hours
        ],
        "interpreters": {"fr": 6, "es": 6, "ar": 5},
        "organizers_in_parallel": {"organization 1": 4},
        "turnaround": 10,
    }


def _session(number: int) -> dict[str, Any]:
    chance = random.Random(number)  # the same sessions in each run
    names = [f"Speaker {chance.randrange(700)}" for _ in range(4)]
    kind = "policy_statements" if chance.random() < 0.08 else "thematic_workshop"
    speakers = [
        {"name": name, "remote": not place and chance.random() < 0.3, "time_zone": chance.choice(ZONES)}
        for place, name in enumerate(names)
    ]
    submission = {
        "_id": f"sub{number}",
        "edition": "2017",
        "language": "en",
        "organization": f"Organization {chance.randrange(150)}",
    }
    request = {
        "id": "1",
        "kind": "workshop",
        "session_type": kind,
        "title": f"Session {number}",
        "description": "word " * 120,
        "action_lines": chance.sample(LINES, 2),
        "sdgs": chance.sample(range(1, 18), 2),
        "speakers": speakers,
    }
    made = requests.from_request(submission, request, number, f"s{number}", own_reference.session_types())
    return {
        **made,
        "status": "accepted",
        "capacity": chance.choice([0, 50, 100, 200]),
        "interpretation": chance.sample(["fr", "es", "ar"], chance.choice([0, 0, 1, 2])),
        "updated_at": datetime(2017, 4, 1, tzinfo=UTC),
        "duration": chance.choice([60, 90]),
    }
