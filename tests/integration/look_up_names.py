"""Run by test_name_lookup.py in a network of its own: looks up a name of a container as a service does, while a real
name server does not know it, tells its address, forgets it and tells another. Prints what was found, a line each."""

from __future__ import annotations

import wsis_shared.serve  # noqa: F401 -- it patches before all else, as in each service

# isort: split
import socket
from collections.abc import Callable

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import eventlet
from eventlet.patcher import original

NAME = "mongo-1"


class Server:
    """In a thread of the operating system, so that it answers while greenlets wait."""

    address, seconds, asked = "", 0.0, 0

    def __init__(self) -> None:
        self._socket = original("socket").socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        original("threading").Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            self.asked += 1
            original("time").sleep(self.seconds)
            self._socket.sendto(self._answer(dns.message.from_wire(data)).to_wire(), peer)

    def _answer(self, asked: dns.message.Message) -> dns.message.Message:
        answer, [question] = dns.message.make_response(asked), asked.question
        if not self.address:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 600, "IN", "A", self.address))
        return answer


def listed() -> str:
    """As pymongo and the client of the broker do."""
    return str(socket.getaddrinfo(NAME, 27017, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])


def connected() -> str:
    """As smtplib and http.client do."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((NAME, port), 5) as connection:
            return str(connection.getpeername()[0])


def found(look_up: Callable[[], str]) -> str:
    try:
        return look_up()
    except OSError:
        return "nothing"


def turns_meanwhile(server: Server) -> int:
    """How often another greenlet gets its turn while the name server takes its time."""
    turns, server.seconds = 0, 0.5

    def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            eventlet.sleep(0.001)

    other = eventlet.spawn(turn)
    listed()
    other.kill()
    return turns


def main() -> None:
    server = Server()
    for server.address in ("", "127.0.0.7", "", "127.0.0.9"):
        print(found(listed), found(connected))
    print("others go on" if turns_meanwhile(server) > 1 else "others wait")
    server.seconds, asked = 600, server.asked
    eventlet.spawn(listed)
    while server.asked == asked:
        eventlet.sleep(0.01)
    print("ends amid a look-up")


main()
