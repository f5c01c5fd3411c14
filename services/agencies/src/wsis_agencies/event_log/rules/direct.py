"""Events for one receiver that are not in the log: challenges and tests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from wsis_shared import clock
from wsis_shared.json_types import JsonObject

SOURCE = "/wsis/notifications"


@dataclass(frozen=True)
class DirectEvent:
    """Its data has one field of text. `channels` are those that it comes by."""

    kind: str
    title: str
    field: str
    meaning: str
    example: str
    channels: tuple[str, ...]

    @property
    def type(self) -> str:
        """As its receiver sees it."""
        return f"wsis.notifications.{self.kind}.v1"

    def message(self, subject: str, value: str, at: datetime, id: str = "") -> dict[str, object]:
        """The CloudEvent of a value; it has no number."""
        return {
            "specversion": "1.0",
            "id": id or uuid.uuid4().hex,
            "source": SOURCE,
            "type": self.type,
            "time": clock.iso(at),
            "subject": subject,
            "datacontenttype": "application/json",
            "data": {self.field: value},
        }

    def schema(self) -> JsonObject:
        """The JSON Schema of its data."""
        text = {"type": "string", "description": self.meaning}
        return {"type": "object", "required": [self.field], "properties": {self.field: text}}


CHALLENGED = DirectEvent(
    "webhook_challenged",
    "A receiver is asked whether it agrees: it repeats the challenge",
    "challenge",
    'What the reply repeats, as text or as {"challenge": ...}',
    "bJ0cDDr3mYtVfWmVvUk6vD3o",
    ("webhook",),
)
TESTED = DirectEvent(
    "webhook_tested",
    "A test event that the owner of the subscription asked for",
    "name",
    "The name of the subscription",
    "Register of ESCWA",
    ("webhook", "queue"),
)
DIRECT = (CHALLENGED, TESTED)
