"""Access tokens (RFC 9068, signed with Ed25519). The keys that sign them live in `store/keys.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.jwk import OKPKey
from wsis_shared.auth import AUDIENCE, ISSUER

ALGORITHM = "Ed25519"  # RFC 9864's full name of what older libraries call EdDSA


def access_token(
    key: OKPKey,
    *,
    account: str,
    generation: int,
    roles: Iterable[str],
    session: str,
    agency: str | None,
    now: datetime,
    life: timedelta,
) -> str:
    """A signed token: what `wsis_shared.auth.Verifier` turns into an Actor. `generation` is that of the account's
    tokens (see `wsis_shared.revocations`)."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": account,
        "gen": generation,
        "roles": list(roles),
        "sid": session,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    if agency:
        claims["agency"] = agency
    return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
