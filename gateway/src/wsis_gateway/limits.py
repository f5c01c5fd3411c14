"""Rate limits by class of route, per account or else per network. Paths do not count: spelling cannot avoid a limit."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable
from wsis_shared.settings import SettingError

from wsis_gateway.problems import HttpError
from wsis_gateway.settings import Settings

# Clients are anonymous here, so the network is the only key.
BY_NETWORK = ("sign_in", "register")
BY_ACCOUNT = ("read", "write", "vote", "heavy")
# These fail closed if the limit store is unavailable; the other classes fail open (ASVS 16.5.3).
FAIL_CLOSED = ("vote", "sign_in", "register")

_log = logging.getLogger(__name__)


class LocalStorage(Storage):
    """Fixed windows in this process. The library's memory store scans all keys every 10 ms under load; this one keeps
    two generations and drops the older one after the longest window."""

    STORAGE_SCHEME = ["local"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._current: dict[str, list[float]] = {}
        self._previous: dict[str, list[float]] = {}
        self._longest, self._rotated_at = 1.0, time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def _window(self, key: str) -> list[float] | None:
        window = self._current.get(key) or self._previous.get(key)
        return window if window is not None and window[1] > time.time() else None

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        self._longest = max(self._longest, expiry)
        if now - self._rotated_at > self._longest:
            self._previous, self._current, self._rotated_at = self._current, {}, now
        window = self._window(key) or [0, now + expiry]
        window[0] += amount
        self._current[key] = window
        return int(window[0])

    def get(self, key: str) -> int:
        window = self._window(key)
        return int(window[0]) if window else 0

    def get_expiry(self, key: str) -> float:
        window = self._window(key)
        return window[1] if window else time.time()

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        self._current.pop(key, None)
        self._previous.pop(key, None)

    def reset(self) -> int | None:
        count = len(self._current)
        self._current, self._previous = {}, {}
        return count


@dataclass(frozen=True)
class Rule:
    """The limits of one class of routes."""

    limit_class: str
    account: RateLimitItem
    network: RateLimitItem

    def policy(self, item: RateLimitItem) -> str:
        """The header `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.limit_class}";q={item.amount};w={item.get_expiry()}'


class Limits:
    """Counts requests."""

    def __init__(self, settings: Settings) -> None:
        storage = storage_from_string(settings.limits_uri, wrap_exceptions=True)
        if not isinstance(storage, Storage):
            raise SettingError("WSIS_LIMITS_URI must name a store without async+ before it")
        self._storage = storage
        self.rules = {limit_class: _rule(settings, limit_class) for limit_class in (*BY_ACCOUNT, *BY_NETWORK)}
        self._last_logged = float("-inf")

    def hit(self, limit_class: str, actor: Actor, network: str) -> dict[str, str]:
        """Count one request of the caller and return the RateLimit headers.

        Raises HttpError (429), or Unavailable for the classes that fail closed without the store.
        """
        rule = self.rules[limit_class]
        if actor.id is not None and limit_class not in BY_NETWORK:
            item, bucket = rule.account, f"a:{actor.id}"
        else:
            item, bucket = rule.network, f"n:{network}"
        try:
            # Fixed windows. The library's strategy needs one more request to the store for the remaining quota.
            key = item.key_for(limit_class, bucket)
            used = self._storage.incr(key, item.get_expiry())
            reset = self._storage.get_expiry(key)
        except StorageError as error:
            return self._without_storage(limit_class, error)
        seconds = max(1, int(reset - time.time()) + 1)
        remaining = max(0, item.amount - used)
        headers = {"RateLimit-Policy": rule.policy(item), "RateLimit": f'"{limit_class}";r={remaining};t={seconds}'}
        if used > item.amount:
            raise HttpError(429, "gateway.too_many_requests", f"More than {item}.", headers, retry_after=seconds)
        return headers

    def _without_storage(self, limit_class: str, error: StorageError) -> dict[str, str]:
        if time.monotonic() - self._last_logged > 10:
            self._last_logged = time.monotonic()
            _log.error("limit store unavailable", extra={"error": type(error.storage_error).__name__})
        if limit_class in FAIL_CLOSED:
            raise Unavailable("gateway.limits_unavailable", retry_after=5)
        return {}


def _rule(settings: Settings, limit_class: str) -> Rule:
    text = getattr(settings, f"limit_{limit_class}")
    try:
        item = parse(text)
    except ValueError:
        raise SettingError(f"WSIS_LIMIT_{limit_class.upper()} must be a rate like 600/minute, not {text!r}") from None
    factor = 1 if limit_class in BY_NETWORK else max(1, settings.limit_network_factor)
    return Rule(limit_class, item, type(item)(item.amount * factor, item.multiples, item.namespace))
