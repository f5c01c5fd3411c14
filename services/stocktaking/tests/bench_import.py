"""Import of 20,000 entries through the gateway, from the first byte of the upload to the end of the job: a new register
as CSV, the same one as XLSX and JSON (which changes nothing), and a dry run of 100,000 rows."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground

from . import generated

ROWS, DRY_ROWS, LEAST_ROWS, MOST_MEGABYTES = 20_000, 100_000, 2000, 250
FORMATS = ("csv", "xlsx", "json")


def run(folder: Path) -> Iterator[Figure]:
    """Memory is that of the service and of its child processes, together."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: getattr(generated, f"write_{name}")(folder / f"register.{name}", ROWS) for name in FORMATS}
    large = generated.write_csv(folder / "large.csv", DRY_ROWS)
    with Ground(folder, "stocktaking") as ground:
        headers = {"Authorization": f"Bearer {ground.token(role='officer')}"}
        with (
            httpx.Client(base_url=ground.stack.gateway_uri, headers=headers, timeout=120) as client,
            Memory(ground.stack.pids()["stocktaking"]) as memory,
        ):
            for format, done in zip(FORMATS, ("created", "unchanged", "unchanged"), strict=True):
                rate = ROWS / _seconds(client, files[format], {"source": "bench", "dry_run": False}, {done: ROWS})
                yield Figure(f"{ROWS:,} rows of {format}, {done}", rate, "rows/s", at_least=LEAST_ROWS)
            # The rows of the register are unchanged, the others would be created.
            counts = {"created": DRY_ROWS - ROWS, "unchanged": ROWS}
            rate = DRY_ROWS / _seconds(client, large, {"source": "bench", "dry_run": True}, counts)
            yield Figure(f"dry run of {DRY_ROWS:,} rows of csv", rate, "rows/s", at_least=LEAST_ROWS)
        yield Figure("memory of the service and the reader of files", memory.most / 2**20, "MB", at_most=MOST_MEGABYTES)


class Memory:
    """The most memory of a process and its children while this is open, in bytes."""

    def __init__(self, pid: int) -> None:
        self.most, self._process, self._end = 0, psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._measure)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._end.wait(0.1):
            total = 0
            for process in (self._process, *self._process.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.most = max(self.most, total)


def _read(client: httpx.Client, address: str) -> Any:
    response = client.get(address)
    if response.status_code != 200:
        raise NotMeasured(f"{address} answers {response.status_code}: {response.text[:200]}")
    return response.json()


def _seconds(client: httpx.Client, path: Path, body: dict[str, Any], counts: dict[str, int]) -> float:
    began = time.perf_counter()
    with path.open("rb") as file:
        files = {"file": (path.name, file), "body": (None, json.dumps(body), "application/json")}
        sent = client.post("/v1/entry-imports", files=files, headers={"Idempotency-Key": uuid.uuid4().hex})
    if sent.status_code != 202:
        raise NotMeasured(f"the upload answers {sent.status_code}: {sent.text[:200]}")
    address = f"/v1/entry-imports/{sent.json()['id']}"
    while not (found := _read(client, address))["ended_at"]:
        time.sleep(0.3)
    seconds = time.perf_counter() - began
    wrong = [name for name, count in counts.items() if found["counts"][name] != count]
    if found["state"] != "completed" or wrong:
        raise NotMeasured(f"the import is {found['state']}: {found['counts']}")
    return seconds
