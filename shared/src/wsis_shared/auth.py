"""Access tokens: short-lived JWTs signed with Ed25519 (RFC 8037), verified with the keys that accounts publishes.

The algorithm is fixed here, never taken from the token; `jku`, `jwk` and `x5u` headers are ignored (RFC 8725).
"""

from __future__ import annotations

import fnmatch
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from wsis_shared import dead_letters
from wsis_shared.context import Actor
from wsis_shared.errors import Unauthenticated
from wsis_shared.jobs.manifest import GRANTS

ISSUER = "wsis"
AUDIENCE = "wsis-api"
LEEWAY = 60
CACHE_SIZE = 20_000  # verified tokens
_ALGORITHMS = ["Ed25519", "EdDSA"]


class Verifier:
    """Turns a bearer token into an Actor. `fetch_keys` returns a JWKS; an unknown `kid` fetches it again, at most once
    in 10 s. Verified tokens are cached until they expire, since a signature check costs more than a lookup."""

    def __init__(self, fetch_keys: Callable[[], Any]) -> None:
        self._fetch = fetch_keys
        self._keys: dict[str, OKPKey] = {}
        self._fetched_at = float("-inf")
        self._fetching = threading.Lock()
        self._verified: dict[str, tuple[float, Actor]] = {}

    def verify(self, token: str) -> Actor:
        """The actor of a valid token. Raises Unauthenticated: `gateway.token_invalid` or `gateway.token_expired`."""
        return self.verify_until(token)[1]

    def verify_until(self, token: str) -> tuple[float, Actor]:
        """The same, with the time when the token expires, in seconds since the epoch."""
        cached = self._verified.get(token)
        if cached is not None and cached[0] > time.time():
            return cached
        claims = self._claims(token)
        actor = Actor(claims["sub"], tuple(claims.get("roles", ())), claims.get("sid"), claims.get("agency"))
        if len(self._verified) >= CACHE_SIZE:
            self._verified.clear()
        verified = self._verified[token] = (float(claims["exp"]), actor)
        return verified

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > 4096:
            raise invalid()
        try:
            decoded = jwt.decode(token, self._key_of, algorithms=_ALGORITHMS)
            claims = decoded.claims
            now = time.time()
            if decoded.header.get("typ") != "at+jwt" or claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
                raise invalid()
            if not isinstance(claims.get("sub"), str) or not isinstance(claims.get("exp"), (int, float)):
                raise invalid()
            if claims["exp"] < now:
                raise expired()
            if claims.get("nbf", 0) > now + LEEWAY or claims.get("iat", 0) > now + LEEWAY:
                raise invalid()
            return dict(claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise invalid() from error

    def _key_of(self, recipient: Any) -> OKPKey:
        kid = recipient.headers().get("kid")
        if not isinstance(kid, str) or len(kid) > 128:
            raise ValueError("kid")
        if kid not in self._keys:
            # One thread fetches and the others wait; a failed fetch is Unavailable for them, never "not valid".
            with self._fetching:
                if kid not in self._keys and time.monotonic() - self._fetched_at > 10:
                    imported = KeySet.import_key_set(self._fetch())
                    self._keys = {key.kid: key for key in imported.keys if isinstance(key, OKPKey) and key.kid}
                    self._fetched_at = time.monotonic()
        return self._keys[kid]


def invalid() -> Unauthenticated:
    """One error for every defect of a token: a forger learns nothing."""
    return Unauthenticated("gateway.token_invalid", "The access token is not valid.")


def expired() -> Unauthenticated:
    """The access token was valid until now."""
    return Unauthenticated("gateway.token_expired", "The access token has expired.")


def grants(declared: Iterable[Mapping[str, Iterable[str]]]) -> dict[str, list[str]]:
    """role -> patterns of permissions, from those of the suite and of each manifest."""
    merged: dict[str, list[str]] = {}
    for each in (GRANTS, dead_letters.GRANTS, *declared):
        for role, patterns in each.items():
            merged.setdefault(role, []).extend(patterns)
    return merged


def is_allowed(actor: Actor, permission: str, grants: Mapping[str, Iterable[str]]) -> bool:
    """Whether one of the actor's roles grants a pattern that matches the permission. `grants` is role -> patterns."""
    return any(fnmatch.fnmatchcase(permission, pattern) for role in actor.roles for pattern in grants.get(role, ()))
