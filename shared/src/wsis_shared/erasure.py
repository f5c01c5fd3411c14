"""Whom a service is to forget, and until when: one event names an account, another an address that its owner proved.

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, erasure):
        self._store.forget(erasure)

The event may come late. What the same person made since is spared: every query has the moment of the erasure in it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime

from wsis_shared import clock, keys
from wsis_shared.json_types import Input

_PURPOSE = "erased address"


def sealed(address: str) -> str:
    """An address as an event carries it: only processes that know WSIS_SECRET open it."""
    return base64.b64encode(keys.seal(_PURPOSE, "", address.encode())).decode()


@dataclass(frozen=True)
class Erasure:
    """Of an account or of an address, at a moment."""

    at: datetime
    account: str | None = None
    address: str | None = None

    @classmethod
    def of(cls, event: Input) -> Erasure:
        """What an event tells. Raises CannotUnseal for an address that another suite sealed."""
        data = event["data"]
        address = keys.unseal(_PURPOSE, "", base64.b64decode(data["address"])).decode() if "address" in data else None
        return cls(clock.parse(event["time"]), data.get("account"), address)

    def query(self, made: str, *, account: str = "", address: str = "") -> dict[str, object]:
        """Finds the documents of the person in a collection, but those made since. Names of fields: `made` has the
        moment, `account` and `address` say whose a document is; where it has none of what this erasure names, nothing
        is found. A document without a moment is an old one."""
        whose = {account: self.account, address: self._spelling() if self.address else None}
        found = [{field: value} for field, value in whose.items() if field and value]
        if not found:
            return {"_id": {"$in": []}}
        return {"$and": [*found, self.until(made)]}

    def until(self, made: str) -> dict[str, object]:
        """Finds what was made until the erasure, by anybody."""
        return {"$or": [{made: None}, {made: {"$lte": self.at}}]}

    def reaches(self, made: datetime | None) -> bool:
        """Whether what was made at that moment goes."""
        return made is None or made <= self.at

    def is_of(self, address: str | None) -> bool:
        """Whether this is the address, in any case of letters."""
        return None not in (self.address, address) and str(self.address).casefold() == str(address).casefold()

    def is_of_row(self, row: Input) -> bool:
        """Whether its `email` is the address."""
        return self.is_of(row.get("email"))

    def _spelling(self) -> dict[str, str]:
        return {"$regex": f"^{re.escape(self.address or '')}$", "$options": "i"}
