"""Events: declared by the publisher, enveloped as CloudEvents 1.0 (https://github.com/cloudevents/spec), saved with the
change that they tell of (outbox), told to people by notices."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema
from wsis_shared import clock, context, tracing

SOURCE = "/wsis/"

SchemaClass = type[Schema]


@dataclass(frozen=True)
class Notice:
    """A mail to people that follows an event.

    `template` names the files `<template>.<language>.yaml` (subject, text; see notifications' README) in the plugin's
    `texts`. `to` says who gets it: `account` and `accounts` read the field of that name from the data (an account id,
    a list of them), `everyone` writes to all confirmed accounts, `role:juror` to all who hold a role.
    `contact` takes the recipient from the details. `lane` is `fast` for what somebody is waiting for, else `bulk`.
    `details` names a method of the publisher, called with `data` and `account` when the mail is written: it returns
    more variables, and for `contact` the address. Codes and choices travel this way only: an event never holds them.
    """

    template: str
    to: str = "account"
    lane: str = "bulk"
    details: str = ""


@dataclass(frozen=True)
class Event:
    """The declaration of something that happened: past tense, one schema, one example that the schema accepts.

    `public` events may leave the suite (agencies, the public feed): no personal data, nothing under embargo. `private`
    names the data that stay inside when the event leaves.
    An event changes its meaning only under a new `version` beside the old one.
    """

    type: str
    summary: str
    schema: SchemaClass
    example: Mapping[str, Any]
    public: bool = False
    version: int = 1
    notices: tuple[Notice, ...] = ()
    private: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What this service reads of another's event: the fields alone, so that the publisher may add to it freely."""

    source: str
    type: str
    reads: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True)
class Occurrence:
    """An event that is about to be saved: `occur(events.PROJECT_SUBMITTED, subject=id, data={...})`."""

    event: Event
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)


def occur(event: Event, /, subject: str, **data: Any) -> Occurrence:
    """Something happened to `subject`. The data are checked against the event's schema when they are enveloped."""
    return Occurrence(event, subject, data)


def event_type(source: str, type: str, version: int = 1) -> str:
    """The CloudEvents type: `wsis.voting.voting_closed.v1`."""
    return f"wsis.{source}.{type}.v{version}"


def envelope(source: str, occurrence: Occurrence, sequence: int, *, salt: str = "") -> dict[str, Any]:
    """A CloudEvents 1.0 JSON event. `sequence` grows per subject, so that a consumer can drop what is older.

    Raises marshmallow.ValidationError where the data are not what the publisher declared.
    """
    event, ctx = occurrence.event, context.current()
    data = event.schema().dump(occurrence.data)
    errors = event.schema().validate(data)
    if errors:
        raise ValueError(f"event {event.type} does not fit its schema: {errors}")
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex + salt,
        "source": SOURCE + source,
        "type": event_type(source, event.type, event.version),
        "time": clock.iso(clock.now()),
        "subject": occurrence.subject,
        "datacontenttype": "application/json",
        "dataschema": f"{SOURCE}{source}/events/{event.type}.v{event.version}",
        "traceparent": tracing.child(ctx.traceparent),
        "requestid": ctx.request_id,
        "sequence": f"{sequence:020d}",
        "data": data,
    }
