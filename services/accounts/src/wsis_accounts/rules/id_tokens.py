"""ID tokens of identity providers (OpenID Connect Core 1.0, 3.1.3.7): whether to believe one, and what it says."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from wsis_accounts.rules.providers import Provider

# A key that everybody may read verifies these; with HS256 it would sign too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
SKEW = timedelta(seconds=60)  # between our clock and that of the provider
MAX_AGE = timedelta(minutes=10)  # it was made for this sign-in
MAX_TOKEN = 32_768  # characters
MAX_KEYS = 50
MAX_SUBJECT = 255  # Core 1.0, 2


class TokenRefused(Exception):
    """Nobody is signed in by it. The text says why, for the log, and has nothing of what came."""


class KeyUnknown(TokenRefused):
    """Signed with a key that is not among those that are known: the provider may have a new one."""


@dataclass(frozen=True)
class Identity:
    """Who signed in at the provider: `subject` is their name there, for ever. `second_factor` is whether the provider
    has seen one."""

    subject: str
    second_factor: bool


def read_keys(document: object) -> tuple[Key, ...]:
    """The public keys that verify signatures, of a JSON Web Key Set (RFC 7517); others are left out."""
    rows = document.get("keys") if isinstance(document, dict) else None
    found = (_key(row) for row in rows[:MAX_KEYS]) if isinstance(rows, list) else ()
    return tuple(key for key in found if key is not None)


def verified(token: object, keys: Sequence[Key], provider: Provider, nonce: str, now: datetime) -> Identity:
    """Whom a token of this provider names, if it is for us and for this sign-in. Raises TokenRefused."""
    if not isinstance(token, str) or len(token) > MAX_TOKEN:
        raise TokenRefused("token malformed")
    claims = _signed(token, keys)
    if claims.get("iss") != provider.issuer:
        raise TokenRefused("issuer")
    _check_audience(claims, provider.client_id)
    _check_times(claims, now)
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise TokenRefused("nonce")
    _check_domain(claims, provider)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        raise TokenRefused("subject")
    return Identity(subject, _second_factor(claims, provider))


def _key(row: object) -> Key | None:
    if not isinstance(row, dict) or row.get("use", "sig") != "sig" or row.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        key = JWKRegistry.import_key({name: value for name, value in row.items() if name not in ("alg", "key_ops")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None if key.is_private else key


def _signed(token: str, keys: Sequence[Key]) -> Mapping[str, object]:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise TokenRefused("token malformed") from None
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("algorithm")
    kid = header.get("kid")
    fitting = [key for key in keys if key.kid == kid] if kid is not None else list(keys) if len(keys) == 1 else []
    if len(fitting) != 1:
        raise KeyUnknown("key")
    try:
        return jwt.decode(token, fitting[0], algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError):
        raise TokenRefused("signature") from None


def _check_audience(claims: Mapping[str, object], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if client_id not in audiences or (party is None and len(audiences) > 1) or party not in (None, client_id):
        raise TokenRefused("audience")


def _check_times(claims: Mapping[str, object], now: datetime) -> None:
    expires, issued, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    moment, skew = now.timestamp(), SKEW.total_seconds()
    if expires is None or issued is None or moment >= expires + skew:
        raise TokenRefused("expired")
    if issued > moment + skew or (begins or 0) > moment + skew:
        raise TokenRefused("not yet")
    if issued < moment - MAX_AGE.total_seconds() - skew:
        raise TokenRefused("old")


def _seconds(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _check_domain(claims: Mapping[str, object], provider: Provider) -> None:
    """A mail address never says whose account it is. It only keeps out those whom the operator did not mean."""
    if not provider.domains:
        return
    email = claims.get("email")
    domain = email.rpartition("@")[2].lower() if isinstance(email, str) else ""
    if domain not in provider.domains or claims.get("email_verified", True) not in (True, "true"):
        raise TokenRefused("domain")


def _second_factor(claims: Mapping[str, object], provider: Provider) -> bool:
    methods = claims.get("amr")
    shown = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return claims.get("acr") in provider.acr or bool(shown & provider.amr)
