"""Authentication by bearer token, and authorization by the roles that the manifests declare."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from falcon import Request
from wsis_shared import auth
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import Forbidden, Unauthenticated, Unavailable
from wsis_shared.plugin import PUBLIC, DiscoveryResult
from wsis_shared.roles import MEMBER
from wsis_shared.tracing import new_traceparent

from wsis_gateway.revocations import Revocations

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

KEYS_PATH = "/.well-known/jwks.json"
NOBODY = ("nobody", "jwks")  # no plugin publishes keys: every token gets 503
FRESH_WAIT_SECONDS, KEYS_WAIT_SECONDS = 3.0, 5.0


class Authenticator:
    """Verifies tokens and checks permissions."""

    def __init__(
        self, amqp_client: AmqpClient, found: DiscoveryResult, keys_from: tuple[str, str], revocations: Revocations
    ) -> None:
        self._amqp_client, self._keys_from, self._revocations = amqp_client, keys_from, revocations
        self._verifier = auth.Verifier(self._fetch_keys, revocations.entries)
        self._last_failure = float("-inf")
        self._is_granted = lru_cache(maxsize=4096)(self._evaluate)
        self._grants = auth.grants(plugin.grants for plugin in found)

    def authenticate(self, req: Request) -> Actor:
        """Return the actor of the bearer token, or ANONYMOUS without a token.

        Raises Unauthenticated for a token that is not valid, and Unavailable if the keys cannot be fetched, or if
        nobody knows whether the token of a member of staff has been revoked. Members go on: votes have a deadline.
        """
        return self.authenticate_until(req)[1]

    def authenticate_until(self, req: Request) -> tuple[float, Actor]:
        """The same, with the time when the token expires, in seconds since the epoch; infinity without a token."""
        header = req.env.get("HTTP_AUTHORIZATION")
        if header is None:
            return float("inf"), ANONYMOUS
        verified = req.context.verified = self._verified(_bearer(header))
        return verified.expires_at, verified.actor

    def actor_of(self, token: str) -> Actor:
        """The actor of a token. Raises as `authenticate`."""
        return self._verified(token).actor

    def counted(self, req: Request, token: str = "") -> Actor:
        """Whom a request counts for that anybody may make: the account of its token, since a whole country may share
        one address; without a valid one the network. `token`: that of a cookie, by which the reads of its page count
        too. No answer waits for this."""
        counted: Actor | None = req.context.counted
        if counted is None:
            header = req.env.get("HTTP_AUTHORIZATION")
            token = token or (_bearer(header) if header is not None else "")
            counted = req.context.counted = (self._verifier.recognized(token) if token else None) or ANONYMOUS
        return counted

    def check_still(self, req: Request) -> None:
        """What takes longer than a moment, a body that comes slowly or an export, goes on after its token has expired,
        and not after it was revoked. Raises as `authenticate`."""
        verified = req.context.verified
        if verified is not None:
            self._verifier.check(verified)
            self._check_known(verified.actor)

    def _verified(self, token: str) -> auth.Verified:
        if not token or not token.isascii():
            raise auth.invalid()
        verified = self._verifier.verified(token)
        self._check_known(verified.actor)
        return verified

    def _check_known(self, actor: Actor) -> None:
        if any(role != MEMBER for role in actor.roles) and not self._revocations.wait_fresh(FRESH_WAIT_SECONDS):
            raise Unavailable("suite.service_away", "", retry_after=2)

    def authorize(self, actor: Actor, permission: str) -> None:
        """Raise Unauthenticated or Forbidden unless the actor has the permission."""
        if permission == PUBLIC:
            return
        if not actor.known:
            raise Unauthenticated("gateway.token_missing")
        if not self._is_granted(actor.roles, permission):
            raise Forbidden("gateway.forbidden")

    def is_allowed(self, actor: Actor, permission: str) -> bool:
        """Has the actor the permission?"""
        return permission == PUBLIC or (actor.known and self._is_granted(actor.roles, permission))

    def who(self, actor: Actor, permission: str) -> dict[str, str]:
        """What a refusal adds to its line in the access log: the account, but not of what members may do. No line says
        who votes, and a client may have one trace for its votes and the rest."""
        if actor.id is None or permission == PUBLIC or self._is_granted((MEMBER,), permission):
            return {}
        return {"account": actor.id, "trace_id": ""}

    def _evaluate(self, roles: tuple[str, ...], permission: str) -> bool:
        return auth.is_allowed(Actor("any", roles), permission, self._grants)

    def _fetch_keys(self) -> KeySetSerialization:
        if time.monotonic() - self._last_failure < 1.0:
            raise Unavailable("suite.service_away", "", retry_after=2)
        try:
            service, call = self._keys_from
            keys: KeySetSerialization = self._amqp_client.request(
                service, call, {}, Context(traceparent=new_traceparent()), timeout=KEYS_WAIT_SECONDS
            )
            return keys
        except Unavailable:
            self._last_failure = time.monotonic()
            raise


def _bearer(header: str) -> str:
    """The token of an `Authorization`; empty where it has none (RFC 6750, 2.1)."""
    scheme, _, token = header.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.isascii() else ""


def keys_endpoint(found: DiscoveryResult, setting: str = "") -> tuple[str, str]:
    """Return the service and method that publish the token keys (RFC 8414, `jwks_uri`): those of WSIS_KEYS_FROM, or of
    the route. The service also publishes which tokens it has revoked."""
    if setting:
        service, _, method = setting.partition(".")
        return service, method
    for plugin in found:
        for route in plugin.routes:
            if route.path == KEYS_PATH:
                return plugin.name, route.handler
    return NOBODY
