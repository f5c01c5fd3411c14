"""The rules of the relay, as pure functions: which events go out together, and how many the next time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsis_shared.amqp.messages import Message

LARGEST = 200  # events in a round
TRIES = 5  # of an event that cannot be sent, before it is set aside
CONFIRM_SECONDS = 10.0
HELD_SECONDS = 2.0  # before a refused subject is tried again


@dataclass(frozen=True)
class Prepared:
    """An event that waits. `message` is what goes to the broker; None where there is none to be had, for `error`."""

    id: str
    subject: str
    message: Message | None
    error: str = ""


def round_of(waiting: Iterable[Prepared], *, one_each: bool) -> tuple[list[Prepared], list[Prepared]]:
    """(what to send, what cannot be sent) of events in the order of their commits. Behind an event that cannot be sent
    its subject waits. `one_each`: no second one of a subject before the first is confirmed."""
    sendable, unsendable, held = list[Prepared](), list[Prepared](), set[str]()
    for event in waiting:
        if event.subject in held:
            continue
        if event.error:
            unsendable.append(event)
        else:
            sendable.append(event)
        if event.error or one_each:
            held.add(event.subject)
    return sendable, unsendable


def next_size(size: int, outcomes: Sequence[bool], seconds: float) -> int:
    """How many events the next round has. `outcomes`: was there an answer for each, within `seconds`? A round that got
    none for some is halved; a full one that got all quickly is doubled. A refusal is an answer."""
    if not all(outcomes):
        return max(size // 2, 1)
    if len(outcomes) >= size and seconds < CONFIRM_SECONDS / 3:
        return min(size * 2, LARGEST)
    return size


def is_aside(tries: int) -> bool:
    """After so many tries: is the event set aside?"""
    return tries >= TRIES
