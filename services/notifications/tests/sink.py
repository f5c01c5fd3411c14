"""A relay that takes every mail and remembers to whom: the judge of tests and faults. `policy` may refuse."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

Policy = Callable[[str], bytes | None]


class Sink:
    """`with Sink() as sink`: `sink.uri`, `sink.taken` (recipient, time.time()), `sink.contents` by recipient."""

    def __init__(self, policy: Policy = lambda recipient: None, *, keep: bool = True, delay: float = 0.0) -> None:
        self.policy, self.keep, self.delay = policy, keep, delay
        self.away, self.refused = False, 0  # it takes no connection; how many it refused
        self.mute = False  # it takes mails, and their senders get no answer
        self.taken: list[tuple[str, float]] = []
        self.contents: dict[str, bytes] = {}
        self.senders: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._server: Any = None

    def __enter__(self) -> Sink:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: Session(self), "127.0.0.1", 0, backlog=200)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    @property
    def uri(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def counts(self) -> Counter[str]:
        """How many mails each recipient has."""
        return Counter(recipient for recipient, _ in list(self.taken))


class Session(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self.sink, self.buffer, self.data = sink, b"", False
        self.sender, self.recipient = "", ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if self.sink.away:
            self.sink.refused += 1
            transport.write(b"421 4.3.2 Not now\r\n")
            transport.close()
            return
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            if self.data:
                if self.buffer.startswith(b".\r\n"):
                    content, rest = b"", self.buffer[3:]
                else:
                    content, end, rest = self.buffer.partition(b"\r\n.\r\n")
                    if not end:
                        return
                self.data, self.buffer = False, rest
                self._take(content + b"\r\n")
            else:
                line, end, rest = self.buffer.partition(b"\r\n")
                if not end:
                    return
                self.buffer = rest
                self._command(line)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        reply = b"250 2.0.0 Ok\r\n"
        if verb == b"EHLO":
            reply = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        elif verb == b"MAIL":
            self.recipient, self.sender = "", _path(line)
        elif verb == b"RCPT":
            recipient = _path(line)
            refused = self.sink.policy(recipient)
            if refused is None:
                self.recipient = recipient
            reply = refused or reply
        elif verb == b"DATA":
            self.data = bool(self.recipient)
            reply = b"354 End data\r\n" if self.data else b"554 5.5.1 No valid recipients\r\n"
        elif verb == b"QUIT":
            self.transport.write(b"221 2.0.0 Bye\r\n")
            self.transport.close()
            return
        self.transport.write(reply)

    def _take(self, content: bytes) -> None:
        if self.sink.delay:
            asyncio.get_running_loop().call_later(self.sink.delay, self._accept, content, self.recipient)
        else:
            self._accept(content, self.recipient)

    def _accept(self, content: bytes, recipient: str) -> None:
        self.sink.taken.append((recipient, time.time()))
        if self.sink.keep:
            self.sink.contents[recipient] = content.replace(b"\r\n..", b"\r\n.")
            self.sink.senders[recipient] = self.sender
        if not self.sink.mute:
            self.transport.write(b"250 2.0.0 Ok: queued\r\n")


def _path(line: bytes) -> str:
    return line.partition(b"<")[2].rpartition(b">")[0].decode()
