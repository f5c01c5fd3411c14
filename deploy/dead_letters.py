"""What was put aside: look at it, send it back to where it came from, or drop it (docs/runbooks/dead-letters.md).

    python deploy/dead_letters.py show|return|drop SERVICE [--bodies]

WSIS_AMQP_URI is the broker, for the user `operator`.
"""

from __future__ import annotations

import argparse
from typing import Any

from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite


def main() -> None:
    """Do it and say what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("show", "return", "drop"))
    parser.add_argument("service")
    parser.add_argument("--bodies", action="store_true", help="show what is in them: it may be personal")
    options = parser.parse_args()
    with Connection(Suite.load().amqp_uri, connect_timeout=5) as connection:
        channel = connection.channel()
        # Declared passively: an operator makes nothing, and a name that was mistyped is an error.
        name = topology.dead_letter_queue(options.service).name
        count = channel.queue_declare(name, passive=True).message_count
        channel.confirm_select()
        taken = [message for message in (channel.basic_get(name) for _ in range(count)) if message is not None]
        for message in taken:
            origin, why = _origin(message)
            kept = f"{origin or '?'}: {why}, {len(message.body)} bytes, {message.properties.get('message_id', 'no id')}"
            if options.action == "drop":
                channel.basic_ack(message.delivery_tag)
                print(f"dropped  {kept}")
            elif options.action == "return" and origin:
                # Confirmed before it is taken off here: a crash in between leaves it in both, and the inbox drops one.
                channel.basic_publish_confirm(message, exchange="", routing_key=origin, mandatory=True)
                channel.basic_ack(message.delivery_tag)
                print(f"returned {kept}")
            else:
                print(f"kept     {kept}")
                if options.bodies:
                    print(f"         {message.body!r}")
        # What was not acknowledged goes back when the connection closes.


def _origin(message: Any) -> tuple[str, str]:
    """(queue, reason): what the broker notes on a message that it moves."""
    headers = message.headers or {}
    queue, reason = headers.get("x-first-death-queue"), headers.get("x-first-death-reason")
    return (str(queue), str(reason)) if queue else ("", "put aside by its consumer")


if __name__ == "__main__":
    main()
