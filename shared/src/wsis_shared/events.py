"""Events: declared by the publisher, sent as CloudEvents 1.0 (https://github.com/cloudevents/spec), stored with the
change that causes them (outbox), and mailed to people (`EmailNotification`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict

from marshmallow import Schema
from wsis_shared import clock, context, spans, tracing
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.resources import load_object

SOURCE = "/wsis/"

SchemaClass = type[Schema]


class CloudEvent(TypedDict):
    """An event as messages carry it. `data` are as its type declares them."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    subject: str
    datacontenttype: str
    dataschema: str
    traceparent: str
    requestid: str
    sequence: str
    data: Input


class EventKey(NamedTuple):
    """One version of an event type of one publisher."""

    source: str
    type: str
    version: int = 1

    @property
    def routing_key(self) -> str:
        """The AMQP routing key on the exchange of the publisher: `voting_closed.v1`."""
        return f"{self.type}.v{self.version}"

    @property
    def cloudevents_type(self) -> str:
        """The `type` of the CloudEvent: `wsis.voting.voting_closed.v1`."""
        return f"wsis.{self.source}.{self.routing_key}"


@dataclass(frozen=True)
class EmailNotification:
    """An email that an event triggers.

    `template` names the files `<template>.<language>.yaml` (subject, text; see notifications' README) in the plugin's
    `locale_package`. `to` selects the recipients: `account` and `accounts` read the field of that name from the data
    (an account id, a list of them), `everyone` is all confirmed accounts, `role:juror` is all who hold the role, and
    `contact` is the address that `context_provider` returns.
    `priority` is `high` for a mail that somebody waits for, else `low`.
    `context_provider` names a method of the publisher. Notifications calls it with `data` and `account` when it renders
    the mail; it returns more template variables, and for `contact` the address. Codes and choices travel only this way:
    no event contains them. Its `headers` go into this one mail: Reply-To, List-Id, List-Unsubscribe,
    List-Unsubscribe-Post, References and In-Reply-To.
    `kind` groups mails that people may decline together ("reminders"): at most 12 lower-case letters and digits, with
    titles in the part `kinds` of the texts of the plugin that brings it. Empty: a transactional mail (a receipt, a
    code, a decision about one's own things), which nobody can decline.
    `undated`: nothing that staff can read tells who gets this mail, or at what moment of the day.
    `auto_reply` is for a mail that answers a mail (RFC 3834): Auto-Submitted is "auto-replied", and the return path is
    empty, so that neither a robot nor a bounce answers it.
    """

    template: str
    to: str = "account"
    priority: str = "low"
    context_provider: str = ""
    auto_reply: bool = False
    kind: str = ""
    undated: bool = False


@dataclass(frozen=True)
class EventType:
    """The declaration of an event: a name in the past tense, one schema, one example that the schema accepts.

    `public` events may leave the suite (agencies, the public feed): nothing under embargo, and no personal data but the
    recipients of its notifications (`account`, `accounts`), which are removed before it leaves.
    `facets` say by what agencies select public events: facet -> path of the field (see wsis_shared.facets).
    A new meaning is a new `version`, published beside the old one.
    """

    type: str
    summary: str
    schema: SchemaClass
    example: JsonObject
    public: bool = False
    version: int = 1
    notifications: tuple[EmailNotification, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)

    def key(self, source: str) -> EventKey:
        """The key under which `source` publishes it."""
        return EventKey(source, self.type, self.version)


@dataclass(frozen=True)
class EventDependency:
    """The fields that a handler reads of another service's event. The publisher may add others at any time.

    `handler` is the method under `@subscribe`, by default `on_<type>`. A service with two handlers of one event, or
    with handlers of two versions, declares each. Publishers declare the queue of the handler from here.
    """

    source: str
    type: str
    reads: tuple[str, ...] = ()
    version: int = 1
    handler: str = ""

    @property
    def key(self) -> EventKey:
        """The event."""
        return EventKey(self.source, self.type, self.version)

    @property
    def method(self) -> str:
        """The name of the handler."""
        return self.handler or f"on_{self.type}"


@dataclass(frozen=True)
class EventSelection:
    """Events that a handler selects from the manifests of all plugins, for example all that trigger an email.

    `handler` is the method under `@subscribe_many`, or under `@subscribe_batches` where `batches` is set. `select`
    names the function of that decorator ("package.module:function"): it gets the plugins and returns the EventKeys.
    Like a manifest it loads without nameko, eventlet and pymongo, since every publisher calls it.
    `in_order`: one process at a time consumes, in the order of the queue; another takes over when it ends.
    """

    handler: str
    select: str
    batches: bool = False
    in_order: bool = False

    def events(self, plugins: Iterable[object]) -> list[EventKey]:
        """The selected events of `plugins`. Raises ImportError or AttributeError when there is no such function."""
        return list(load_object(self.select)(plugins))


@dataclass(frozen=True)
class PendingEvent:
    """An event that is not yet stored. `new_event` makes one."""

    event: EventType
    subject: str
    data: JsonObject = field(default_factory=dict)


def new_event(event: EventType, /, subject: str, **data: object) -> PendingEvent:
    """An event about `subject`, for example `new_event(events.PROJECT_SUBMITTED, subject=id, title="...")`.

    `envelope` validates the data against the schema."""
    return PendingEvent(event, subject, data)


def envelope(source: str, pending: PendingEvent, sequence: int) -> CloudEvent:
    """A CloudEvents 1.0 JSON event. `sequence` grows per subject, so that a consumer can drop an older event.

    Raises ValueError when the data do not match the declared schema.
    """
    event, ctx = pending.event, context.current()
    own = tracing.child(ctx.traceparent)
    spans.record(f"{source}.{event.type}", "PRODUCER", own, ctx.traceparent, 0.0)
    data = event.schema().dump(pending.data)
    errors = event.schema().validate(data)
    if errors:
        raise ValueError(f"event {event.type} does not fit its schema: {errors}")
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": SOURCE + source,
        "type": event.key(source).cloudevents_type,
        "time": clock.iso(clock.now()),
        "subject": pending.subject,
        "datacontenttype": "application/json",
        "dataschema": f"{SOURCE}{source}/events/{event.type}.v{event.version}",
        "traceparent": own,
        "requestid": ctx.request_id,
        "sequence": f"{sequence:020d}",
        "data": data,
    }
