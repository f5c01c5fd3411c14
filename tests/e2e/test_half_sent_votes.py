"""Votes whose second half is held back, around the close and around a block: what counts is when the last byte came."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
from wsis_testkit import wait_for

from wsis_demo import phases
from wsis_demo.client import Person


class HeldBack:
    """A vote of which the head and half of the body are sent."""

    def __init__(self, contest: Any, voter: Person) -> None:
        address = urlsplit(voter.suite.address)
        body = json.dumps({"category": "C1", "project": contest.projects["C1"][0]}).encode()
        self._rest = body[20:]
        self._socket = socket.create_connection((str(address.hostname), int(address.port or 80)), timeout=15)
        self._socket.sendall(
            f"POST {contest.path}/votes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n"
            f"Authorization: Bearer {voter.token}\r\n\r\n".encode()
        )
        assert self._socket.recv(1000).startswith(b"HTTP/1.1 100 ")
        self._socket.sendall(body[:20])
        # The gateway's one thread has turned to the next request: this one waits for the rest.
        assert httpx.get(f"{voter.suite.address}/healthz").status_code == 200

    def send_rest(self) -> tuple[int, str]:
        """(status, code) of the answer."""
        with self._socket as connection:
            connection.sendall(self._rest)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        head, _, content = received.partition(b"\r\n\r\n")
        told = json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])
        return int(head.split(b" ", 2)[1]), told.get("code", "")


def test_a_vote_is_received_with_its_last_byte(contest: Any, people: Any) -> None:
    contest.limit_to("C1")
    contest.submit(people.member(), "C1")
    contest.nominate()
    contest.open_voting()
    in_time, late = (HeldBack(contest, people.member()) for _ in range(2))
    assert in_time.send_rest() == (201, "")
    end = phases.now()
    phases.move(contest.officer, contest.edition, "public_voting", "Voting ends", end=end)
    wait_for(lambda: contest.voting()["state"] != "open", what="the close")
    assert late.send_rest() == (409, "voting.closed")
    tally = contest.close_voting()
    assert [row["cast"] for row in tally["projects"]] == [1]


def test_a_vote_that_was_half_sent_before_a_block_is_refused(contest: Any, people: Any, officer: Person) -> None:
    contest.open_voting()
    blocked, other = people.member(), people.member()
    halves = HeldBack(contest, blocked), HeldBack(contest, other)
    officer.post(f"/v1/accounts/{blocked.account}/block", {"reason": "Not one person"})
    wait_for(lambda: blocked.send("GET", "/v1/me").status_code == 401, what="the token to be refused")
    assert [half.send_rest() for half in halves] == [(401, "gateway.token_revoked"), (201, "")]
