"""The acts of notifications in the demonstration, over HTTP alone: readers subscribe to WSIS Flash, an issue in seven
languages goes to them, champions and winners are announced; three agencies receive all public events by the three ways,
one of them with an outage. The mails are judged by the catcher, the events by the receivers.
"""

from __future__ import annotations

from .agencies import end_outage, receive_events, subscribe_agencies
from .announcing import see_announcements, see_silence
from .figures import compare_events, report
from .flash import send_issue
from .readers import leave, subscribe_readers

ACTS_BEFORE = {
    "submission": (("agencies", subscribe_agencies),),
    # The webhook's receiver is away from here on, and misses both announcements.
    "champions": (
        ("readers", subscribe_readers),
        ("newsletter", send_issue),
        ("departures", leave),
        ("silence", see_silence),
    ),
}
ACTS = (("announced", see_announcements), ("outage", end_outage))
ACTS_LAST = (("receivers", receive_events), ("events", compare_events), ("newsletter", report))
