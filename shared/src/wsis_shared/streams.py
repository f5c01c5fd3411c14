"""Streams: clients follow a GET route by server-sent events or long polls, and the gateway holds their requests.

A client without a request in flight at a service costs a service nothing: the gateway reads the route again when one of
its events arrives, once for all clients of the same representation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ANY_SOURCE = "*"


@dataclass(frozen=True)
class Stream:
    """How clients follow a GET route (`Route.stream`).

    `events` cause a new read: "voting.turnout_changed", or "*.job_progressed" for that event of any service.
    `subject` names a path variable; only events count whose CloudEvents subject, or one of whose data fields, has its
    value. Without it every such event counts.
    `cursor` names the query field after which a list continues. The stream then sends the pages that follow, none
    twice, and the response says in `position` the cursor after its last item (null without items). Without `cursor`
    the stream sends the whole representation each time it has changed.
    `shared`: the representation is the same for every client with the permission, so that one RPC serves all of them.
    Otherwise each account has its own RPC.
    `min_interval` (seconds): a burst of events causes one read per interval.
    """

    events: tuple[str, ...]
    subject: str = ""
    cursor: str = ""
    shared: bool = False
    min_interval: float = 0.5

    def value(self, variables: Mapping[str, str]) -> str:
        """The value that an event must name, "" for any."""
        return variables[self.subject] if self.subject else ""


def event_names(source: str, type: str) -> tuple[str, str]:
    """The names under which a stream may list this event."""
    return f"{source}.{type}", f"{ANY_SOURCE}.{type}"


def event_values(envelope: Mapping[str, object]) -> Iterator[str]:
    """The values that an event names: "", its subject, and the text fields of its data."""
    yield ""
    data = envelope.get("data")
    for value in (envelope.get("subject"), *(data.values() if isinstance(data, dict) else ())):
        if isinstance(value, str) and value:
            yield value


def subscriptions(streams: Iterator[Stream], services: tuple[str, ...]) -> set[tuple[str, str]]:
    """(source, type) of all events of the streams; `*` stands for each of the services."""
    found = set()
    for stream in streams:
        for name in stream.events:
            source, _, type = name.partition(".")
            found |= {(each, type) for each in (services if source == ANY_SOURCE else (source,))}
    return found
