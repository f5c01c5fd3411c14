"""The trivial method as FastStream has it: `faststream run tests.load.peers.faststream_service:app`."""

import os

from faststream import FastStream
from faststream.rabbit import RabbitBroker

broker = RabbitBroker(os.environ["WSIS_AMQP_URI"])
app = FastStream(broker)


@broker.subscriber("bench-echo")
async def echo(value: str) -> dict[str, str]:
    return {"value": value}
