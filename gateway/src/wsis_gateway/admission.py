"""Who may call a route, how often, and when a request counts as received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from falcon import Request, Response
from wsis_shared import clock
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import SuiteError

from wsis_gateway.auth import Authenticator
from wsis_gateway.limits import Limits
from wsis_gateway.routing import Operation
from wsis_gateway.strangers import Strangers


class Admission:
    """Authentication, authorization and rate limits of all routes."""

    def __init__(self, authenticator: Authenticator, limits: Limits) -> None:
        self._authenticator, self._limits, self._strangers = authenticator, limits, Strangers(limits)

    def authorize(self, operation: Operation, req: Request, resp: Response, limit_class: str = "") -> Actor:
        """Whose request it is; it counts. Raises SuiteError."""
        limit_class, network = limit_class or operation.route.limit_class, req.context.network
        actor = ANONYMOUS
        try:
            actor = req.context.actor = self._authenticator.authenticate(req)
            self._authenticator.authorize(actor, operation.route.permission)
        except SuiteError:
            # Failed attempts count too, so that tokens cannot be guessed.
            resp.set_headers(self._limits.hit(limit_class, actor, network))
            raise
        strange = self._strangers.are(actor, operation.route)
        begin = partial(self._strangers.begin, operation.route, req)
        resp.set_headers(begin() if strange else self._limits.hit(limit_class, actor, network))
        req.context.over_rate = self._limits.over_rate(limit_class, actor, network)
        return actor

    def received(
        self, operation: Operation, req: Request, resp: Response, ctx: Context, body: Mapping[str, object]
    ) -> Context:
        """A request is received when the whole of it is there, whenever its head came: then it is late or not, has the
        power of whoever sends it, and counts, where a stranger does."""
        self._authenticator.check_still(req)
        if self._strangers.are(ctx.actor, operation.route):
            resp.set_headers(self._strangers.count(operation.route, req, body))
        req.context.received_at = req.context.complete_at or clock.now()  # a form of a page was there before this call
        return replace(ctx, received_at=req.context.received_at, over_rate=req.context.over_rate)
