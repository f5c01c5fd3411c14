"""A service that the benchmark `others` stops, poisons and keeps busy."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Mode, Plugin, Route
from wsis_shared.schemas import RequestSchema, ResponseSchema

TIMEOUT = 4.0  # seconds

plugin = Plugin(
    name="still",
    summary="What befalls others in a benchmark",
    service="wsis_bench.still_service:Still",
    collections="wsis_bench.still_service:COLLECTIONS",
    routes=(
        Route(
            "GET", "/v1/still", handler="look", summary="A call that does nothing", permission=PUBLIC, timeout=TIMEOUT
        ),
        Route(
            "GET",
            "/v1/still/slow",
            handler="wait",
            summary="A call that takes nearly as long as it may",
            permission=PUBLIC,
            timeout=TIMEOUT,
        ),
        Route(
            "POST",
            "/v1/still/failures",
            handler="fail",
            summary="A command that fails",
            permission=PUBLIC,
            mode=Mode.COMMAND,
            body=RequestSchema,
            response=ResponseSchema,
            status=201,
        ),
    ),
)
