"""The events of a manifest: their examples, their queues, the mails that follow, and nothing personal in public."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from typing import Any

from kombu import Queue
from wsis_shared.amqp import subscribers

PERSONAL = {
    "email",
    "mail",
    "name",
    "names",
    "given_name",
    "family_name",
    "contact_name",
    "contact_email",
    "account",
    "accounts",
    "phone",
    "address",
}


def test_event_examples_fit_their_schemas(plugin: Any) -> None:
    for event in plugin.publishes:
        schema, example = event.schema(), dict(event.example)
        dumped = schema.dump(example)
        assert schema.validate(example) == {}, event.type
        assert dumped == example, event.type
        assert json.loads(json.dumps(dumped)) == dumped, event.type


def test_event_types_are_told_once(plugin: Any) -> None:
    told = [(event.type, event.version) for event in plugin.publishes]
    assert len(told) == len(set(told))


def test_public_events_hold_no_personal_data(plugin: Any) -> None:
    wrong = [
        f"{event.type}.{name}"
        for event in plugin.publishes
        if event.public
        for name in _field_names(event.schema())
        if name in PERSONAL - {notification.to for notification in event.notifications}
    ]
    assert wrong == []


def _field_names(schema: Any) -> set[str]:
    names = set(schema.fields)
    for field in schema.fields.values():
        inner = getattr(field, "inner", field)
        if hasattr(inner, "nested"):
            names |= _field_names(inner.schema)
    return names


def test_notices_find_their_recipients(plugin: Any) -> None:
    roles = {"everyone", "account", "accounts", "contact"}
    service = plugin.load("service")
    for event in plugin.publishes:
        for notification in event.notifications:
            where = f"{event.type}: {notification.template}"
            assert notification.to in roles or notification.to.startswith("role:"), where
            assert notification.to not in ("account", "accounts") or notification.to in event.schema().fields, where
            assert notification.priority in ("high", "low"), where
            if notification.context_provider:
                served = getattr(service, notification.context_provider, None)
                assert getattr(served, "wsis_kind", None) in ("read", "write"), where
                assert {"data", "account"} <= set(inspect.signature(served).parameters), where
            else:
                assert notification.to != "contact", f"{where}: the details give the contact"


def test_subscriptions_and_manifest_have_the_same_queues(plugin: Any, project: Any) -> None:
    """The publisher declares the queues from the manifest: an event is lost before the first start when its queue is
    not there, and a queue of another name or with other arguments would stop the publisher."""
    service, handled = plugin.load("service"), []
    for name in dir(service):
        served = getattr(service, name)
        if getattr(served, "wsis_kind", None) == "event":
            handled += [entrypoint.events.queue(plugin.name, name) for entrypoint in served.nameko_entrypoints]
    declared = subscribers.event_queues(plugin, project.found)
    assert _described(queue for queue in handled if queue) == _described(declared)


def _described(queues: Iterable[Queue]) -> list[tuple[str, str, str]]:
    return sorted(
        (queue.name, str(queue.queue_arguments), str(queue.bindings or queue.routing_key)) for queue in queues
    )
