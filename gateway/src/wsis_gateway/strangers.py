"""What whoever has not signed in may write: up to a rate for their network, and beyond it with a proof of work each, up
to a far higher ceiling. So nobody who sends much keeps the others of a network out, on any route (ADR 34).

A request counts once its body is valid. One that is not counts as a read.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from falcon import Request
from wsis_shared import proof_of_work
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.rates import READ, STRANGERS_CEILING_FACTOR

from wsis_gateway.limits import Limits
from wsis_gateway.problems import HttpError

HEADER = "Proof-Of-Work"  # a solved challenge of GET /v1/challenges, as ALTCHA's widget makes it


def holds(route: Route) -> bool:
    """Does the rule hold for this route? What counts as a read stores nothing."""
    return route.permission == PUBLIC and route.writes and route.limit_class != READ.name


class Strangers:
    """Counts their requests, before and after the body is read."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def are(self, actor: Actor, route: Route) -> bool:
        """Is this a request of theirs?"""
        return not actor.known and holds(route)

    def begin(self, route: Route, req: Request) -> dict[str, str]:
        """Before the body is read: count a read, and refuse at once who would need a proof of work and has none.

        Returns the RateLimit headers. Raises HttpError (429)."""
        headers = self._limits.hit(READ.name, ANONYMOUS, req.context.network)
        if self._needs_proof(route, req, beside=1):
            self._solved(req)
        return headers

    def count(self, route: Route, req: Request, body: Mapping[str, object]) -> dict[str, str]:
        """The body is valid: count the request, and take its proof of work where it needs one.

        Returns the RateLimit headers. Raises HttpError (429)."""
        network = req.context.network
        if by := self._limits.rules[route.limit_class].rate_class.by:
            return self._limits.hit(route.limit_class, ANONYMOUS, _short(str(body.get(by)).partition(".")[0]))
        headers = self._limits.hit(route.limit_class, ANONYMOUS, network, ceiling=STRANGERS_CEILING_FACTOR)
        if self._needs_proof(route, req):
            solved = self._solved(req)
            if not self._limits.spend(solved.id, max(1, int(solved.expires_at.timestamp() - time.time()) + 1)):
                raise _refused("gateway.proof_of_work_used")
        req.context.over_rate = self._limits.over_rate(route.limit_class, ANONYMOUS, network)
        return headers

    def _needs_proof(self, route: Route, req: Request, *, beside: int = 0) -> bool:
        # A class with a ceiling of its own is one whose service asks for more itself.
        rate_class = self._limits.rules[route.limit_class].rate_class
        own = rate_class.ceiling_factor > 1 or rate_class.by
        return not own and self._limits.exceeds(route.limit_class, ANONYMOUS, req.context.network, beside=beside)

    def _solved(self, req: Request) -> proof_of_work.Solved:
        payload = req.get_header(HEADER)
        if payload is None:
            raise _refused("gateway.proof_of_work_needed")
        try:
            return proof_of_work.check(payload, proof_of_work.key())
        except proof_of_work.Unsolved:
            raise _refused("gateway.proof_of_work_invalid") from None


def _short(name: str) -> str:
    """Made-up tokens take no more of the store of limits than real ones."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]


def _refused(code: str) -> HttpError:
    detail = f"Your network has sent much: solve a challenge of GET /v1/challenges and send it in {HEADER}, or sign in."
    return HttpError(429, code, detail, {"Retry-After": "1"})
