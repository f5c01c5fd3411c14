"""Rate limits by class of route, per account or else per network. Paths do not count: spelling cannot avoid a limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable
from wsis_shared.mongo_connection import STABLE, TIMEOUTS
from wsis_shared.rates import CORE, RateClass
from wsis_shared.settings import SettingError
from wsis_shared.store_users import LIMITS

from wsis_gateway.problems import HttpError
from wsis_gateway.settings import Settings

_log = logging.getLogger(__name__)

# A request waits so long for a count; then each process counts for itself, and asks again after PAUSE_SECONDS.
ANSWER_SECONDS, PAUSE_SECONDS = 2.0, 2.0


class LocalStorage(Storage):
    """Fixed windows in this process. The library's memory store scans all keys every 10 ms under load; this one keeps
    two generations and drops the older one after the longest window. Windows end by a clock that nobody sets."""

    STORAGE_SCHEME = ["local"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._current: dict[str, list[float]] = {}
        self._previous: dict[str, list[float]] = {}
        self._longest, self._rotated_at = 1.0, time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def _window(self, key: str) -> list[float] | None:
        window = self._current.get(key) or self._previous.get(key)
        return window if window is not None and window[1] > time.monotonic() else None

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.monotonic()
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
        return time.time() + (max(0.0, window[1] - time.monotonic()) if window else 0.0)

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

    rate_class: RateClass
    account: RateLimitItem
    network: RateLimitItem

    def bucket(self, actor: Actor, network: str) -> tuple[RateLimitItem, str]:
        """The limit of this caller, and the key of what it has used of it."""
        if actor.id is not None and not self.rate_class.by_network_only:
            return self.account, self.account.key_for(self.rate_class.name, f"a:{actor.id}")
        return self.network, self.network.key_for(self.rate_class.name, f"n:{network}")

    def policy(self, item: RateLimitItem) -> str:
        """The header `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.rate_class.name}";q={item.amount};w={item.get_expiry()}'


class Limits:
    """Counts requests by the rate classes of the installed plugins; the environment overrides their rates."""

    def __init__(
        self, settings: Settings, rate_classes: Iterable[RateClass] = CORE, env: Mapping[str, str] | None = None
    ) -> None:
        storage = storage_from_string(settings.limits_uri, wrap_exceptions=True, **_options(settings))
        if not isinstance(storage, Storage):
            raise SettingError("WSIS_LIMITS_URI must name a store without async+ before it")
        self._storage, self._own_storage = storage, LocalStorage()
        self.rules = {item.name: _rule(settings, item, env) for item in rate_classes}
        self._last_logged = self._failed_at = float("-inf")

    def hit(self, limit_class: str, actor: Actor, network: str, *, ceiling: int = 1) -> dict[str, str]:
        """Count one request of the caller and return the RateLimit headers. `ceiling`: so many times the rate is let
        pass, unless the class has a ceiling of its own.

        Raises HttpError (429), or Unavailable for the classes that fail closed without the store.
        """
        rule = self.rules[limit_class]
        item, key = rule.bucket(actor, network)
        used, reset = self._count(rule.rate_class, item, key)
        seconds = max(1, int(reset - time.time()) + 1)
        remaining = max(0, item.amount - used)
        headers = {"RateLimit-Policy": rule.policy(item), "RateLimit": f'"{limit_class}";r={remaining};t={seconds}'}
        own = rule.rate_class.ceiling_factor
        if used > item.amount * (own if own > 1 else ceiling):
            raise HttpError(429, "gateway.too_many_requests", f"More than {item}.", headers, retry_after=seconds)
        return headers

    def _count(self, rate_class: RateClass, item: RateLimitItem, key: str) -> tuple[int, float]:
        """So many are used of the window, with this one, and when it ends."""
        if rate_class.fail_closed or not self._is_away():
            try:
                # Fixed windows. The library's strategy needs one more request to the store for the remaining quota.
                counted = self._storage.incr(key, item.get_expiry()), self._storage.get_expiry(key)
            except StorageError as error:
                self._on_failure(rate_class, error)
            else:
                self._failed_at = float("-inf")
                return counted
        # Without the common store each process counts for itself (ASVS 16.5.3).
        return self._own_storage.incr(key, item.get_expiry()), self._own_storage.get_expiry(key)

    def over_rate(self, limit_class: str, actor: Actor, network: str) -> bool:
        """After `hit`: is the caller between the rate of a class and the ceiling that the class declares?"""
        declared = self.rules[limit_class].rate_class.ceiling_factor > 1
        return declared and self.exceeds(limit_class, actor, network)

    def exceeds(self, limit_class: str, actor: Actor, network: str, *, beside: int = 0) -> bool:
        """Has the caller used more than the rate, `beside` further requests counted too?"""
        item, key = self.rules[limit_class].bucket(actor, network)
        try:
            return self._is_away() or self._storage.get(key) + beside > item.amount
        except StorageError:
            self._failed_at = time.monotonic()
            return True

    def spend(self, name: str, seconds: int) -> bool:
        """Take something that works once, such as a proof of work, for so many seconds. False where it is taken."""
        key = f"spent/{name}"
        if not self._is_away():
            try:
                return self._storage.incr(key, seconds) == 1
            except StorageError:
                self._failed_at = time.monotonic()
        return self._own_storage.incr(key, seconds) == 1

    def _is_away(self) -> bool:
        """Has the common store just failed? Then it is not asked, where a count of this process does."""
        return time.monotonic() - self._failed_at < PAUSE_SECONDS

    def _on_failure(self, rate_class: RateClass, error: StorageError) -> None:
        self._failed_at = time.monotonic()
        if time.monotonic() - self._last_logged > 10:
            self._last_logged = time.monotonic()
            _log.error("limit store unavailable", extra={"error": type(error.storage_error).__name__})
        if rate_class.fail_closed:
            raise Unavailable("gateway.limits_unavailable", "", retry_after=5)


def _options(settings: Settings) -> dict[str, Any]:
    """Of the client of the common store: its own would wait for half a minute."""
    if settings.limits_uri.startswith("mongodb"):
        in_time = {**TIMEOUTS, "timeoutMS": int(1000 * ANSWER_SECONDS)}
        return {**in_time, "database_name": settings.mongo_prefix + LIMITS, "server_api": STABLE}
    if settings.limits_uri.startswith("redis"):
        return {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    return {}


def _rule(settings: Settings, rate_class: RateClass, env: Mapping[str, str] | None) -> Rule:
    text = rate_class.rate_in(env)
    try:
        item = parse(text)
    except ValueError:
        raise SettingError(f"{rate_class.variable} must be a rate like 600/minute, not {text!r}") from None
    item = _times(item, settings.limit_factor)
    network = item if rate_class.by_network_only or rate_class.by else _times(item, settings.limit_network_factor)
    return Rule(rate_class, item, network)


def _times(item: RateLimitItem, factor: int) -> RateLimitItem:
    return type(item)(item.amount * max(1, factor), item.multiples, item.namespace)
