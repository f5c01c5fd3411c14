"""Champions and winners reach readers of the topic after their release and not before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from wsis_demo.play import Play, wait

from . import flash, state
from .state import Notifications, Reader

TOPIC = "prizes"
TYPES = ("wsis.prizes.champions_announced.v1", "wsis.prizes.winners_announced.v1")


def see_silence(play: Play) -> str:
    """Before the champions are announced: no campaign, no event, no mail."""
    told = state.of(play)
    if _new_campaigns(told):
        told.differs("champions have a campaign before they are announced")
    if _released(play):
        told.differs("champions have an event before they are announced")
    early = [reader for reader in told.readers if play.suite.mailbox.last(reader.email) != reader.seen]
    if early:
        told.differs(f"{len(early)} readers have a mail before the champions are announced")
    return "no campaign, no event, no mail"


def see_announcements(play: Play) -> str:
    """Both are in the mailboxes of the topic's readers, in their language, later than the event."""
    told = state.of(play)
    wait(lambda: len(_new_campaigns(told)) == len(TYPES), flash.SECONDS, "both announcements to have campaigns")
    wanted = sum(TOPIC in row["topics"] for row in play.officer.each("/v1/newsletter/subscribers", state="active"))
    readers = [reader for reader in told.readers if reader.reads(TOPIC)]
    released = _released(play)
    for type_, (campaign, issue) in zip(TYPES, _new_campaigns(told).items(), strict=True):
        flash.finish(told, campaign, wanted)
        titles = play.officer.get(f"{flash.DRAFTS}/{issue}")["content"]["title"]
        play.all(partial(_receive, told, titles, released[type_]), readers)
    others = [reader for reader in told.readers if play.suite.mailbox.last(reader.email) != reader.seen]
    if others:
        told.differs(f"{len(others)} readers who left, or chose other topics, got an announcement")
    return f"{len(TYPES)} announcements to {len(readers)} readers of {TOPIC}, none before its release, none to others"


def _receive(told: Notifications, titles: Mapping[str, str], released: str, reader: Reader) -> None:
    mail = flash.receive(told, reader, titles[reader.language])
    if datetime.fromisoformat(mail["date"]) < datetime.fromisoformat(released):
        told.differs("a reader has an announcement before its release")


def _released(play: Play) -> dict[str, str]:
    """When each announcement of the edition became a public event, by its type."""
    events = (event for type_ in TYPES for event in play.suite.visitor.each("/v1/events", type=type_))
    return {event["type"]: event["time"] for event in events if event["data"]["edition"] == play.edition}


def _new_campaigns(told: Notifications) -> dict[str, str]:
    """Those that no officer has made, the oldest first: id -> issue."""
    rows = reversed(list(told.play.officer.each("/v1/campaigns")))
    return {row["id"]: row["issue"] for row in rows if row["id"] not in told.campaigns}
