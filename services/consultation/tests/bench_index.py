"""Officers' index of submissions through the gateway: lists and counts with filters, at 2,000 submissions."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from wsis_shared import reference
from wsis_shared.mongo_connection import connect

from wsis_consultation.index import rules as rows
from wsis_consultation.index.store import SubmissionIndex

SIZE, ROUNDS, MOST_MS = 2000, 150, 50
PATH = "/v1/consultations/2017/submissions"
REQUESTS = {
    "a page of 20 without filters": f"{PATH}?",
    "a page of 100 by type and region": f"{PATH}?limit=100&stakeholder_type=government&region=europe",
    "a page of 100 by line and SDG": f"{PATH}?limit=100&action_line=C7.e-health&sdg=3",
    "a page of 100 by type, line, kind of request and language": (
        f"{PATH}?limit=100&stakeholder_type=academia&merged=true&action_line=C3&request_kind=workshop&language=fr"
    ),
    "all counts without filters": f"{PATH}/counts?",
    "all counts by region and SDG": f"{PATH}/counts?region=africa&sdg=4",
}


def run(folder: Path) -> Iterator[Figure]:
    """Requests of all kinds in turn. Before each the next submission changes, as on the day of the deadline."""
    with Ground(folder, "consultation") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            index = SubmissionIndex(client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"])
            submissions = [_submission(number) for number in range(1, SIZE + 1)]
            index.put(*submissions)
            headers = {"Authorization": f"Bearer {ground.token(role='officer')}"}
            connection = http.client.HTTPConnection("127.0.0.1", ground.stack.ports["gateway"], timeout=60)
            seconds: dict[str, list[float]] = {name: [] for name in REQUESTS}
            for _ in range(ROUNDS):
                for name, path in REQUESTS.items():
                    index.put(random.choice(submissions))
                    began = time.perf_counter()
                    _get(connection, path, headers)
                    seconds[name].append(time.perf_counter() - began)
        for name, values in seconds.items():
            yield Figure(f"{name}, p50", 1000 * sorted(values)[ROUNDS // 2], "ms")
            yield Figure(f"{name}, p95", 1000 * sorted(values)[int(0.95 * ROUNDS)], "ms", at_most=MOST_MS)


def _get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> Any:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise NotMeasured(f"{path} answers {response.status}: {body[:200]!r}")
    return json.loads(body)


def _submission(number: int) -> dict[str, Any]:
    chance = random.Random(number)  # the same submissions in each run
    country = chance.choice([each for each in reference.countries() if reference.itu_region_of(each.code)])
    moment = datetime(2016, 12, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "_id": f"2017-{number}",
        "edition": "2017",
        "number": number,
        "state": rows.RECEIVED,
        "kind": rows.KINDS[0],
        "organization": f"Organization {number}",
        "country": country.code,
        "region": reference.itu_region_of(country.code),
        "language": chance.choice(("en", "fr", "es")),
        "stakeholder_type": chance.choice([code for group in rows.groups(merged=True) for code in group]),
        "action_lines": [line.code for line in chance.sample(reference.action_lines(), 3)],
        "sdgs": chance.sample(range(1, 18), 4),
        "requests": [{"kind": chance.choice(rows.REQUEST_KINDS)}],
        "received_at": moment,
        "updated_at": moment,
    }
