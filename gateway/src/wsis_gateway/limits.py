"""Rate limits by class of route: per account, else per network; never per path, so no spelling of it escapes."""

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

from wsis_gateway.problems import Refused
from wsis_gateway.settings import Settings

# Asked for before anybody is signed in, so the network is all that can be counted.
BY_NETWORK = ("sign_in", "register")
BY_ACCOUNT = ("read", "write", "vote", "heavy")
# Refused while nothing can be counted; the others go on (ASVS 16.5.3).
CLOSED_WITHOUT_STORE = ("vote", "sign_in", "register")

_log = logging.getLogger(__name__)


class Local(Storage):
    """Fixed windows in this process. The library's own memory store walks all of its keys every 10 ms under load;
    this one forgets half of them at a time: `_new` and `_old` change places when `_new` is one longest window old."""

    STORAGE_SCHEME = ["local"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._new: dict[str, list[float]] = {}
        self._old: dict[str, list[float]] = {}
        self._longest, self._since = 1.0, time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def _window(self, key: str) -> list[float] | None:
        window = self._new.get(key) or self._old.get(key)
        return window if window is not None and window[1] > time.time() else None

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        self._longest = max(self._longest, expiry)
        if now - self._since > self._longest:
            self._old, self._new, self._since = self._new, {}, now
        window = self._window(key) or [0, now + expiry]
        window[0] += amount
        self._new[key] = window
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
        self._new.pop(key, None)
        self._old.pop(key, None)

    def reset(self) -> int | None:
        count = len(self._new)
        self._new, self._old = {}, {}
        return count


@dataclass(frozen=True)
class Rule:
    """The rates of one class."""

    kind: str
    account: RateLimitItem
    network: RateLimitItem

    def policy(self, item: RateLimitItem) -> str:
        """`RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.kind}";q={item.amount};w={item.get_expiry()}'


class Limits:
    """Counts."""

    def __init__(self, settings: Settings) -> None:
        storage = storage_from_string(settings.limits_uri, wrap_exceptions=True)
        if not isinstance(storage, Storage):
            raise SettingError("WSIS_LIMITS_URI must name a store without async+ before it")
        self._storage = storage
        self.rules = {kind: _rule(settings, kind) for kind in (*BY_ACCOUNT, *BY_NETWORK)}
        self._complained = float("-inf")

    def spend(self, kind: str, actor: Actor, network: str) -> dict[str, str]:
        """Take one of the caller's allowance and return the headers that say what is left.

        Raises Refused (429), or Unavailable for the classes that nobody may use uncounted.
        """
        rule = self.rules[kind]
        if actor.id is not None and kind not in BY_NETWORK:
            item, bucket = rule.account, f"a:{actor.id}"
        else:
            item, bucket = rule.network, f"n:{network}"
        try:
            # Fixed windows. The library's strategy for them asks the store once more to say what is left.
            key = item.key_for(kind, bucket)
            used = self._storage.incr(key, item.get_expiry())
            reset = self._storage.get_expiry(key)
        except StorageError as error:
            return self._uncounted(kind, error)
        seconds = max(1, int(reset - time.time()) + 1)
        left = max(0, item.amount - used)
        headers = {"RateLimit-Policy": rule.policy(item), "RateLimit": f'"{kind}";r={left};t={seconds}'}
        if used > item.amount:
            raise Refused(429, "gateway.too_many_requests", f"More than {item}.", headers, retry_after=seconds)
        return headers

    def _uncounted(self, kind: str, error: StorageError) -> dict[str, str]:
        if time.monotonic() - self._complained > 10:
            self._complained = time.monotonic()
            _log.error("limits cannot be counted", extra={"error": type(error.storage_error).__name__})
        if kind in CLOSED_WITHOUT_STORE:
            raise Unavailable("gateway.limits_unavailable", retry_after=5)
        return {}


def _rule(settings: Settings, kind: str) -> Rule:
    text = getattr(settings, f"limit_{kind}")
    try:
        item = parse(text)
    except ValueError:
        raise SettingError(f"WSIS_LIMIT_{kind.upper()} must be a rate like 600/minute, not {text!r}") from None
    factor = 1 if kind in BY_NETWORK else max(1, settings.limit_network_factor)
    return Rule(kind, item, type(item)(item.amount * factor, item.multiples, item.namespace))
