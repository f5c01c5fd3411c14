"""The properties of a message, whoever has sent it.

py-amqp decodes them in the loop that reads for all channels: what it raises there (a table as deep as the stack, a time
after the year 9999, a text that is no UTF-8) ends the connection, and the next one too, since the broker delivers the
message again. Here such a message has no properties but a mark, and its reader sets it aside.
"""

from __future__ import annotations

from amqp import serialization
from amqp.spec import Basic

UNREADABLE = "wsis-unreadable"  # header with the type of the error
_decode = serialization.decode_properties_basic


def _decode_any(buf: bytes, offset: int) -> tuple[dict[str, object], int]:
    try:
        properties, offset = _decode(buf, offset)
    except Exception as error:  # noqa: BLE001 -- whatever a sender provokes
        return {"application_headers": {UNREADABLE: type(error).__name__}}, len(buf)
    # None of ours is compressed, and kombu would unpack a body of any size.
    properties.get("application_headers", {}).pop("compression", None)
    return properties, offset


def tolerate_any() -> None:
    """From now on no connection of this process ends by the properties of a message."""
    serialization.PROPERTY_CLASSES[Basic.CLASS_ID] = _decode_any
