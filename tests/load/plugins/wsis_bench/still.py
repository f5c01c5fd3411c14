"""A service that the benchmark `stopped` stops."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Plugin, Route

plugin = Plugin(
    name="still",
    summary="Stopped by a benchmark",
    service="wsis_bench.still_service:Still",
    routes=(Route("GET", "/v1/still", handler="look", summary="A call that does nothing", permission=PUBLIC),),
)
