"""Three agencies receive all public events: by a signed webhook, from a queue, from the feed.

The receiver of the webhook runs in this process, and checks signatures and envelopes with the public packages
`standardwebhooks` and `cloudevents`.
"""

from __future__ import annotations

import json
from typing import Any

from kombu import Connection

from wsis_demo.people import Registry
from wsis_demo.play import Play, wait

from . import state
from .state import Agencies, Agency, Event

SUBSCRIPTIONS = "/v1/event-subscriptions"
WEBHOOK = "who"
WAYS = {"webhook": WEBHOOK, "queue": "fao", "feed": "unesco"}
PAGE = 200
SECONDS = 300.0  # until a receiver has everything


def subscribe_agencies(play: Play) -> str:
    """From the same number of the log on, and a test event by webhook."""
    told = state.of(play)
    people = Registry(play.seed, f"agency{play.edition}").people(len(WAYS))
    for (way, slug), form in zip(WAYS.items(), people, strict=True):
        person = play.register(form)
        body = {"roles": ["agency"], "agency": slug, "reason": "Focal point for data exchange"}
        play.officer.put(f"/v1/accounts/{person.account}/roles", body)
        play.count(mails={"accounts/roles_changed": 1})
        told.by_way[way] = Agency(slug, way, person.refresh())
    told.start = _end_of_log(play)
    told.receiver = state.module("webhook_receiver").Receiver().start()
    made = _subscribe(told, "webhook", url=told.receiver.url)
    told.receiver.secrets.append(made["secret"])
    told.by_way["queue"].queue = _subscribe(told, "queue")["queue"]
    webhook = told.by_way["webhook"]
    one = f"{SUBSCRIPTIONS}/{webhook.subscription}"
    wait(lambda: webhook.person.get(one)["state"] == "active", SECONDS, "the receiver to have agreed")
    webhook.person.post(f"{one}/test")
    wait(lambda: bool(told.receiver.taken), SECONDS, "the test event")
    return ", ".join(f"{slug.upper()} by {way}" for way, slug in WAYS.items()) + f", from event {told.start + 1} on"


def begin_outage(play: Play) -> str:
    """Nobody listens at the address of the webhook any more, which so misses both announcements."""
    told = state.of(play)
    told.missed = _end_of_log(play)
    told.receiver.stop()
    return f"the receiver of {WEBHOOK.upper()} goes away"


def end_outage(play: Play) -> str:
    """The receiver is back; what it missed comes by itself."""
    told = state.of(play)
    told.missed = _end_of_log(play) - told.missed
    attempts = told.by_way["webhook"].person.each(f"{SUBSCRIPTIONS}/{told.by_way['webhook'].subscription}/attempts")
    failed = sum(row["status"] is None for row in attempts)
    if not failed:
        told.differs("no attempt has failed while the receiver was away")
    told.receiver.start()
    return f"the receiver of {WEBHOOK.upper()} was away for {told.missed} events and {failed} attempts, and is back"


def receive_events(play: Play) -> str:
    """All three read to the end of the log."""
    told = state.of(play)
    log = read_feed(told)
    told.by_way["feed"].events = log
    last = max((int(event["sequence"]) for event in log), default=told.start)
    numbers = {int(event["sequence"]) for event in log}
    wait(lambda: numbers <= set(told.receiver.sequences), SECONDS, "the webhook to have brought all events")
    _read_queue(told, last)
    # Beside the test event, which has no number.
    told.by_way["webhook"].events = [one.event for one in told.receiver.taken if "sequence" in one.event]
    for agency in told.by_way.values():
        agency.events = [event for event in agency.events if int(event["sequence"]) <= last]
    return ", ".join(f"{agency.slug.upper()} {len(agency.events)} by {way}" for way, agency in told.by_way.items())


def unsubscribe(told: Agencies) -> None:
    """On a suite that goes on, nobody would listen to the webhook or empty the queue."""
    for agency in told.by_way.values():
        if agency.subscription:
            agency.person.delete(f"{SUBSCRIPTIONS}/{agency.subscription}")
    told.receiver.stop()


def read_feed(told: Agencies) -> list[Event]:
    """The log since the agencies subscribed, page by page."""
    events: list[Event] = []
    after = told.start
    while True:
        page = told.by_way["feed"].person.get("/v1/events", after=after, limit=PAGE)
        events += page["items"]
        if page["next"] is None:
            return events
        after = page["next"]


def _read_queue(told: Agencies, last: int) -> None:
    """With a plain client, up to the event of this number."""
    agency = told.by_way["queue"]

    def take(channel: Any) -> bool:
        while message := channel.basic_get(agency.queue["queue"]):
            agency.events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
        return bool(agency.events) and int(agency.events[-1]["sequence"]) >= last

    with Connection(agency.queue["uri"]) as connection:
        channel = connection.channel()
        wait(lambda: take(channel), SECONDS, "the queue to have all events")


def _subscribe(told: Agencies, way: str, **more: Any) -> dict[str, Any]:
    agency = told.by_way[way]
    body = {"name": f"Register of {agency.slug}", "channel": way, "start": {"after": told.start}, **more}
    made: dict[str, Any] = agency.person.post(SUBSCRIPTIONS, body)
    agency.subscription = made["id"]
    return made


def _end_of_log(play: Play) -> int:
    """The number of the last event."""
    after = 0
    while True:
        page = play.suite.visitor.get("/v1/events", after=after, limit=PAGE)
        if page["next"] is None:
            return int(page["position"])
        after = page["next"]
