"""The schedule of `feeds.schedule` as the XML that conference apps read (frab, pentabarf; the schema of voc/schedule).

The format has no state: apps tell their users that a session is gone when it is no longer there.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree
from wsis_shared.atom import xml_text
from wsis_shared.json_types import Input

_CONFERENCE = ("title", "acronym", "start", "end", "timeslot_duration", "time_zone_name")
_EVENT = (
    "date",
    "start",
    "duration",
    "room",
    "slug",
    "title",
    "subtitle",
    "track",
    "type",
    "language",
    "abstract",
    "description",
    "url",
)


def document(schedule: Input) -> str:
    """The text of schedule.xml."""
    given, root = schedule["schedule"], etree.Element("schedule")
    conference = given["conference"]
    _texts(root, (("version", given["version"]),))
    head = etree.SubElement(root, "conference")
    _texts(head, ((name, conference[name]) for name in _CONFERENCE))
    _texts(head, (("days", conference["daysCount"]), ("base_url", given["base_url"])))
    for day in conference["days"]:
        edges = {"start": day["day_start"], "end": day["day_end"]}
        made = etree.SubElement(root, "day", index=str(day["index"]), date=day["date"], **edges)
        for room, events in day["rooms"].items():
            place = etree.SubElement(made, "room", name=xml_text(room))
            for event in events:
                _event(place, event)
    return str(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True).decode())


def _event(room: etree._Element, event: Input) -> None:
    made = etree.SubElement(room, "event", id=str(event["id"]), guid=event["guid"], code=event["code"])
    _texts(made, ((name, event[name]) for name in _EVENT))
    recording = etree.SubElement(made, "recording")
    _texts(recording, (("license", event["recording_license"]), ("optout", str(event["do_not_record"]).lower())))
    _texts(etree.SubElement(made, "persons"), (("person", person["public_name"]) for person in event["persons"]))
    link = etree.SubElement(etree.SubElement(made, "links"), "link", href=event["url"])
    link.text = xml_text(event["title"])


def _texts(parent: etree._Element, rows: Iterable[tuple[str, object]]) -> None:
    for name, text in rows:
        etree.SubElement(parent, name).text = xml_text(str(text))
