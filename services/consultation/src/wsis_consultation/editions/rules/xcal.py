"""Calendars as XML: xCal (RFC 6321).

It has the values of jCal (RFC 7265), which icalendar writes: [name, parameters, type, value, ...].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from icalendar import Calendar, Component
from lxml import etree
from wsis_shared.atom import xml_text

NAMESPACE = "urn:ietf:params:xml:ns:icalendar-2.0"
# In this order stand the parts of a rule (RFC 6321, A).
_RULE = ("freq", "until", "count", "interval", "bysecond", "byminute", "byhour", "byday", "bymonthday", "bymonth")

Property = Sequence[object]
JCal = tuple[str, Sequence[Property], Sequence["JCal"]]


def document(calendar: Calendar, components: Iterable[str]) -> str:
    """The calendar with these components after its own. They are texts, so that a caller can keep them."""
    name, properties, own = calendar.to_jcal()
    head = _text(_properties(properties))
    parts = "".join([*(_text(_component(*each)) for each in own), *components])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<icalendar xmlns="{NAMESPACE}"><{name}>{head}'
        f"<components>{parts}</components></{name}></icalendar>\n"
    )


def component(made: Component) -> str:
    """A component as the text of an element, whose namespace is that of the document."""
    return _text(_component(*made.to_jcal()))


def _text(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode"))


def _component(name: str, properties: Sequence[Property], parts: Sequence[JCal]) -> etree._Element:
    made = etree.Element(name)
    made.append(_properties(properties))
    if parts:
        etree.SubElement(made, "components").extend(_component(*each) for each in parts)
    return made


def _properties(properties: Sequence[Property]) -> etree._Element:
    made = etree.Element("properties")
    for name, parameters, kind, *values in properties:
        one = etree.SubElement(made, str(name))
        if isinstance(parameters, Mapping) and parameters:
            given = etree.SubElement(one, "parameters")
            for parameter, value in parameters.items():
                _value(etree.SubElement(given, parameter), "text", value)
        # The library knows no type of NAME (RFC 7986), which is a text.
        known = "text" if kind == "unknown" and not str(name).startswith("x-") else str(kind)
        for value in values:
            _value(one, known, value)
    return made


def _value(parent: etree._Element, kind: str, value: object) -> None:
    made = etree.SubElement(parent, kind)
    if not isinstance(value, Mapping):
        made.text = xml_text(str(value))
        return
    for part in _RULE:  # of a recurrence
        given = value.get(part, ())
        for each in given if isinstance(given, list) else [given] if given else []:
            etree.SubElement(made, part).text = str(each)
