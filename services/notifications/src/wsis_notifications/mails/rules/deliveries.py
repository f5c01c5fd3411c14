"""Who gets a mail, when it is tried again, and what the relay's answers mean."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.json_types import Input

from wsis_notifications.mails.errors import RenderError

# queued -> sending -> sent, or one of the ends that an operator may send again from.
RETRIABLE = ("failed", "unknown", "bounced", "skipped")
STATES = ("queued", "sending", "sent", *RETRIABLE)

# Seconds before the next try, by the number of tries so far. Who waits for a code leaves after minutes; the rest may
# take a day (RFC 5321, 4.5.4.1 asks for four to five days of a relay; ours is the relay's client).
BACKOFF: dict[str, tuple[int, ...]] = {
    "high": (2, 5, 10, 20, 40, 60, 120, 300),
    "low": (30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800),
}

PRIORITIES = tuple(BACKOFF)


# How often the log of the relay is searched for a mail of unknown outcome, for how many at a time, and those that are
# still to be searched for.
SEARCHES, MAX_SEARCHED = 3, 500
TO_SEARCH: dict[str, object] = {"searches": {"$not": {"$gte": SEARCHES}}}


# Tries of a mail that our own code cannot compose: the data do not change, the code may (a release).
COMPOSE_TRIES = 3


class Delivery(TypedDict):
    """The mail of an event, a template and a person; `account` is None where only the publisher knows the address.
    `failure_state` repeats the state of one that did not arrive; an `undated` one is stored under its day. `searches`:
    how often the log of the relay was searched for it."""

    _id: str
    event: str
    template: str
    notice: str
    account: str | None
    priority: str
    repeatable: bool
    batch: str
    state: str
    reason: str | None
    attempts: int
    claim: str | None
    at: datetime
    due: datetime
    sent_at: datetime | None
    undated: NotRequired[bool]
    failure_state: NotRequired[str]
    bounce: NotRequired[str]
    searches: NotRequired[int]


def delivery_id(event: str, template: str, account: str | None) -> str:
    """The one delivery of an event, a template and a person: the same however often the event arrives."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{event}|{template}|{account or 'contact'}").hex


def message_id(delivery: str, domain: str) -> str:
    """Fixed per delivery, so that a relay or a mailbox can tell a second copy."""
    return f"<{delivery}@{domain}>"


def retry_after(priority: str, attempts: int) -> float | None:
    """Seconds to the next try after so many, or None: give up."""
    steps = BACKOFF[priority]
    return steps[attempts - 1] if attempts <= len(steps) else None


def is_repeatable(to: str, priority: str) -> bool:
    """May a mail of unknown outcome simply go again? A second code is harmless; a second announcement is not."""
    return priority == "high" and to == "contact"


def named_recipients(to: str, data: Input) -> list[str | None] | None:
    """The recipients that the event itself names (None stands for the details' contact), or None where they have to
    be read page by page from the accounts. Raises RenderError where the event lacks its recipient."""
    if to == "contact":
        return [None]
    if to == "account":
        return [_account(data.get("account"))]
    if to == "accounts":
        accounts = data.get("accounts")
        if not isinstance(accounts, Sequence) or isinstance(accounts, str):
            raise RenderError("event_misfit", "accounts")
        return [_account(account) for account in dict.fromkeys(accounts)]
    if to == "everyone" or to.startswith("role:"):
        return None
    raise RenderError("event_misfit", "to")


def role_of(to: str) -> str | None:
    """The role that a notice is limited to."""
    return to.removeprefix("role:") if to.startswith("role:") else None


def variables_of(data: Input) -> dict[str, object]:
    """What of an event's data a template may show: not who else gets the mail."""
    return {name: value for name, value in data.items() if name not in ("account", "accounts")}


def _account(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise RenderError("event_misfit", "account")
    return value


@dataclass(frozen=True)
class Outcome:
    """How a dialogue with the relay ended: sent, retry, failed or unknown; or that there was none, since the mail could
    not be composed: broken. `reason` holds no address."""

    state: str
    reason: str = ""


SENT = Outcome("sent")
AWAY = Outcome("retry", "the relay is away")


@dataclass(frozen=True)
class Settlement:
    """What becomes of a delivery: the new state, why, and the seconds until the next try where it is queued again."""

    state: str
    reason: str
    pause: float = 0.0


def settlement(outcome: Outcome, priority: str, attempts: int, repeatable: bool) -> Settlement:
    """What becomes of a delivery that was not sent."""
    if outcome.state == "broken":
        pause = retry_after(priority, max(attempts, 1)) if attempts < COMPOSE_TRIES else None
        return Settlement("queued" if pause else "failed", outcome.reason, pause or 0.0)
    return settled(outcome, BACKOFF[priority], max(attempts, 1), repeatable=repeatable)


def settled(outcome: Outcome, pauses: Sequence[float], attempts: int, *, repeatable: bool = False) -> Settlement:
    """What becomes of a mail after so many tries, this one included, with a pause after each of the first ones."""
    again = outcome.state == "retry" or (outcome.state == "unknown" and repeatable)
    if again and attempts <= len(pauses):
        return Settlement("queued", outcome.reason, pauses[attempts - 1])
    if outcome.state == "retry":
        return Settlement("failed", f"given up: {outcome.reason}")
    return Settlement(outcome.state, outcome.reason)


_ENHANCED = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


def outcome_of(stage: str, code: int, text: str) -> Outcome:
    """What a reply other than success means (RFC 5321, 4.2.1; RFC 3463).

    The relay's words may repeat the address: only the two codes are kept. A refusal of MAIL is about us, the sender,
    and so is one that asks for authentication: the person is not to blame, so that the mail waits for its next try.
    """
    enhanced = _ENHANCED.match(text)
    reason = " ".join(filter(None, (stage, str(code), enhanced[0] if enhanced else "")))
    final = 500 <= code < 600 and stage != "mail" and code not in (530, 535, 538)
    return Outcome("failed" if final else "retry", reason)
