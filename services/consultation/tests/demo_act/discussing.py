"""Online discussions in seven languages: comments by web, one by e-mail, moderation with a reason."""

from __future__ import annotations

import re
import smtplib
import uuid
from typing import Any

from wsis_demo.client import Person
from wsis_demo.people import Organization
from wsis_demo.play import Mismatch, Play, wait

from . import state
from .state import Consultation
from .writing import LANGUAGES, Author, secretariat

COMMUNITY = "stakeholders"
LINES = ("C2", "C3", "C4", "C5", "C7.e-health", "C7.e-learning", "C8")
HELD = re.compile(r"replies#([0-9a-f-]+)\.([0-9a-f]{32})")
SECONDS = 60
BULK_SECONDS = 900  # for a mail of low priority: all mails of the acts before go first


def discuss(play: Play) -> str:
    """Members comment in their language; one follows by mail and answers the mail; one comment is hidden, restored."""
    told = state.of(play)
    body = {"code": COMMUNITY, "title": secretariat("community"), "description": {}, "order": 1}
    play.officer.post(f"{told.path}/communities", body)
    members = list(play.submitters.items())
    discussions = {language: _open(told, language) for language in LANGUAGES}
    spoken = [row for row in members if row[0].locale in discussions]
    follower = spoken[0][1]
    followed = discussions[spoken[0][0].locale]
    follower.put(f"{told.path}/me/reply-by-mail", {"enabled": True})
    follower.put(f"{told.path}/discussions/{followed}/follow", {"mode": "immediate"})
    for number in range(told.volumes.comments):
        entity, member = spoken[1 + number % (len(spoken) - 1)]
        author = Author(told.dice, entity.locale, entity.country, LINES[number % len(LINES)])
        _comment(told, discussions[entity.locale], member, author, number, notified=followed)
    for language, discussion in discussions.items():  # whoever looks at one sees what it is for
        if not _count(told, discussion):
            _comment(told, discussion, spoken[1][1], Author(told.dice, language, "CH", "C4"), 0, notified=followed)
    how = _reply_by_mail(told, follower, followed, Author(told.dice, spoken[0][0].locale, spoken[0][0].country, "C4"))
    _moderate(told, followed, spoken)
    return f"{told.comments} comments in {len(discussions)} discussions; a reply by e-mail {how}; one hidden, restored"


def _open(told: Consultation, language: str) -> str:
    opening = Author(told.dice, language, "CH", "C1").opening()
    body = {"community": COMMUNITY, "language": language, **opening}
    return str(told.play.officer.post(f"{told.path}/discussions", body)["id"])


def _comment(
    told: Consultation, discussion: str, member: Person, author: Author, number: int, *, notified: str
) -> None:
    body: dict[str, Any] = {"text": author.comment()}
    if number % 3 == 2 and (last := _count(told, discussion)):
        body = {"text": author.reply(), "parent": last}
    if "parent" in body and _depth(told, discussion, body["parent"]) >= 3:
        body.pop("parent")
    member.post(f"{told.path}/discussions/{discussion}/comments", body)
    told.comments += 1
    if discussion == notified:
        told.play.count(mails={"consultation/comment_notice": 1})


def _count(told: Consultation, discussion: str) -> int:
    return int(told.play.suite.visitor.get(f"{told.path}/discussions/{discussion}")["comments"])


def _depth(told: Consultation, discussion: str, number: int) -> int:
    return int(told.play.suite.visitor.get(f"{told.path}/discussions/{discussion}/comments/{number}")["depth"])


def _reply_by_mail(told: Consultation, who: Person, discussion: str, author: Author) -> str:
    """Answer the mail of a comment by SMTP. Nobody vouches for the sender here, so the suite asks by mail whether the
    comment is theirs; the link in that mail posts it."""
    play, mailbox = told.play, told.play.suite.mailbox
    if not play.suite.inbound or not who.get(f"{told.path}/me/reply-by-mail")["available"]:
        return "left out: this suite takes no mail"
    text = author.reply()
    title = play.suite.visitor.get(f"{told.path}/discussions/{discussion}")["title"]
    mail = mailbox.wait(who.email, saying=[title], seconds=BULK_SECONDS)
    address = _address(mailbox.read(mail["id"])["headers"]["Reply-To"])
    _send(play.suite.inbound, who.email, address, text, mailbox.plain(mail["id"]))
    held = mailbox.wait(who.email, after=mail["id"], saying=["/replies#"], seconds=SECONDS)
    play.count(mails={"consultation/reply_held": 1})
    found = HELD.search(mailbox.plain(held["id"]))
    if found is None:
        raise Mismatch("a mail that asks whether a reply is mine has no link")
    before = _count(told, discussion)
    play.suite.visitor.post(f"{told.path}/held-replies/{found[1]}/confirmation", {"token": found[2]})
    wait(lambda: _count(told, discussion) == before + 1, SECONDS, "the reply by e-mail in its discussion")
    last = who.get(f"{told.path}/discussions/{discussion}/mine?limit=1")["items"][0]
    told.comments += 1
    if last["markdown"] != text or last["via"] != "mail":
        play.misfits.append(f"consultation: a reply by e-mail reads {last['markdown']!r}")
    return "was confirmed and posted without what it quoted"


def _send(inbound: str, sender: str, address: str, text: str, quoted: str) -> None:
    host, _, port = inbound.rpartition(":")
    head = (
        f"From: Member <{sender}>",
        f"To: {address}",
        "Subject: Re: WSIS",
        f"Message-ID: <{uuid.uuid4().hex}@example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    body = (text, "", f"On Tue, 4 Oct 2016 at 10:00, WSIS <{address}> wrote:", f"> {quoted[:800]}", "")
    with smtplib.SMTP(host, int(port), timeout=60) as relay:
        relay.sendmail(sender, [address], "\r\n".join((*head, "", *body)).encode())


def _address(header: str) -> str:
    return header.rpartition("<")[2].strip("> ")


def _moderate(told: Consultation, discussion: str, members: list[tuple[Organization, Person]]) -> None:
    """Hidden with a reason, which its author gets by mail; restored after a second look."""
    of_members, mailbox = f"{told.path}/discussions/{discussion}", told.play.suite.mailbox
    visitor = told.play.suite.visitor
    comment, own = f"{of_members}/comments/1", f"{of_members}/mine?limit=100"
    author = next(member for _, member in members if 1 in {row["number"] for row in member.get(own)["items"]})
    for status, reason in (("hidden", "A telephone number stood in it"), ("published", "The number was its own")):
        told.play.officer.put(f"{comment}/moderation", {"status": status, "reason": reason})
        told.play.count(mails={"consultation/comment_moderated": 1})
        wait(lambda status=status: visitor.get(comment)["status"] == status, SECONDS, f"a comment that is {status}")
        shown = visitor.get(comment)
        if bool(shown["html"]) != (status == "published"):
            told.play.misfits.append(f"consultation: a comment that is {status} reads {shown['html']!r}")
        mailbox.wait(author.email, saying=[reason], seconds=BULK_SECONDS)
