"""Streams and long polls of routes with `stream`: how they are negotiated, held and answered.

- `Accept: text/event-stream`: server-sent events; `Last-Event-ID` resumes.
- `Prefer: wait=20` (RFC 7240): the response waits until there is something new: another ETag than `If-None-Match`, or
  a page that is not empty.
- Otherwise an ordinary GET, with an ETag.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from falcon import Request, Response
from marshmallow import ValidationError
from wsis_shared.context import Actor
from wsis_shared.errors import Invalid, SuiteError
from wsis_shared.field_options import AnyField
from wsis_shared.streams import Stream

from wsis_gateway import request_parsing
from wsis_gateway.cache import etag_of, matches
from wsis_gateway.client_socket import ClientSocket
from wsis_gateway.event_stream import MEDIA_TYPE, EventStream
from wsis_gateway.feeds import Feed, Feeds, Follower, Page
from wsis_gateway.held_requests import HeldRequests
from wsis_gateway.settings import Settings

JSON = "application/json"
VARY = "Accept, Prefer"


@dataclass(frozen=True)
class Held:
    """A request to a route with a stream, parsed and authorized.

    `cursor_field`: the query field of the stream's cursor. `fetch` calls the service with the given arguments and
    returns the body. `expires_at`: when the access token expires, in seconds since the epoch; infinity without a token.
    `check` raises Unauthenticated once the token has expired or was revoked.
    """

    path: str
    stream: Stream
    cursor_field: AnyField | None
    actor: Actor
    variables: Mapping[str, str]
    parameters: Mapping[str, object]
    fetch: Callable[[Mapping[str, object]], bytes]
    expires_at: float
    check: Callable[[], object]

    @property
    def position(self) -> object:
        """The cursor of the query; None where there is none."""
        return self.parameters.get(self.stream.cursor)

    def page(self, position: object) -> Page:
        """Read the representation, or the page after `position`."""
        cursor, arguments = self.stream.cursor, {**self.variables, **self.parameters}
        if not cursor:
            body = self.fetch(arguments)
            return Page(body, etag_of(body))
        body = self.fetch(arguments | {cursor: position})
        content = json.loads(body)
        after = content["position"] if content["position"] is not None else position
        return Page(body, str(after), after, empty=not content["items"], more=content["next"] is not None)


def is_held(req: Request) -> bool:
    """Whether the client asks for a stream or a long poll."""
    return req.method == "GET" and (_wants_events(req) or "wait" in req.env.get("HTTP_PREFER", "").lower())


def _wants_events(req: Request) -> bool:
    named = MEDIA_TYPE in req.env.get("HTTP_ACCEPT", "").lower()
    return named and req.client_prefers((JSON, MEDIA_TYPE)) == MEDIA_TYPE


def validate(req: Request, resp: Response) -> None:
    """Give an ordinary response the ETag, unless it has one, with which a client begins a long poll or asks for a feed
    again; 304 if the client has it."""
    etag = resp.get_header("ETag") or etag_of(resp.data or b"")
    resp.set_header("ETag", etag)
    resp.append_header("Vary", VARY)
    if matches(req.env.get("HTTP_IF_NONE_MATCH"), etag):
        resp.status, resp.data = 304, None


class Read(Protocol):
    """Reads the page after a position of the followed feed, as `Feed.read` does."""

    def __call__(self, position: object, recent: bool = False) -> tuple[float, Page]: ...


class StreamHandler:
    """Serves held requests. `problem(req, error)` is the problem document of an error."""

    def __init__(self, settings: Settings, feeds: Feeds, problem: Callable[[Request, SuiteError], bytes]) -> None:
        self._feeds, self._problem = feeds, problem
        self._held_requests = HeldRequests(settings)
        self._max_wait = settings.gateway_poll_seconds

    def serve(self, held: Held, req: Request, resp: Response) -> None:
        """Respond with a stream, or when the long poll is over."""
        events = _wants_events(req)
        position, last_id = _start(held, req) if events else (held.position, "")

        def read(position: object, recent: bool = False) -> tuple[float, Page]:
            return feed.read(position, lambda: held.page(position), recent=recent)

        with ExitStack() as places:
            kind = "stream" if events else "poll"
            places.enter_context(self._held_requests.hold(kind, held.actor, req.context.network))
            feed, follower = places.enter_context(
                self._feeds.follow(_key(held, req), held.stream, held.stream.value(held.variables))
            )
            socket = places.enter_context(ClientSocket(req.env, follower.end))
            if not events:
                return self._poll(held, feed, follower, read, req, resp)
            first = read(position, recent=True)
            release = places.pop_all().close  # the places are held until the stream ends
        resp.content_type = MEDIA_TYPE
        resp.append_header("Vary", VARY)
        resp.set_header("X-Accel-Buffering", "no")  # nginx passes each event on at once
        resp.stream = EventStream(
            feed,
            follower,
            socket,
            read=read,
            first=first,
            last_id=last_id,
            told=req.context.told,
            expires_at=held.expires_at,
            check=held.check,
            problem=partial(self._problem, req),
            release=release,
        )

    def _poll(self, held: Held, feed: Feed, follower: Follower, read: Read, req: Request, resp: Response) -> None:
        preferred, _ = request_parsing.wait_preference(req.env, self._max_wait)
        deadline = time.monotonic() + min(preferred, held.expires_at - time.time())
        known, waited = req.env.get("HTTP_IF_NONE_MATCH"), 0.0
        generation, page = read(held.position, recent=True)
        # A page without items that has a next one is an answer: its filter has passed nothing so far.
        while (page.empty and not page.more) or (not held.stream.cursor and matches(known, page.id)):
            began = time.monotonic()
            if began >= deadline or follower.ended:
                break
            if feed.generation > generation:
                generation, page = read(held.position)
            else:
                follower.wait(deadline - began)
                waited += time.monotonic() - began
                if time.monotonic() < deadline:
                    held.check()
        req.context.started += waited  # metrics and access log: the time to respond, without the wait
        resp.set_header("Preference-Applied", f"wait={int(preferred)}")
        resp.content_type, resp.data = JSON, page.body
        validate(req, resp)


def _start(held: Held, req: Request) -> tuple[object, str]:
    """The cursor at which a stream starts, and the id of the last event that the client has received."""
    last_id = req.env.get("HTTP_LAST_EVENT_ID", "")
    if held.cursor_field is None or not last_id:
        return held.position, last_id
    try:
        return held.cursor_field.deserialize(last_id), last_id
    except ValidationError as error:
        wrong = {"Last-Event-ID": [str(message) for message in error.messages]}
        raise Invalid("gateway.header_invalid", "Last-Event-ID is not a cursor.", fields=wrong) from None


def _key(held: Held, req: Request) -> tuple[str, ...]:
    """What the followers of one feed have in common: they get the same bytes."""
    query = {name: value for name, value in held.parameters.items() if name != held.stream.cursor}
    who = () if held.stream.shared else (held.actor.id, held.actor.roles, held.actor.agency)
    parts = (held.variables, query, who)
    return (held.path, req.context.locale, *(json.dumps(part, sort_keys=True, default=str) for part in parts))
