"""Submissions of complete projects through the gateway, each of another organization."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.load import wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from tests.load.wrk import Target
from wsis_shared import clock
from wsis_shared.mongo_connection import connect

from wsis_prizes.editions.rules import editions, phases, reference

EDITION, ACCOUNTS = "2017", 200
CONNECTIONS, SECONDS, ROUNDS = 32, 6, 3
LEAST_SUBMISSIONS = 100  # a second
PARTS = ("gateway", "prizes", "broker", "store")


def run(folder: Path) -> Iterator[Figure]:
    """Each with its own number and receipt, counted without a gap."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens, project = folder / "tokens.txt", folder / "project.json"
    project.write_text(json.dumps(_project()))
    with Ground(folder, service="prizes") as ground:
        tokens.write_text("\n".join(ground.token() for _ in range(ACCOUNTS)))
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            db = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}prizes"]
            _open(db)
            pids = ground.stack.pids()
            target = Target(
                f"{ground.stack.gateway_uri}/v1/editions/{EDITION}/projects",
                script=Path(__file__).with_name("submissions.lua"),
                processes={name: pids[name] for name in PARTS},
            )
            rounds = []
            for number, seconds in enumerate((2, *[SECONDS] * ROUNDS)):  # the first one warms up
                arguments = [str(tokens), str(project), str(number * 1_000_000)]
                rounds.append(wrk.load(target, connections=CONNECTIONS, seconds=seconds, arguments=arguments))
            measured, name = rounds[1:], f"submissions of projects, {CONNECTIONS} connections"
            rate = statistics.median(each.rate for each in measured)
            yield Figure(name, rate, "submissions/s", at_least=LEAST_SUBMISSIONS)
            yield Figure(f"{name}, p50", statistics.median(each.p50 for each in measured), "ms")
            yield Figure(f"{name}, p99", statistics.median(each.p99 for each in measured), "ms")
            for part in PARTS:
                spent = statistics.median(each.spent[part] for each in measured)
                yield Figure(f"{name}, processor time of the {part}", spent, "ms each")
            yield Figure("numbers that are missing or twice", _wrong(db), "", at_most=0)


def _project() -> dict[str, Any]:
    """A complete form, as NUMBER of many."""
    return {
        "submit": True,
        "title": "Clinics on line NUMBER",
        "category": "C7.e-health",
        "organization": "Ministry of Health NUMBER",
        "country": "RW",
        "stakeholder_type": "government",
        "contact_name": "Ada Umutoni",
        "contact_email": "ada.umutoni@health.example",
        "short_description": " ".join(f"word{number}" for number in range(160)),
        "sdgs": [{"sdg": 3, "targets": ["3.8"], "rationale": "Care reaches villages without a doctor."}],
        "impact": "Two million visits in two years.",
        "partnerships": "With the national university.",
        "challenges": "Power and connectivity.",
        "timeframe": "2014 to 2016",
        "completed": True,
    }


def _open(db: Any) -> None:
    """The edition as announced, with its submission on now."""
    edition, now = editions.from_seed(reference.edition_seed(int(EDITION))), clock.now()
    for phase in edition["phases"]:
        if phase["code"] == phases.SUBMISSION:
            phase.update(start=now - timedelta(days=60), end=now + timedelta(days=7))
    db["editions"].replace_one({"_id": EDITION}, {**edition, "version": 1, "updated_at": now}, upsert=True)


def _wrong(db: Any) -> int:
    numbers = sorted(row["number"] for row in db["projects"].find({}, {"number": 1}))
    if not numbers:
        raise NotMeasured("no project is stored")
    return sum(number != expected for expected, number in enumerate(numbers, 1))
