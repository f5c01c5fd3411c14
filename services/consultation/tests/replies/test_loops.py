"""Mails that go out and come back: through notifications, the catcher, the listener and the service."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import wait_for

from ..reply_kit import DOMAIN, Inbox, Mails, make

LIMIT = 4  # comments by mail of a member in a day


@pytest.fixture(scope="module")
def mails(serve: Any, published: Any, fake_service: Any, start_process: Any, database: Any) -> Mails:
    made = make(serve, published, fake_service, start_process, database, WSIS_CONSULTATION_REPLIES_PER_DAY=str(LIMIT))
    serve("notifications", WSIS_MAIL_DOMAIN=DOMAIN)
    return made


@pytest.fixture(scope="module")
def inbox(environment: dict[str, str]) -> Inbox:
    return Inbox(environment["WSIS_MAIL_WEB_URI"])


def follow(mails: Mails, who: Any, discussion: str) -> str:
    """Follow; returns the member's address."""
    mails.call("follow_discussion", who, edition="2017", discussion=discussion, body={"mode": "immediate"})
    return str(mails.people.accounts[str(who.id)]["email"])


class Robot:
    """A program that replies to each mail in words of its own, and knows no header that forbids it."""

    def __init__(self, mails: Mails, inbox: Inbox, who: Any, discussion: str, *headers: str) -> None:
        self.mails, self.inbox, self.who, self.headers = mails, inbox, who, headers
        self.email = follow(mails, who, discussion)
        self.read = 0

    def turn(self) -> int:
        """Reply to what has come; returns how many mails that were."""
        new = self.inbox.to(self.email)[self.read :]
        for mail in new:
            self.read += 1
            if address := mail["headers"].get("Reply-To"):
                text = f"Thank you for mail {self.read}!\r\n\r\n> " + mail["text"].replace("\n", "\r\n> ")
                self.mails.send(address.strip("<>"), self.mails.raw(self.who, text, *self.headers))
        return len(new)


def test_reply_to_a_mail_of_ours_becomes_a_comment(mails: Mails, inbox: Inbox) -> None:
    who, discussion = mails.member(), mails.discussion()
    robot = Robot(mails, inbox, who, discussion)
    mails.post(mails.member(), discussion, "Where should the work begin?")
    wait_for(robot.turn, 30)
    reply = mails.comments(discussion)[-1]
    assert (reply["html"], reply["parent"], reply["via"]) == ('<p dir="auto">Thank you for mail 1!</p>', 1, "mail")


def test_two_robots_that_answer_each_other_end(mails: Mails, inbox: Inbox) -> None:
    discussion = mails.discussion()
    robots = [Robot(mails, inbox, mails.member(), discussion) for _ in range(2)]
    addresses = [robot.email for robot in robots]
    mails.post(mails.member(), discussion, "Hello robots")
    comments = 1 + 2 * LIMIT
    # Each comment but the first goes to the other robot, the first to both; each robot is told once that it must stop.
    expected = 2 + 2 * LIMIT + 2

    def all_came() -> bool:
        for robot in robots:
            robot.turn()
        return inbox.count(*addresses) >= expected

    wait_for(all_came, 60, "the robots to end")
    assert len(mails.comments(discussion)) == comments
    mails.post(mails.member(), discussion, "And again")
    wait_for(lambda: sum(robot.turn() for robot in robots) and inbox.count(*addresses) >= expected + 2, 30)
    for robot in robots:
        robot.turn()
    assert len(mails.comments(discussion)) == comments + 1
    assert inbox.count(*addresses) == expected + 2


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: bulk"])
def test_robot_that_says_so_posts_nothing(mails: Mails, inbox: Inbox, header: str) -> None:
    discussion = mails.discussion()
    robot = Robot(mails, inbox, mails.member(), discussion, header)
    mails.post(mails.member(), discussion)
    wait_for(robot.turn, 30)
    assert len(mails.comments(discussion)) == 1
    assert inbox.count(robot.email) == 1


def test_member_is_told_in_their_language_why_a_reply_is_not_posted(mails: Mails, inbox: Inbox) -> None:
    who, discussion = mails.member(), mails.discussion()
    email = mails.people.accounts[str(who.id)]["email"]
    raw = mails.raw(who, "")
    mails.send(mails.address(who, discussion), raw)
    [answer] = wait_for(lambda: inbox.to(email), 30)
    assert answer["return_path"] == "<>"
    assert answer["headers"]["Auto-Submitted"] == "auto-replied"
    assert answer["headers"]["In-Reply-To"] in raw.decode()
    assert "Reply-To" not in answer["headers"]
    assert "Nous n’y avons trouvé aucun texte de votre part" in answer["text"]


def test_link_goes_to_the_member_and_the_sender_hears_nothing(mails: Mails, inbox: Inbox) -> None:
    who, discussion = mails.member(), mails.discussion()
    email = mails.people.accounts[str(who.id)]["email"]
    raw = mails.raw(who, "Something vile.", sender="mallory@evil.example")
    mails.send(mails.address(who, discussion), raw, sender="mallory@evil.example")
    [offer] = wait_for(lambda: inbox.to(email), 30)
    assert "/fr/consultations/2017/replies#" in offer["text"]
    assert "vile" not in offer["text"], "whoever has the address could send anything to the member"
    assert offer["return_path"] == "<>"
    assert inbox.count("mallory@evil.example") == 0
