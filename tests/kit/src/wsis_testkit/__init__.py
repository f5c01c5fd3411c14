"""What tests of the suite use: real broker, real store, services in processes of their own (docs/testing.md).

The test process itself is never monkey-patched; a service under test runs in a process of its own (`programs.py`).
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from wsis_local.patience import factor
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import SuiteError
from wsis_shared.jobs.states import is_live
from wsis_shared.tracing import new_traceparent
from wsis_testkit import programs
from wsis_testkit.messages import Background, Published, collect, fake_service, publish, publish_mail
from wsis_testkit.waiting import wait_for

__all__ = (
    "Background",
    "Published",
    "Served",
    "actor",
    "collect",
    "crash_at",
    "fake_service",
    "make_context",
    "publish",
    "publish_mail",
    "refused",
    "serve",
    "skewed",
    "unsent",
    "wait_for",
)


def unsent(db: Any, event: str) -> list[dict[str, Any]]:
    """The CloudEvents of a type that a service has stored and not published yet, in their order."""
    events = [row["event"] for row in db["outbox"].find().sort("at", 1)]
    return [found for found in events if found["type"].split(".")[-2] == event]


@contextmanager
def refused(code: str, **params: Any) -> Iterator[pytest.ExceptionInfo[SuiteError]]:
    """The block must raise the error of this code, with these among its params: clients branch on them."""
    with pytest.raises(SuiteError) as raised:
        yield raised
    error = raised.value
    assert (error.code, {name: error.params.get(name) for name in params}) == (code, params)


def actor(*roles: str, id: str = "", agency: str | None = None) -> Actor:
    """A signed-in account with roles, for example `actor("officer")`; `member` is always included."""
    return Actor(id or uuid.uuid4().hex, ("member", *roles), "session", agency)


def make_context(who: Actor = ANONYMOUS, **more: Any) -> Context:
    """The context that the gateway would make; `received_at=`, `locale=`, `idempotency_key=` as needed."""
    return replace(Context(actor=who, request_id=uuid.uuid4().hex, traceparent=new_traceparent()), **more)


def crash_at(place: str) -> dict[str, str]:
    """The environment of a service that dies, as by kill -9, at "module:Class.method:before" or "...:after"; the fork
    server reads it."""
    return {"CRASH_AT": place}


def skewed(seconds: float) -> dict[str, str]:
    """The environment of a process whose wall clock is wrong by so much."""
    paths = [str(Path(__file__).with_name("skewed")), os.environ.get("PYTHONPATH", "")]
    return {"SKEW_SECONDS": str(seconds), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


@dataclass
class Served:
    """A service that runs in a process of its own."""

    name: str
    process: programs.Running
    amqp_client: AmqpClient
    log: Path

    def call(
        self,
        method: str,
        who: Actor = ANONYMOUS,
        /,
        *,
        timeout: float = 10.0,
        context: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Any:
        """Call a method as the gateway does; raises the SuiteError that it raised."""
        ctx = make_context(who, **(context or {}))
        return self.amqp_client.request(self.name, method, arguments, ctx, timeout=timeout * factor())

    def run_job(self, method: str, who: Actor, /, *, seconds: float = 60.0, **arguments: Any) -> Any:
        """Call a method that starts a job, and return its result; AssertionError where it did not succeed."""
        started = self.call(method, who, **arguments)

        def ended() -> Any:
            job = self.call("read_job", who, job=started["id"])
            return job if not is_live(job) else None

        job = wait_for(ended, seconds, f"the job of {method}")
        assert job["state"] == "succeeded", job
        return job["result"]

    def command(
        self,
        method: str,
        who: Actor,
        args: dict[str, Any],
        body: dict[str, Any],
        *,
        wait: float = 10.0,
        message_id: str = "",
        **more: Any,
    ) -> Any:
        """Send a command and return its outcome; AssertionError where none came in time."""
        payload = {"args": args, "body": body}
        id = message_id or uuid.uuid4().hex
        context = make_context(who, **more)
        wait *= factor()
        done, outcome = self.amqp_client.command(self.name, method, payload, context, message_id=id, wait=wait)
        assert done, f"{self.name}.{method} did not finish in {wait} s"
        return outcome

    def healthy(self) -> bool:
        """Does it answer?"""
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.log.read_text('utf-8')[-3000:]}")
        if b'"serving"' not in self.log.read_bytes():
            return False  # another process of the same service would answer for it
        try:
            return bool(self.call("health", timeout=1.0))
        except SuiteError:
            return False

    def wait_healthy(self) -> Served:
        """Wait until it answers."""
        wait_for(self.healthy, 90, f"{self.name} to answer")
        return self

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        return programs.stop(self.process, number, seconds)


def serve(
    name: str,
    environment: Mapping[str, str],
    amqp_client: AmqpClient,
    folder: Path,
    *,
    wait: bool = True,
    real: bool = False,
) -> Served:
    """Start the installed service `name` and wait until it answers; `real` as in `programs.start`."""
    log = folder / f"{name}-{uuid.uuid4().hex[:6]}.log"
    served = Served(name, programs.start("service", [name], environment, log, real=real), amqp_client, log)
    return served.wait_healthy() if wait else served
