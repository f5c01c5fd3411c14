"""What officers see of readers."""

from __future__ import annotations

from collections import Counter
from functools import partial

from wsis_shared import audit
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.subscribers.rules import subscribers
from wsis_notifications.subscribers.rules.subscribers import Subscriber
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests


class OfficersCases:
    """Readers and their figures."""

    def __init__(self, subscribers: Subscribers, requests: SubscriptionRequests) -> None:
        self._subscribers, self._requests = subscribers, requests

    @rpc
    def list_subscribers(self, limit: int, after: str | None = None, **filters: object) -> JsonObject:
        """Readers, the newest first."""
        return self._subscribers.page(filters, after, limit).response(_response)

    @rpc
    def read_subscriber(self, subscriber: str) -> JsonObject:
        """A reader with the record of their consent. Raises NotFound."""
        return _response(self._subscribers.read(subscriber))

    @rpc(writes=True, store_response=False, repeatable=True)
    def look_up_subscriber(self, body: Input) -> JsonObject:
        """The reader with an address, which no log of addresses of the web shows; audited. Raises NotFound."""
        return in_transaction(partial(self._look_up, body["email"]))

    def _look_up(self, email: str) -> JsonObject:
        try:
            found = self._subscribers.by_key(address_key(email))
        except ValueError:
            raise Invalid("notifications.email_invalid", fields={"email": ["Not a mail address."]}) from None
        if found is None:
            raise NotFound("notifications.subscriber_unknown")
        self._requests.record(audit.entry("notifications.subscriber_looked_up", f"subscriber/{found['_id']}"))
        return _response(found)

    @rpc
    def subscriber_figures(self) -> JsonObject:
        """Counts of all readers, from the counters."""
        counts = self._subscribers.counts()
        return {
            "pending": self._requests.count_pending(),
            **_totals(counts, "all"),
            **{f"{name}s": _by_code(counts, name) for name in ("language", "format", "region", "topic")},
            "months": _months(counts),
        }


def _totals(counts: Counter[str], name: str) -> JsonObject:
    return {state: counts[f"{state}.{name}"] for state in subscribers.STATES}


def _by_code(counts: Counter[str], name: str) -> list[JsonObject]:
    keys = (key.split(".", 2) for key in counts)
    codes = sorted({key[2] for key in keys if len(key) == 3 and key[1] == name})
    rows = [{"code": code, **_totals(counts, f"{name}.{code}")} for code in codes]
    return [row for row in rows if any(row[state] for state in subscribers.STATES)]


def _months(counts: Counter[str]) -> list[JsonObject]:
    months = sorted({key.partition(".")[2] for key in counts if key.startswith(("joined.", "left."))})
    return [{"month": month, "joined": counts[f"joined.{month}"], "left": counts[f"left.{month}"]} for month in months]


def _response(reader: Subscriber) -> JsonObject:
    return {**reader, "id": reader["_id"]}
