"""200,000 readers of the newsletter through the gateway: the import of their list, then what people do."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground

READERS, CALLS = 200_000, 60
LANGUAGES, TOPICS = ("en", "fr", "es", "ar", "zh", "ru", "pt"), ("forum", "stocktaking", "prizes", "ungis")
COUNTRIES = ("KE", "NO", "BR", "CN", "EG", "FR", "IN")
CONSENT = "2016-05-03T10:00:00Z,WSIS Forum 2016,I want the news."


def run(folder: Path) -> Iterator[Figure]:
    """Times are those of a client of the gateway."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _write(folder / "readers.csv")
    with Ground(folder, "notifications") as ground:
        headers = {"Authorization": f"Bearer {ground.token(role='officer')}"}
        with httpx.Client(base_url=ground.stack.gateway_uri, headers=headers, timeout=120) as client:
            process = psutil.Process(ground.stack.pids()["notifications"])
            before = process.memory_info().rss
            yield Figure(f"import of {READERS:,} readers", READERS / _import(client, path), "rows/s", at_least=1500)
            yield Figure("memory that it takes", (process.memory_info().rss - before) / 2**20, "MB", at_most=100)
            for name, query, most in (
                ("figures", "/v1/newsletter/figures", 100),
                ("page of 100", "/v1/newsletter/subscribers?limit=100", 250),
                (
                    "page of a language and a topic",
                    "/v1/newsletter/subscribers?limit=100&language=zh&topic=ungis&mail_format=text",
                    500,
                ),
            ):
                yield Figure(f"{name}, p95", _p95(lambda query=query: _read(client, query)), "ms", at_most=most)
            email = f"reader{READERS // 2}@people.example"
            yield Figure(
                "look-up, p95",
                _p95(lambda: _post(client, "subscribers/lookup", json={"email": email})),
                "ms",
                at_most=250,
            )
            yield Figure("subscription, p95", _p95(lambda: _subscribe(client)), "ms", at_most=250)


def _write(path: Path) -> Path:
    with path.open("w") as file:
        file.write("email,first_name,language,format,topics,country,consent_at,consent_source,consent_text\n")
        for number in range(READERS):
            file.write(
                f"reader{number}@people.example,Ama,{LANGUAGES[number % 7]},{'text' if number % 5 == 0 else 'html'},"
                f"{TOPICS[number % 4]}; {TOPICS[number % 3]},{COUNTRIES[number % 7]},{CONSENT}\n"
            )
    return path


def _import(client: httpx.Client, path: Path) -> float:
    began = time.perf_counter()
    with path.open("rb") as file:
        files = {"file": (path.name, file), "body": (None, json.dumps({"reason": "Measured"}), "application/json")}
        sent = client.post("/v1/newsletter/imports", files=files, headers={"Idempotency-Key": uuid.uuid4().hex})
    if sent.status_code != 202:
        raise NotMeasured(f"the upload answers {sent.status_code}: {sent.text[:200]}")
    while not (found := _read(client, f"/v1/newsletter/imports/{sent.json()['id']}"))["ended_at"]:
        time.sleep(0.3)
    if found["counts"]["created"] != READERS:
        raise NotMeasured(f"the import is {found['state']}: {found['counts']}")
    return time.perf_counter() - began


def _subscribe(client: httpx.Client) -> None:
    _post(client, "subscriptions", json={"email": f"{uuid.uuid4().hex}@people.example"}, status=202)


def _post(client: httpx.Client, path: str, status: int = 200, **request: Any) -> None:
    response = client.post(f"/v1/newsletter/{path}", **request)
    if response.status_code != status:
        raise NotMeasured(f"{path} answers {response.status_code}: {response.text[:200]}")


def _read(client: httpx.Client, address: str) -> Any:
    response = client.get(address)
    if response.status_code != 200:
        raise NotMeasured(f"{address} answers {response.status_code}: {response.text[:200]}")
    return response.json()


def _p95(call: Callable[[], Any]) -> float:
    """Milliseconds of the 95th percentile of CALLS calls."""
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=20)[-1]
