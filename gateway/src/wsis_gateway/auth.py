"""Authentication by bearer token, and authorization by the roles that the manifests declare."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from falcon import Request
from wsis_shared import auth
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import Forbidden, Unauthenticated, Unavailable
from wsis_shared.plugin import PUBLIC, DiscoveryResult
from wsis_shared.tracing import new_traceparent

KEYS_PATH = "/.well-known/jwks.json"


class Authenticator:
    """Verifies tokens and checks permissions."""

    def __init__(self, amqp_client: AmqpClient, found: DiscoveryResult, keys_from: str = "") -> None:
        self._amqp_client = amqp_client
        self._keys_from = tuple(keys_from.split(".", 1)) if keys_from else keys_endpoint(found)
        self._verifier = auth.Verifier(self._fetch_keys)
        self._last_failure = float("-inf")
        self._is_allowed = lru_cache(maxsize=4096)(self._evaluate)
        self._grants = auth.grants(plugin.grants for plugin in found)

    def authenticate(self, req: Request) -> Actor:
        """Return the actor of the bearer token, or ANONYMOUS without a token.

        Raises Unauthenticated for a token that is not valid, and Unavailable if the keys cannot be fetched.
        """
        return self.authenticate_until(req)[1]

    def authenticate_until(self, req: Request) -> tuple[float, Actor]:
        """The same, with the time when the token expires, in seconds since the epoch; infinity without a token."""
        header = req.env.get("HTTP_AUTHORIZATION")
        if header is None:
            return float("inf"), ANONYMOUS
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or not token.isascii():
            raise auth.invalid()
        return self._verifier.verify_until(token)

    def authorize(self, actor: Actor, permission: str) -> None:
        """Raise Unauthenticated or Forbidden unless the actor has the permission."""
        if permission == PUBLIC:
            return
        if not actor.known:
            raise Unauthenticated("gateway.token_missing", "This needs an access token.")
        if not self._is_allowed(actor.roles, permission):
            raise Forbidden("gateway.forbidden", "Your roles do not allow this.")

    def _evaluate(self, roles: tuple[str, ...], permission: str) -> bool:
        return auth.is_allowed(Actor("any", roles), permission, self._grants)

    def _fetch_keys(self) -> Any:
        if time.monotonic() - self._last_failure < 1.0:
            raise Unavailable("suite.service_away", retry_after=2)
        try:
            service, call = self._keys_from
            return self._amqp_client.request(service, call, {}, Context(traceparent=new_traceparent()), timeout=2.0)
        except Unavailable:
            self._last_failure = time.monotonic()
            raise


def keys_endpoint(found: DiscoveryResult) -> tuple[str, str]:
    """Return the service and method that publish the token keys (RFC 8414, `jwks_uri`)."""
    for plugin in found:
        for route in plugin.routes:
            if route.path == KEYS_PATH:
                return plugin.name, route.handler
    return "nobody", "jwks"
