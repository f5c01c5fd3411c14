"""HTTP in front of a FastStream service: Starlette on uvicorn, and the broker's own `request`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faststream.rabbit import RabbitBroker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

broker = RabbitBroker(os.environ["WSIS_AMQP_URI"])


async def echo(request: Request) -> JSONResponse:
    answer = await broker.request(request.path_params["value"], "bench-echo", timeout=10)
    return JSONResponse(await answer.decode())


@asynccontextmanager
async def connected(_app: Starlette) -> AsyncIterator[None]:
    await broker.start()
    yield
    await broker.stop()


app = Starlette(routes=[Route("/echo/{value}", echo)], lifespan=connected)
