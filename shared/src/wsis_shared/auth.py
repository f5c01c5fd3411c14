"""Access tokens: short-lived JWTs signed with Ed25519 (RFC 8037), verified with the keys that accounts publishes.

The algorithm is fixed here, never taken from the token; `jku`, `jwk` and `x5u` headers are ignored (RFC 8725).
"""

from __future__ import annotations

import fnmatch
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet, KeySetSerialization, OKPKey
from wsis_shared import dead_letters
from wsis_shared.context import Actor
from wsis_shared.errors import SuiteError, Unauthenticated
from wsis_shared.jobs.manifest import GRANTS
from wsis_shared.revocations import LEEWAY, MAX_TOKEN_LIFE, RevocationList

ISSUER = "wsis"
AUDIENCE = "wsis-api"
CACHE_SIZE = 20_000  # verified tokens
KEYS_SECONDS = 3600.0  # after which the keys are fetched again: those that are no longer published are forgotten
_ALGORITHMS = ["Ed25519", "EdDSA"]

KeyFinder = Callable[[GuestProtocol], OKPKey]


class Verified(NamedTuple):
    """What a valid token says. `expires_at` is in seconds since the epoch, `key` the `kid` of its signature."""

    expires_at: float
    actor: Actor
    generation: int
    key: str


class Verifier:
    """Turns a bearer token into an Actor. `fetch_keys` returns a JWKS; an unknown `kid` fetches it again, at most once
    in 10 s. Verified tokens are cached until they expire, since a signature check costs more than a lookup; whether one
    is on the list `revocations` is asked each time."""

    def __init__(
        self, fetch_keys: Callable[[], KeySetSerialization], revocations: RevocationList | None = None
    ) -> None:
        self._fetch = fetch_keys
        self._revocations = RevocationList() if revocations is None else revocations
        self._keys: dict[str, OKPKey] = {}
        self._fetched_at = float("-inf")
        self._fetching = threading.Lock()
        self._verified: OrderedDict[str, Verified] = OrderedDict()  # whose first is found at once, unlike a dict's

    def verify(self, token: str) -> Actor:
        """The actor of a valid token. Raises Unauthenticated: `gateway.token_invalid`, `gateway.token_expired` or
        `gateway.token_revoked`."""
        return self.verified(token).actor

    def verified(self, token: str) -> Verified:
        """The same, with all that the token says."""
        return self._verified_by(self._key_of, token)

    def recognized(self, token: str) -> Actor | None:
        """The actor of a token that is valid by the keys fetched so far, else None. Waits for nobody."""
        try:
            return self._verified_by(self._fetched_key_of, token).actor
        except Unauthenticated:
            return None

    def _verified_by(self, key_of: KeyFinder, token: str) -> Verified:
        verified = self._verified.get(token)
        if verified is None or verified.expires_at <= time.time():
            verified = self._verify(key_of, token)
            self._keep(token, verified)
        self.check(verified)
        return verified

    def _keep(self, token: str, verified: Verified) -> None:
        """As the newest. What has expired leaves, and beyond CACHE_SIZE the oldest: were all to leave at once, as many
        signatures would be checked in the next seconds, on the last evening of a vote."""
        kept, now = self._verified, time.time()
        kept[token] = verified
        while kept and (len(kept) > CACHE_SIZE or next(iter(kept.values())).expires_at <= now):
            kept.popitem(last=False)

    def check(self, verified: Verified) -> None:
        """Raises Unauthenticated once the token was revoked: also of one that has expired since, for as long as the
        list has the entry (`revocations.MAX_TOKEN_LIFE`)."""
        actor = verified.actor
        if self._revocations.revokes(actor.id or "", verified.generation, actor.session, verified.key):
            raise revoked()

    def _verify(self, key_of: KeyFinder, token: str) -> Verified:
        if len(token) > 4096:
            raise invalid()
        try:
            decoded = jwt.decode(token, key_of, algorithms=_ALGORITHMS)
            claims, now = decoded.claims, time.time()
            if decoded.header.get("typ") != "at+jwt" or claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
                raise invalid()
            if not isinstance(claims.get("sub"), str):
                raise invalid()
            expires_at, issued_at = _seconds(claims["exp"]), _seconds(claims["iat"])
            if expires_at < now:
                raise expired()
            latest = now + LEEWAY.total_seconds()
            if issued_at > latest or claims.get("nbf", 0) > latest:
                raise invalid()
            if expires_at > issued_at + MAX_TOKEN_LIFE.total_seconds():
                raise invalid()
            actor = Actor(claims["sub"], tuple(claims.get("roles", ())), claims.get("sid"), claims.get("agency"))
            return Verified(expires_at, actor, int(claims.get("gen", 0)), str(decoded.header["kid"]))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise invalid() from error

    def _fetched_key_of(self, recipient: GuestProtocol) -> OKPKey:
        return self._keys[_kid(recipient)]

    def _key_of(self, recipient: GuestProtocol) -> OKPKey:
        kid = _kid(recipient)
        if self._due(kid):
            # One thread fetches and the others wait; a failed fetch is Unavailable for them, never "not valid".
            with self._fetching:
                if self._due(kid):
                    self._fetch_anew(known=kid in self._keys)
        return self._keys[kid]

    def _fetch_anew(self, *, known: bool) -> None:
        now = time.monotonic()
        try:
            imported = KeySet.import_key_set(self._fetch())
        except SuiteError:
            if not known:
                raise
            self._fetched_at = now - KEYS_SECONDS + 10
        else:
            self._keys = {key.kid: key for key in imported.keys if isinstance(key, OKPKey) and key.kid}
            self._fetched_at = now

    def _due(self, kid: str) -> bool:
        age = time.monotonic() - self._fetched_at
        return age > KEYS_SECONDS or (kid not in self._keys and age > 10)


def _kid(recipient: GuestProtocol) -> str:
    kid = recipient.headers().get("kid")
    if not isinstance(kid, str) or len(kid) > 128:
        raise ValueError("kid")
    return kid


def _seconds(claim: object) -> float:
    if not isinstance(claim, (int, float)) or isinstance(claim, bool):
        raise TypeError("not a NumericDate")
    return float(claim)


def invalid() -> Unauthenticated:
    """One error for every defect of a token: a forger learns nothing."""
    return Unauthenticated("gateway.token_invalid")


def expired() -> Unauthenticated:
    """The access token was valid until now."""
    return Unauthenticated("gateway.token_expired")


def revoked() -> Unauthenticated:
    """The access token was valid until its account lost what it allows, or signed out."""
    return Unauthenticated("gateway.token_revoked")


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
