"""300 participants of a meeting ask for the floor at once, through the gateway."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from wsis_shared import clock
from wsis_shared.mongo_connection import connect

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.meetings.rules import schedule

HANDS, MOST_SECONDS, GIVE_UP_SECONDS = 300, 10, 120
MEETING = "hands"
PATH = f"/v1/consultations/2017/meetings/{MEETING}"
BODY = json.dumps({"kind": "statement", "language": "en", "topic": "ICTs for all"})


def run(folder: Path) -> Iterator[Figure]:
    """Each hand is a request of its own; write conflicts are those of the store meanwhile."""
    with Ground(folder, "consultation") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            database = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"]
            _fill(database)
            before = _conflicts(environment["WSIS_MONGO_URI"])
            tokens = [ground.token(_account(number)) for number in range(HANDS)]
            port = ground.stack.ports["gateway"]
            began = time.perf_counter()
            with ThreadPoolExecutor(HANDS) as pool:
                answers = list(pool.map(lambda token: _ask(port, token), tokens))
            seconds = time.perf_counter() - began
            conflicts = _conflicts(environment["WSIS_MONGO_URI"]) - before
            waiting = _read(port)["waiting"]
        numbers = [row["number"] for row in waiting]
        if len(numbers) != HANDS or numbers != sorted(set(numbers)):
            raise NotMeasured("the list lacks somebody, or has somebody twice")
        yield Figure(f"{HANDS} hands at once: until all are on the list", seconds, "s", at_most=MOST_SECONDS)
        yield Figure(f"{HANDS} hands at once: requests", sum(sent for sent, _ in answers), "")
        taken = sorted(each for _, each in answers)
        yield Figure(f"{HANDS} hands at once: one participant waits, p95", taken[int(0.95 * HANDS)], "s")
        yield Figure(f"{HANDS} hands at once: write conflicts in the store", conflicts, "")


def _account(number: int) -> str:
    return f"hand-{number}"


def _fill(db: Any) -> None:
    meeting = schedule.of_phases(editions.from_seed(reference.edition_seed(2017)))[0]
    start = clock.now()
    db["meetings"].insert_one(
        {**meeting, "_id": MEETING, "phase": None, "start": start, "end": start + timedelta(hours=3), "version": 1}
    )
    db["participants"].insert_many(
        {
            "_id": f"participant-{number}",
            "edition": "2017",
            "meeting": MEETING,
            "account": _account(number),
            "contact": {"full_name": f"Ada {number}", "email": f"ada{number}@ngo.example", "locale": "en"},
            "organization": None,
            "country": "RW",
            "stakeholder_type": "civil_society",
            "mode": "remote",
            "state": "registered",
            "public_name": False,
            "number": number,
            "version": 1,
        }
        for number in range(HANDS)
    )


def _ask(port: int, token: str) -> tuple[int, float]:
    """How often it was sent, and seconds. Who is told to come again does so, as clients do."""
    key, sent, began = uuid.uuid4().hex, 0, time.perf_counter()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", f"{PATH}/interventions", BODY, headers)
        response = connection.getresponse()
        answer, sent = response.read(), sent + 1
        if response.status == 201:
            return sent, time.perf_counter() - began
        if response.status != 503 or time.perf_counter() - began > GIVE_UP_SECONDS:
            raise NotMeasured(f"a hand is answered {response.status}: {answer[:200]!r}")
        time.sleep(float(response.headers.get("Retry-After", 1)))


def _read(port: int) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"{PATH}/floor")
    return json.loads(connection.getresponse().read())


def _conflicts(uri: str) -> int:
    """What the store counts since its start: no command of the Stable API tells it."""
    with MongoClient[dict[str, Any]](uri) as client:
        return int(client.admin.command("serverStatus")["metrics"]["operation"]["writeConflicts"])
