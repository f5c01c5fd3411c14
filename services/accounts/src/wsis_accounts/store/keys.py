"""Keys that sign access tokens.

A key belongs to a period of `KEY_LIFE` and is named by it, so that processes that make one at the same moment
agree by the store's unique id. It is made a day ahead, and published until a day after. The private half is encrypted
under a key derived from WSIS_SECRET.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NotRequired, TypedDict

from joserfc.jwk import OKPKey
from wsis_shared import clock, keys
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.revocations import Kind
from wsis_shared.settings import SettingError

from wsis_accounts.store.revocations import Revocations

KEY_LIFE = timedelta(days=90)
MARGIN = timedelta(days=1)
PURPOSE = "accounts signing keys"


class SigningKey(TypedDict):
    """`_id` is the `kid`; `serial` grows when a key is replaced within its period."""

    _id: str
    period: int
    serial: int
    public: JsonObject
    private: bytes
    published_until: datetime
    withdrawn_at: NotRequired[datetime]


def period(now: datetime) -> int:
    """The number of the period that `now` lies in."""
    return int(now.timestamp() // KEY_LIFE.total_seconds())


def starts(number: int) -> datetime:
    """When a period begins."""
    return datetime.fromtimestamp(number * KEY_LIFE.total_seconds(), UTC)


def new_key(number: int, serial: int) -> SigningKey:
    """The key of that number and serial."""
    kid = f"{starts(number):%Y%m%d}-{serial}"
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": "Ed25519"})
    private = json.dumps(key.as_dict(private=True)).encode()
    return {
        "_id": kid,
        "period": number,
        "serial": serial,
        "public": key.as_dict(private=False),
        "private": keys.seal(PURPOSE, kid, private),
        "published_until": starts(number + 1) + MARGIN,
    }


def open_key(doc: SigningKey) -> OKPKey | None:
    """The private key; None where WSIS_SECRET is another one than when it was made."""
    try:
        return OKPKey.import_key(json.loads(keys.unseal(PURPOSE, doc["_id"], doc["private"])))
    except keys.CannotUnseal:
        return None


class Keys(Revocations):
    """Collection `keys`."""

    def published_keys(self, now: datetime) -> list[SigningKey]:
        """Keys that may have signed a token that still lives, newest first."""
        query = {"published_until": {"$gt": now}, "withdrawn_at": None}
        return list(self.collection("keys", SigningKey).find(query).sort([("period", -1), ("serial", -1)]))

    def last_serial(self, period: int) -> int:
        """The highest serial number of a period's keys, withdrawn ones too; 0 where there is none."""
        last = self.collection("keys", SigningKey).find({"period": period}).sort("serial", -1).limit(1)
        return next((doc["serial"] for doc in last), 0)

    def add_key(self, key: SigningKey) -> bool:
        """False where another process has made the key of this name."""
        done = self.collection("keys", SigningKey).update_one({"_id": key["_id"]}, {"$setOnInsert": key}, upsert=True)
        return done.upserted_id is not None

    def is_withdrawn(self, kid: str) -> bool:
        """Whether the key may sign no more."""
        return self.collection("keys", SigningKey).find_one({"_id": kid, "withdrawn_at": None}, {"_id": 1}) is None

    def withdraw_keys(self, now: datetime) -> None:
        """What they signed is not believed any more. Call it in a transaction."""
        for doc in self.published_keys(now):
            self.collection("keys", SigningKey).update_one({"_id": doc["_id"]}, {"$set": {"withdrawn_at": now}})
            self.revoke(Kind.KEY, doc["_id"])


class Signer:
    """Finds or makes the key of the moment. One for each process; it looks for a newer key every minute, and whether
    its key was withdrawn each time."""

    def __init__(self, store: Keys) -> None:
        self._store = store
        self._key: OKPKey | None = None
        self._until: datetime | None = None

    def key(self, now: datetime) -> OKPKey:
        """The key to sign with now."""
        stale = self._until is None or now >= self._until
        if self._key is None or stale or self._store.is_withdrawn(str(self._key.kid)):
            self._key, self._until = self._find(period(now), now), now + timedelta(minutes=1)
        return self._key

    def published(self, now: datetime) -> dict[str, object]:
        """The JSON Web Key Set: keys of now, of the next period when it is near, and of before for a day."""
        for moment in (now, now + MARGIN):
            self._find(period(moment), now)
        return {"keys": [doc["public"] for doc in self._store.published_keys(now)]}

    def replace(self, now: datetime) -> str:
        """Withdraw all keys and make another: for a leak. Returns its `kid`; every access token ends with this."""
        in_transaction(partial(self._store.withdraw_keys, now))
        self._key = None
        return str(self._find(period(now), now).kid)

    def _find(self, number: int, now: datetime) -> OKPKey:
        for _ in range(10):
            serial = self._store.last_serial(number)  # before the look: what comes between has the name that we try
            for doc in self._store.published_keys(now):
                key = open_key(doc) if doc["period"] == number else None
                if key is not None:
                    return key
            # None, or none that we can open: make the next. Where another process was faster, take that.
            self._store.add_key(new_key(number, serial + 1))
        raise SettingError("WSIS_SECRET differs between processes: nobody can open the keys of the others")


def seed(db: Database) -> str:
    """Make the key of the moment before anybody asks for it."""
    now, store = clock.now(), Keys(db)
    Signer(store).published(now)
    return f"{len(store.published_keys(now))} keys"
