"""The acts of notifications in the demonstration, over HTTP alone: readers subscribe to WSIS Flash, an issue in seven
languages goes to them, champions and winners are announced. The mails are judged by the catcher.
"""

from __future__ import annotations

from .announcing import see_announcements, see_silence
from .figures import report
from .flash import send_issue
from .readers import leave, subscribe_readers

ACTS_BEFORE = {
    "champions": (
        ("readers", subscribe_readers),
        ("newsletter", send_issue),
        ("departures", leave),
        ("silence", see_silence),
    ),
}
ACTS = (("announced", see_announcements),)
ACTS_LAST = (("newsletter", report),)
