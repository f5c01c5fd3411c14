"""Group commit of what must be written before and after each SMTP dialogue.

Each sender waits for its own `begin`; whoever comes first writes for all that wait. So the number of mails whose
outcome a crash leaves open is the number of senders, and the number of writes is far below that of the mails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime


class SendLog:
    """`write` stores a list of `sent` ids and then a list of `begun` ids, and returns which may begin."""

    def __init__(self, write: Callable[[list[tuple[str, datetime]], list[str]], Iterable[str]]) -> None:
        self._write = write
        self._mutex, self._one = threading.Lock(), threading.Lock()
        self._sent: list[tuple[str, datetime]] = []
        self._begun: list[str] = []
        self._decided: dict[str, bool] = {}

    def sent(self, delivery: str, at: datetime) -> None:
        """Noted with the next `begin` or `flush`, at the latest before this sender's next dialogue."""
        with self._mutex:
            self._sent.append((delivery, at))

    def begin(self, delivery: str) -> bool:
        """True once the delivery is stored as `sending`; False where the delivery is no longer ours."""
        with self._mutex:
            self._begun.append(delivery)
        with self._one:
            try:
                if delivery not in self._decided:
                    self._flush()
            finally:
                mine = self._decided.pop(delivery, False)
            return mine

    def flush(self) -> None:
        """Write what is left."""
        with self._one:
            self._flush()

    def _flush(self) -> None:
        with self._mutex:
            sent, self._sent = self._sent, []
            begun, self._begun = self._begun, []
        if not sent and not begun:
            return
        try:
            ours = set(self._write(sent, begun))
        except BaseException:
            with self._mutex:  # what was sent must be stored, with whichever write comes next
                self._sent[:0] = sent
            self._decided.update(dict.fromkeys(begun, False))
            raise
        self._decided.update({delivery: delivery in ours for delivery in begun})
