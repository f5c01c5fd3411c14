"""Dead letters of a service: show them, return them to their queue, or drop them (docs/runbooks/dead-letters.md).

    python deploy/dead_letters.py show|return|drop SERVICE [--bodies]

WSIS_AMQP_URI is the address of the broker with the user `operator`.
"""

from __future__ import annotations

import argparse
from typing import Any

from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite


def main() -> None:
    """Run the action and print one line per message."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("show", "return", "drop"))
    parser.add_argument("service")
    parser.add_argument("--bodies", action="store_true", help="show the bodies: they may contain personal data")
    options = parser.parse_args()
    with Connection(Suite.load().amqp_uri, connect_timeout=5) as connection:
        channel = connection.channel()
        # A passive declare creates no queue: a mistyped name is an error.
        name = topology.dead_letter_queue(options.service).name
        count = channel.queue_declare(name, passive=True).message_count
        channel.confirm_select()
        messages = [message for message in (channel.basic_get(name) for _ in range(count)) if message is not None]
        for message in messages:
            origin, reason = _origin(message)
            summary = (
                f"{origin or '?'}: {reason}, {len(message.body)} bytes, {message.properties.get('message_id', 'no id')}"
            )
            if options.action == "drop":
                channel.basic_ack(message.delivery_tag)
                print(f"dropped  {summary}")
            elif options.action == "return" and origin:
                # Confirm, then acknowledge: after a crash in between it is in both queues, and the inbox drops one.
                channel.basic_publish_confirm(message, exchange="", routing_key=origin, mandatory=True)
                channel.basic_ack(message.delivery_tag)
                print(f"returned {summary}")
            else:
                print(f"kept     {summary}")
                if options.bodies:
                    print(f"         {message.body!r}")
        # The broker requeues what was not acknowledged when the connection closes.


def _origin(message: Any) -> tuple[str, str]:
    """(queue, reason): the headers that the broker adds when it dead-letters a message."""
    headers = message.headers or {}
    queue, reason = headers.get("x-first-death-queue"), headers.get("x-first-death-reason")
    return (str(queue), str(reason)) if queue else ("", "dead-lettered by its consumer")


if __name__ == "__main__":
    main()
