"""Access tokens (RFC 9068, signed with Ed25519) and the keys that sign them.

A key belongs to a period of `WSIS_KEY_DAYS` and is named by it, so that processes that make one at the same moment
agree by the store's unique id. It is made a day ahead, and published until a day after. The private half is encrypted
under a key derived from WSIS_SECRET.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.jwk import OKPKey
from wsis_shared import clock
from wsis_shared.auth import AUDIENCE, ISSUER
from wsis_shared.settings import SettingError

from wsis_accounts import keyed
from wsis_accounts.settings import Settings
from wsis_accounts.store.keys import Keys

ALGORITHM = "Ed25519"  # RFC 9864's full name of what older libraries call EdDSA
MARGIN = timedelta(days=1)


def period(now: datetime, days: int) -> int:
    """The number of the period that `now` lies in."""
    return int(now.timestamp()) // (days * 86400)


def starts(number: int, days: int) -> datetime:
    """When a period begins."""
    return datetime.fromtimestamp(number * days * 86400, UTC)


def new_key(number: int, serial: int, days: int) -> dict[str, Any]:
    """A document of the store: `_id` is the `kid`, `serial` grows when a key is replaced within its period."""
    kid = f"{starts(number, days):%Y%m%d}-{serial}"
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    private = json.dumps(key.as_dict(private=True)).encode()
    return {
        "_id": kid,
        "period": number,
        "serial": serial,
        "public": key.as_dict(private=False),
        "private": _box().encrypt(private),
        "published_until": starts(number + 1, days) + MARGIN,
    }


def open_key(doc: Mapping[str, Any]) -> OKPKey | None:
    """The private key; None where WSIS_SECRET is another one than when it was made."""
    try:
        return OKPKey.import_key(json.loads(_box().decrypt(doc["private"])))
    except InvalidToken:
        return None


def access_token(
    key: OKPKey, *, account: str, roles: Iterable[str], session: str, agency: str | None, now: datetime, life: timedelta
) -> str:
    """A signed token: what `wsis_shared.auth.Verifier` turns into an Actor."""
    claims: dict[str, Any] = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": account, "roles": list(roles), "sid": session,
        "iat": int(now.timestamp()), "exp": int((now + life).timestamp()),
    }  # fmt: skip
    if agency:
        claims["agency"] = agency
    return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(keyed.key("signing keys")))


class Signer:
    """Finds or makes the key of the moment. One for each process; it asks the store again every minute."""

    def __init__(self, store: Keys, days: int) -> None:
        self._store, self._days = store, days
        self._key: OKPKey | None = None
        self._until: datetime | None = None

    def key(self, now: datetime) -> OKPKey:
        """The key to sign with now."""
        if self._key is None or self._until is None or now >= self._until:
            self._key, self._until = self._find(period(now, self._days), now), now + timedelta(minutes=1)
        return self._key

    def published(self, now: datetime) -> dict[str, Any]:
        """The JSON Web Key Set: keys of now, of the next period when it is near, and of before for a day."""
        for moment in (now, now + MARGIN):
            self._find(period(moment, self._days), now)
        return {"keys": [doc["public"] for doc in self._store.published_keys(now)]}

    def replace(self, now: datetime) -> str:
        """Withdraw all keys and make another: for a leak. Returns its `kid`; every access token ends with this."""
        self._store.withdraw_keys(now)
        self._key = None
        return str(self._find(period(now, self._days), now).kid)

    def _find(self, number: int, now: datetime) -> OKPKey:
        for _ in range(10):
            serial = self._store.last_serial(number)  # before the look: what comes between has the name that we try
            for doc in self._store.published_keys(now):
                key = open_key(doc) if doc["period"] == number else None
                if key is not None:
                    return key
            # None, or none that we can open: make the next. Where another process was faster, take that.
            self._store.add_key(new_key(number, serial + 1, self._days))
        raise SettingError("WSIS_SECRET differs between processes: nobody can open the keys of the others")


def seed(db: Any) -> str:
    """Make the key of the moment before anybody asks for it."""
    signer = Signer(Keys(db), Settings.load().key_days)
    return f"{len(signer.published(clock.now())['keys'])} keys"
