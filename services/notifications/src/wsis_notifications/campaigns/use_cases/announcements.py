"""Champions and winners, told to subscribers of the topic when prizes has made them public."""

from __future__ import annotations

import hashlib

from wsis_shared import clock
from wsis_shared.json_types import Input
from wsis_shared.operations import subscribe
from wsis_shared.parts import Parts

from wsis_notifications.campaigns.rules.states import new_campaign
from wsis_notifications.campaigns.store import Campaigns
from wsis_notifications.issues.rules.announcements import TOPIC, announcement
from wsis_notifications.issues.store import Issues


class Announcements:
    """One issue and one campaign for each event, however often it arrives."""

    def __init__(self, issues: Issues, campaigns: Campaigns) -> None:
        self._issues, self._campaigns = issues, campaigns

    @subscribe("prizes", "champions_announced", name="announce_champions")
    @subscribe("prizes", "winners_announced", name="announce_winners")
    def announce(self, event: Input) -> None:
        """Send what an event of the release says, now. Inside a transaction."""
        if self._campaigns.find_by_event(event["id"]) is not None:
            return
        now, digest = clock.now(), hashlib.sha256(event["id"].encode()).hexdigest()
        issue = self._issues.add(announcement(event["data"], digest[:32], now))
        self._campaigns.write(
            new_campaign(
                digest[32:48],
                "full",
                issue["_id"],
                issue["title"][issue["language"]],
                now,
                event=event["id"],
                segment={"topics": [TOPIC]},
                state="scheduled",
                scheduled_at=now,
            )
        )


def compose(parts: Parts) -> Announcements:
    """The use cases with their collaborators; called once per process."""
    return Announcements(Issues(parts.db), Campaigns(parts.db))
