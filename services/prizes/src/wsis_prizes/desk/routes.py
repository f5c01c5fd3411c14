"""What officers read of an edition as a whole."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_prizes.desk import schemas

ROUTES = (
    Route(
        "GET",
        "/v1/editions/{edition}/steps",
        handler="read_steps",
        summary="How far each step of an edition is",
        permission="prizes:read",
        response=schemas.Steps,
        error_codes=("prizes.edition_unknown",),
    ),
)
