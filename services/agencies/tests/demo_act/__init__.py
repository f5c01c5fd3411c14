"""The acts of agencies in the demonstration, over HTTP alone: three of them receive all public events by three ways,
one with an outage; what they got is compared with the log.
"""

from __future__ import annotations

from .comparing import compare_events
from .receiving import begin_outage, end_outage, receive_events, subscribe_agencies

ACTS_BEFORE = {
    "submission": (("agencies", subscribe_agencies),),
    "champions": (("outage", begin_outage),),
}
ACTS = (("outage", end_outage),)
ACTS_LAST = (("receivers", receive_events), ("events", compare_events))
