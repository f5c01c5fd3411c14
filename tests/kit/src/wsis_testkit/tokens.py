"""Access tokens as accounts signs them, for tests of the gateway without accounts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from wsis_shared.auth import AUDIENCE, ISSUER
from wsis_shared.revocations import MAX_TOKEN_LIFE


class Headers(Mapping[str, str]):
    """Those of a request with a token, signed when they are read: a module may load long before its tests."""

    def __init__(self, sign: Callable[[], str]) -> None:
        self._sign = sign

    def __getitem__(self, name: str) -> str:
        if name != "Authorization":
            raise KeyError(name)
        return f"Bearer {self._sign()}"

    def __iter__(self) -> Iterator[str]:
        yield "Authorization"

    def __len__(self) -> int:
        return 1


class TokenSigner:
    """Stands in for accounts: signs access tokens and publishes the key, as its method `jwks`."""

    def __init__(self, kid: str = "k1") -> None:
        self.kid = kid
        self.key = OKPKey.generate_key("Ed25519", parameters={"kid": kid, "use": "sig"})

    def jwks(self) -> dict[str, Any]:
        """The public key, as a JWK set."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(
        self,
        *roles: str,
        sub: str = "ada",
        seconds: int = int(MAX_TOKEN_LIFE.total_seconds()),
        key: OKPKey | None = None,
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A token of the account `sub` with these roles and `member`. `header` and `claims` replace what it says by
        default, None leaves a claim out; `key` signs in place of ours. It lives as long as it may."""
        now = int(time.time())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": sub,
            "iat": now,
            "exp": now + seconds,
            "roles": ["member", *roles],
            "sid": "s1",
            **claims,
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        head = {"alg": "Ed25519", "typ": "at+jwt", "kid": self.kid, **(header or {})}
        return jwt.encode(head, payload, key or self.key, algorithms=["Ed25519", "EdDSA"])

    def headers(self, *roles: str, **claims: Any) -> Headers:
        """Those of a request by an account, which `claims` name as for `token`."""
        return Headers(partial(self.token, *roles, **claims))
