"""How the list of revoked tokens gets here: by an event for each entry, and by a request for new ones now and then.

The request finds what no event told (the connection was lost, a command revoked), and says that the list is fresh.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from wsis_shared import clock
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import Context
from wsis_shared.errors import NotFound, SuiteError
from wsis_shared.json_types import Input
from wsis_shared.revocations import METHOD, TOKENS_REVOKED, RevocationList, from_data
from wsis_shared.tracing import new_traceparent

ASK_SECONDS, RETRY_SECONDS = 3.0, 0.5  # from one question to the next, and so long it may take: a late answer counts
FRESH_SECONDS = 10.0  # after the last response; a restart of the service takes less

_log = logging.getLogger(__name__)


class Revoked(TypedDict):
    """What METHOD returns."""

    revocations: list[object]
    until: str | None


class Revocations:
    """The list `entries`, kept up to date from `service`. `on_revoked()` is called when a token may have ended."""

    def __init__(self, service: str, on_revoked: Callable[[], None]) -> None:
        self.entries = RevocationList()
        self._service, self._on_revoked = service, on_revoked
        self._since: str | None = None
        self._asked_at = float("-inf")
        self._ended, self._answered = False, threading.Condition()
        self._wakeup = threading.Event()

    @property
    def event(self) -> tuple[str, str]:
        """Source and type of the event to listen to."""
        return self._service, TOKENS_REVOKED.type

    @property
    def fresh(self) -> bool:
        """Whether the list is known to be complete, or was so a moment ago."""
        return time.monotonic() - self._asked_at < FRESH_SECONDS

    def wait_fresh(self, seconds: float) -> bool:
        """Whether it is so, at the latest after `seconds`."""
        if self.fresh:
            return True
        with self._answered:
            return self._answered.wait_for(lambda: self.fresh, seconds)

    def start(self, amqp_client: AmqpClient) -> None:
        """Ask until `stop`, in a thread."""
        threading.Thread(target=self._run, args=(amqp_client,), name="revocations", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._ended = True
        self._wakeup.set()

    def on_connect(self) -> None:
        """Ask at once: no event has told what was revoked meanwhile."""
        self._wakeup.set()

    def on_event(self, source: str, type: str, envelope: Input) -> None:
        """Add the entry of an event; ignore other events."""
        if (source, type) == self.event:
            self._add([envelope.get("data")])

    def _run(self, amqp_client: AmqpClient) -> None:
        while not self._ended:
            self._wakeup.clear()
            asked_at, pause = time.monotonic(), ASK_SECONDS
            try:
                response = self._ask(amqp_client)
            except SuiteError as error:
                pause = RETRY_SECONDS
                if not self.fresh:
                    _log.warning("revoked tokens are not known", extra={"error": error.code})
            else:
                self._add(response["revocations"])
                with self._answered:
                    self._since, self._asked_at = response["until"], asked_at
                    self._answered.notify_all()
            self._wakeup.wait(pause)

    def _ask(self, amqp_client: AmqpClient) -> Revoked:
        context = Context(traceparent=new_traceparent())
        try:
            response: Revoked = amqp_client.request(
                self._service, METHOD, {"since": self._since}, context, timeout=ASK_SECONDS
            )
            return response
        except NotFound as error:
            if error.code != "suite.method_unknown":
                raise
            # A former version, which revokes nothing: during a release both run.
            return {"until": None, "revocations": []}

    def _add(self, received: Iterable[Any]) -> None:
        entries = []
        for each in received:
            try:
                entries.append(from_data(each))
            except (KeyError, TypeError, ValueError) as error:  # the others count nevertheless
                _log.error("a revocation cannot be read", extra={"error": type(error).__name__})
        if self.entries.add(entries, clock.now()):
            self._on_revoked()
