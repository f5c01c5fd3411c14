"""When a meeting takes place, by the clocks of a zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from wsis_shared.clock import GENEVA
from wsis_shared.languages import long_date

from wsis_consultation.meetings.rules.schedule import Meeting


def wall(moment: datetime, zone: str) -> str:
    """ISO 8601 wall time with its offset: "2016-10-12T16:30:00+02:00"."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


_AT: Mapping[str, str] = {"ar": " الساعة ", "zh": " "}  # between a day and an hour


def wall_in_words(moment: datetime, zone: str, locale: str) -> str:
    """For mails: "12 October 2016, 20:00 (Asia/Kolkata, UTC+05:30)"."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = f"{local:%z}"
    return f"{long_date(local, locale)}{_AT.get(locale, ', ')}{local:%H:%M} ({zone}, UTC{offset[:3]}:{offset[3:]})"


def day_in_words(meeting: Meeting, locale: str) -> str:
    """The day where the meeting takes place: "12 October 2016"."""
    return long_date(meeting["start"].astimezone(ZoneInfo(meeting["time_zone"])), locale)


def is_geneva(moment: datetime, zone: str) -> bool:
    """Whether clocks in the zone show Geneva time at that moment."""
    return moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.astimezone(GENEVA).utcoffset()
