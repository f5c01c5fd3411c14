"""Public events for tests, as services publish them."""

from __future__ import annotations

from typing import Any

from wsis_shared.plugin import discover
from wsis_testkit import publish

from wsis_agencies.event_log.events import by_inside_type


def publish_example(amqp_client: Any, source: str, event: str, subject: str = "test", **data: Any) -> str:
    """Publish the example of a public event, with changed fields; returns the id."""
    found = {tuple(type.split(".")[1:3]): declared for type, (_, declared) in by_inside_type(discover()).items()}
    return publish(amqp_client, source, event, {**found[source, event].example, **data}, subject=subject)
