"""How long to wait for a receiver, and when to give up: pure rules, times in seconds.

A refusal (4xx) is about one event: it is tried ten times over three days, then it is a dead letter. A failure (no
connection, no reply in time, 408, 5xx) may be about the receiver: after five in a row nothing but a probe is sent, and
a receiver without one success in five days is disabled. 429, and 503 with Retry-After, are waited for. 410 ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

DAY = 86_400.0


class Outcome(StrEnum):
    """What an attempt means for its event and its receiver."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"
    THROTTLED = "throttled"
    GONE = "gone"


@dataclass(frozen=True)
class Policy:
    """Durations and limits. `scaled` divides the durations, for tests and demonstrations."""

    # Waits between the ten tries of an event: 73 hours in all.
    delays: tuple[float, ...] = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 72_000, 129_600)
    breaker_after: int = 5  # failures in a row
    probe_min: float = 5.0
    probe_max: float = 240.0
    max_retry_after: float = 3_600.0  # most that a Retry-After may ask for
    disable_after: float = 5 * DAY
    jitter: float = 0.2  # of a wait, up or down

    @property
    def max_attempts(self) -> int:
        """How often one event is tried."""
        return len(self.delays) + 1

    def scaled(self, factor: float) -> Policy:
        """All durations divided by `factor`."""
        return replace(
            self,
            delays=tuple(delay / factor for delay in self.delays),
            probe_min=self.probe_min / factor,
            probe_max=self.probe_max / factor,
            max_retry_after=self.max_retry_after / factor,
            disable_after=self.disable_after / factor,
        )

    def delay(self, tries: int, chance: float) -> float | None:
        """Seconds until the next try after so many; None: no more. `chance` is from 0 to 1."""
        return self.spread(self.delays[tries - 1], chance) if tries < self.max_attempts else None

    def probe_delay(self, failures: int, chance: float) -> float:
        """Seconds until the next probe after so many failures in a row."""
        return self.spread(min(self.probe_max, self.probe_min * 2 ** min(failures - self.breaker_after, 16)), chance)

    def spread(self, seconds: float, chance: float) -> float:
        """The wait with jitter, so that receivers that failed together are not asked together."""
        return seconds * (1 + self.jitter * (2 * chance - 1))


def outcome_of(status: int | None, retry_after: float | None) -> Outcome:
    """What a reply means; a status of None is none at all."""
    if status is not None and 200 <= status < 300:
        return Outcome.DELIVERED
    if status == 410:
        return Outcome.GONE
    if status == 429 or (status == 503 and retry_after is not None):
        return Outcome.THROTTLED
    if status is None or status == 408 or status >= 500:
        return Outcome.FAILED
    return Outcome.REFUSED  # redirects too: they are not followed
