"""What is stored around each SMTP dialogue: one write for all that wait, and none waits for the next."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from wsis_shared import clock

from wsis_notifications.mails.store.send_log import SendLog


def test_one_write_serves_all_who_wait() -> None:
    writes: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        writes.append(len(begun))
        entered.set()
        go_on.wait(10)
        return set(begun) - {"d3"}

    answers = _begin_together(SendLog(write), 6, entered, go_on)
    assert writes == [1, 5]
    assert answers == {"d0": True, "d1": True, "d2": True, "d3": False, "d4": True, "d5": True}


def test_a_write_that_fails_lets_none_of_its_mails_begin() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        entered.set()
        go_on.wait(10)
        if begun != ["d0"]:
            raise OSError("the store is away")
        return set(begun)

    answers = _begin_together(SendLog(write), 4, entered, go_on)
    assert sorted(answers.values(), key=str) == [False, False, "OSError", True]
    assert answers["d0"] is True


class Killed(BaseException):
    """As GreenletExit: no handler of errors sees it."""


def test_nobody_waits_for_a_leader_that_died_before_its_write() -> None:
    written: list[list[str]] = []
    entered, go_on = threading.Event(), threading.Event()

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        written.append([*(id_ for id_, _ in sent), *begun])
        entered.set()
        go_on.wait(10)
        return set(begun)

    def kill_the_leader(threads: list[threading.Thread]) -> None:
        send_log.sent("d9", clock.now())
        leader = threads[int(send_log._next.begun[0][1:])].ident or 0
        while sys._current_frames()[leader].f_code.co_name != "_flush":
            pass
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(leader), ctypes.py_object(Killed))

    send_log = SendLog(write)
    answers = _begin_together(send_log, 4, entered, go_on, kill_the_leader)
    assert sorted(answers.values(), key=str) == [False, False, "Killed", True]
    assert send_log.begin("d4"), "the next one leads again"
    assert written == [["d0"], ["d9", "d4"]], "and what was sent meanwhile is stored"


def _begin_together(
    send_log: SendLog,
    senders: int,
    entered: threading.Event,
    go_on: threading.Event,
    meanwhile: Callable[[list[threading.Thread]], None] = lambda _: None,
) -> dict[str, bool | str]:
    """What each of d0, d1, ... is told, where all others ask while d0 is written. `meanwhile` gets their threads."""
    answers: dict[str, bool | str] = {}

    def ask(name: str) -> None:
        try:
            answers[name] = send_log.begin(name)
        except (OSError, Killed) as error:
            answers[name] = type(error).__name__

    threads = [threading.Thread(target=ask, args=(f"d{number}",), daemon=True) for number in range(senders)]
    threads[0].start()
    assert entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(send_log._next.begun) < senders - 1:
        pass
    meanwhile(threads)
    go_on.set()
    for thread in threads:
        thread.join(10)
    return answers


def test_who_may_begin_does_not_wait_for_the_next_write() -> None:
    senders, mails = 4, 60
    asked, answered, written = [0], list[bool](), [0]
    moved = threading.Condition()

    def may_end() -> bool:
        """All whose write has ended have gone on, and ask for their next mail."""
        return len(answered) == written[0] and asked[0] == min(len(answered) + senders, mails)

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        with moved:
            assert moved.wait_for(may_end, 10)
            written[0] += len(begun)
        return set(begun)

    def next_mail() -> str | None:
        with moved:
            if asked[0] == mails:
                return None
            asked[0] += 1
            moved.notify_all()
            return f"d{asked[0]}"

    def send_all() -> None:
        while (mail := next_mail()) is not None:
            may = send_log.begin(mail)
            with moved:
                answered.append(may)
                moved.notify_all()

    send_log = SendLog(write)
    threads = [threading.Thread(target=send_all) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answered == [True] * mails


def test_what_was_sent_is_written_again_when_a_write_fails() -> None:
    written: list[str] = []
    broken = [True]

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        if broken.pop() if broken else False:
            raise OSError("the store is away")
        written.extend(id_ for id_, _ in sent)
        return set(begun)

    send_log = SendLog(write)
    send_log.sent("d1", clock.now())
    with pytest.raises(OSError, match="away"):
        send_log.begin("d2")
    assert send_log.begin("d3")
    assert written == ["d1"]
