"""Dead letters over HTTP: operators read, search, requeue and drop those of every service (docs/runbooks).

The first part of a dead letter's id names its service.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared import dead_letters as schemas
from wsis_shared.plugin import DiscoveryResult, Route

from wsis_gateway.routing import CommonOperations, operation

PATH = "/v1/dead-letters"
TAG = "dead-letters"


def dead_letter_operations(found: DiscoveryResult) -> CommonOperations:
    """Operations on the dead letters of every service; without a service there are none."""
    services = [plugin.name for plugin in found]
    return CommonOperations("letter", services, tuple(operation(TAG, route) for route in _routes(services)))


def _routes(services: list[str]) -> tuple[Route, ...]:
    if not services:
        return ()
    service = {"service": fields.String(required=True, validate=validate.OneOf(services))}
    query: type[Schema] = schemas.DeadLettersQuery.from_dict(dict(service), name="DeadLettersQuery")
    only_service: type[Schema] = Schema.from_dict(dict(service), name="DeadLettersOf")
    return (
        Route(
            "GET",
            PATH,
            handler="list_dead_letters",
            summary="Dead letters of a service, the oldest first",
            permission=schemas.READ,
            query=query,
            response=schemas.DeadLetterPage,
        ),
        Route(
            "POST",
            f"{PATH}/{{letter}}/body",
            handler="read_dead_letter",
            summary="A dead letter with its body",
            description="Audited: it may contain personal data.",
            permission=schemas.READ,
            response=schemas.FullDeadLetter,
            error_codes=("suite.dead_letter_unknown", "suite.dead_letter_secret"),
        ),
        Route(
            "POST",
            f"{PATH}/requeue",
            handler="requeue_dead_letters",
            summary="Return some to their queues",
            permission=schemas.REQUEUE,
            query=only_service,
            body=schemas.Requeue,
            response=schemas.Moved,
            error_codes=("suite.dead_letter_queue_gone",),
        ),
        Route(
            "POST",
            f"{PATH}/drop",
            handler="drop_dead_letters",
            summary="Delete some",
            permission=schemas.DROP,
            query=only_service,
            body=schemas.Drop,
            response=schemas.Moved,
        ),
    )
