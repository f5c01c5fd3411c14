"""Actor, language, deadline and trace of a request: passed from the gateway to the last hop in AMQP headers."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from wsis_shared import clock, tracing

Headers = Mapping[str, Any]  # of a message: what its sender wrote

# A message says how much time remains, and no clock of two machines is compared. But a copy of a signed call must not
# run for ever: it says as well when it is too old by any clock that is wrong by less than this.
CLOCK_TOLERANCE = 24 * 3600.0  # seconds: a wrong time zone is within it


@dataclass(frozen=True)
class Actor:
    """An account (`id`) with its roles; `session` names the sign-in. Anonymous readers have no id."""

    id: str | None = None
    roles: tuple[str, ...] = ()
    session: str | None = None
    agency: str | None = None

    @property
    def known(self) -> bool:
        """True for a signed-in account."""
        return self.id is not None

    def has(self, role: str) -> bool:
        """Does the actor hold this role?"""
        return role in self.roles


ANONYMOUS = Actor()
SYSTEM = Actor(id="system", roles=("system",))


@dataclass(frozen=True)
class Context:
    """The metadata of a request.

    `received_at` is the time at the gateway, the one clock that decides cut-offs; `deadline` is by `time.monotonic()`
    of this process; `network` is the client's /24 or /48, never the address; `idempotency_key` is the client's, scoped
    to the actor.
    `over_rate`: the caller is over the rate of a class with a ceiling (wsis_shared.rates).
    `message_id` is that of the request's own message, the same when the broker delivers it again; it is not passed on.
    """

    actor: Actor = ANONYMOUS
    request_id: str = ""
    traceparent: str = ""
    locale: str = "en"
    deadline: float | None = None
    idempotency_key: str | None = None
    received_at: datetime = field(default_factory=clock.now)
    network: str | None = None
    over_rate: bool = False
    message_id: str | None = None

    def remaining(self, at_most: float) -> float:
        """Seconds until the deadline, capped by `at_most`; never negative."""
        if self.deadline is None:
            return at_most
        return max(0.0, min(at_most, self.deadline - time.monotonic()))

    @property
    def expired(self) -> bool:
        """True after the deadline."""
        return self.deadline is not None and self.deadline < time.monotonic()

    def new_id(self, name: str = "") -> str:
        """An id for a new object: random, or derived from the Idempotency-Key, so that a repeat after a crash
        creates the same object and not a second one."""
        if self.idempotency_key is None:
            return uuid.uuid4().hex
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.actor.id}|{self.idempotency_key}|{name}").hex


class HeadersInvalid(ValueError):
    """A header is not what we send. The text contains nothing of it."""


_current: ContextVar[Context] = ContextVar("wsis_context")


def current() -> Context:
    """The context of the current request; a system context outside of one (timers, CLI commands)."""
    try:
        return _current.get()
    except LookupError:
        return Context(actor=SYSTEM, request_id=uuid.uuid4().hex, traceparent=tracing.new_traceparent())


def traceparent() -> str:
    """Of the current request; "" outside of one."""
    found = _current.get(None)
    return found.traceparent if found is not None else ""


@contextmanager
def use(context: Context) -> Iterator[Context]:
    """Run the block under this context."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def to_headers(context: Context) -> dict[str, object]:
    """The AMQP headers of a message under `context`; the span is a child of the current one."""
    headers: dict[str, object] = {
        "wsis-actor": _actor_header(context.actor),
        "wsis-request-id": context.request_id,
        "traceparent": tracing.child(context.traceparent),
        "wsis-locale": context.locale,
        "wsis-received-at": clock.iso(context.received_at),
    }
    if context.deadline is not None:
        remaining = max(0.0, context.deadline - time.monotonic())
        headers["wsis-remaining"] = str(int(remaining * 1000))
        headers["wsis-deadline"] = f"{time.time() + remaining + CLOCK_TOLERANCE:.3f}"
    if context.idempotency_key is not None:
        headers["wsis-idempotency-key"] = context.idempotency_key
    if context.network is not None:
        headers["wsis-network"] = context.network
    if context.over_rate:
        headers["wsis-over-rate"] = "yes"
    return headers


def from_headers(headers: Headers) -> Context:
    """The reverse of `to_headers`. Raises HeadersInvalid."""
    try:
        received = headers.get("wsis-received-at")
        return Context(
            actor=_actor_in(headers.get("wsis-actor", "[null, [], null, null]")),
            request_id=_text(headers.get("wsis-request-id", "")),
            traceparent=_text(headers.get("traceparent", "")) or tracing.new_traceparent(),
            locale=_text(headers.get("wsis-locale", "en")),
            deadline=_deadline_in(headers),
            idempotency_key=_text_or_none(headers.get("wsis-idempotency-key")),
            received_at=clock.parse(received) if received else clock.now(),
            network=_text_or_none(headers.get("wsis-network")),
            over_rate=headers.get("wsis-over-rate") == "yes",
        )
    except Exception as error:  # noqa: BLE001 -- OverflowError of a time, RecursionError of a deep actor, and the next one
        raise HeadersInvalid(f"context headers: {type(error).__name__}") from None


def _text(value: object) -> str:
    """Text that the store takes. Raises TypeError, UnicodeError."""
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    value.encode()
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _deadline_in(headers: Headers) -> float | None:
    # A sender of a former version has `wsis-deadline` alone: by its clock, and without the tolerance.
    remaining, until = headers.get("wsis-remaining"), headers.get("wsis-deadline")
    left = [] if remaining is None else [float(remaining) / 1000]
    left += [] if until is None else [float(until) - time.time()]
    return time.monotonic() + min(left) if left else None


# Who sends one message sends more: the votes of a ballot, the requests of a session.
@lru_cache(maxsize=4096)
def _actor_header(actor: Actor) -> str:
    return json.dumps([actor.id, actor.roles, actor.session, actor.agency])


@lru_cache(maxsize=4096)
def _actor_in(header: str) -> Actor:
    id, roles, session, agency = json.loads(header)
    return Actor(_text_or_none(id), tuple(map(_text, roles)), _text_or_none(session), _text_or_none(agency))


def with_timeout(context: Context, seconds: float) -> Context:
    """The same context with a deadline at most `seconds` away."""
    return replace(context, deadline=time.monotonic() + context.remaining(seconds))
