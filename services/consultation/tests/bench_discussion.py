"""A discussion of 10,000 comments through the gateway: pages from all over it, flat and by thread, and its feed."""

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
from wsis_shared.mongo_connection import connect

from wsis_consultation.discussions.rules import comments, discussions

COMMENTS, REPLIES, ROUNDS, MOST_MS = 10_000, 9, 200, 25
AT = datetime(2016, 12, 1, tzinfo=UTC)
PATH = "/v1/consultations/2017/discussions/2017-1"
TEXT = "Les jeunes demandent des **ateliers** sur [les TIC](https://itu.int/wsis):\n\n- un en ligne\n- deux à Genève"


def run(folder: Path) -> Iterator[Figure]:
    """Threads of ten comments each; pages in random order, those of members with what only they see."""
    with Ground(folder, "consultation") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            _fill(client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"])
        connection = http.client.HTTPConnection("127.0.0.1", ground.stack.ports["gateway"], timeout=60)
        headers = {"Authorization": f"Bearer {ground.token()}"}
        threads = COMMENTS // (REPLIES + 1)
        pages = {
            "50 comments, the newest first": (lambda: f"/comments?after={random.randint(51, COMMENTS)}", {}),
            "50 comments for a member": (lambda: f"/comments?after={random.randint(51, COMMENTS)}", headers),
            "50 comments, the oldest first": (
                lambda: f"/comments?order=oldest&after={random.randint(0, COMMENTS - 50)}",
                {},
            ),
            "20 threads with their first replies": (lambda: f"/threads?after={random.randint(21, threads)}", {}),
        }
        for name, (path, sent) in pages.items():
            seconds = sorted(_timed(connection, PATH + path(), sent) for _ in range(ROUNDS))
            yield Figure(f"page of {COMMENTS:,} comments: {name}, p50", 1000 * seconds[ROUNDS // 2], "ms")
            p95 = 1000 * seconds[int(0.95 * ROUNDS)]
            yield Figure(f"page of {COMMENTS:,} comments: {name}, p95", p95, "ms", at_most=MOST_MS)


def _fill(db: Any) -> None:
    author = {
        "account": "ada",
        "names": "Ada Umutoni",
        "organization": "NGO",
        "country": "RW",
        "stakeholder_type": "civil_society",
    }
    body = {"community": "youth", "language": "fr", "title": "Les jeunes et les TIC", "text": "Vos idées ?"}
    discussion = discussions.opened("2017", 1, body, AT)
    rows: list[comments.Comment] = []
    root: comments.Comment | None = None
    for number in range(1, COMMENTS + 1):
        begins = number % (REPLIES + 1) == 1
        discussion |= {"comments": number, "threads": discussion["threads"] + begins}
        if begins:
            root = None
        elif root is not None:
            root["replies"] += 1
        row = comments.written(discussion, root, root, author, TEXT, AT + timedelta(minutes=number), "web")
        root = root or row
        rows.append(row)
    for row in rows:
        row["version"] = 1
    db["discussions"].insert_one({**discussion, "version": 1, "last_comment_at": rows[-1]["posted_at"]})
    for first in range(0, COMMENTS, 500):
        db["comments"].insert_many(rows[first : first + 500])


def _timed(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - began
    if response.status != 200 or len(json.loads(body)["items"]) < 20:
        raise NotMeasured(f"{path} answers {response.status}: {body[:200]!r}")
    return seconds
