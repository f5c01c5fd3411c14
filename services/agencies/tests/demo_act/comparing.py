"""Events per receiver are those of the log, in order per subject, and none tells what is private."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from wsis_demo.play import Play

from . import receiving, state
from .state import Agencies, Agency, Event


def compare_events(play: Play) -> str:
    """The three receivers against the log; the log stays in the demo's folder."""
    told = state.of(play)
    log = told.by_way["feed"].events
    numbers = [int(event["sequence"]) for event in log]
    if numbers != list(range(told.start + 1, told.start + 1 + len(numbers))):
        told.differs("the log of events has a gap")
    for agency in told.by_way.values():
        _compare(told, agency, log)
    if told.receiver.refused:
        told.differs(f"{len(told.receiver.refused)} requests to the webhook had no valid signature")
    receiving.unsubscribe(told)
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in log)
    (told.folder / "events.jsonl").write_text(lines, "utf-8")
    private = _private(told, log, lines)
    for finding in private:
        told.differs(finding)
    types = len({event["type"] for event in log})
    told.say(
        "events",
        f"{len(log)} public events of {types} types in the log, {told.missed} of them while the webhook "
        "was away; " + ", ".join(f"{agency.way} {len(_numbers(agency.events))}" for agency in told.by_way.values()),
    )
    return f"{len(log)} events of {types} types, the same at {len(told.by_way)} receivers; {len(private)} private"


def _compare(told: Agencies, agency: Agency, log: list[Event]) -> None:
    """Each event at least once, none of others, first arrivals in order per subject, with the data of the log."""
    ours = {event["id"]: event for event in log}
    got = {event["id"]: event for event in agency.events}
    if got.keys() != ours.keys():
        told.differs(f"{agency.slug} has {len(got)} events by {agency.way}, the log {len(ours)}")
    if any(got[id]["data"] != ours[id]["data"] for id in got.keys() & ours.keys()):
        told.differs(f"{agency.slug} got other data by {agency.way} than the log has")
    subjects: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in {event["id"]: event for event in agency.events}.values():  # each where it came first
        subjects[event["source"], event["subject"]].append(int(event["sequence"]))
    if any(numbers != sorted(numbers) for numbers in subjects.values()):
        told.differs(f"{agency.slug} got events of one subject out of order by {agency.way}")


def _numbers(events: Iterable[Event]) -> set[int]:
    return {int(event["sequence"]) for event in events}


def _private(told: Agencies, log: list[Event], text: str) -> list[str]:
    """What must not leave: by the names of fields and the form of values, and addresses and accounts of people."""
    findings = state.module("public_event_judge").findings
    found = sorted({finding for event in log for finding in findings(event)})
    play = told.play
    people = [
        play.officer,
        *play.submitters.values(),
        *play.jurors,
        *play.voters,
        *(agency.person for agency in told.by_way.values()),
    ]
    secrets = {person.email for person in people} | {person.account for person in people}
    secrets |= play.addresses
    if leaked := sum(secret in text for secret in secrets if secret):
        found.append(f"{leaked} addresses or accounts of people are in events")
    return found
