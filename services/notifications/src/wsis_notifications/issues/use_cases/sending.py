"""Steps of an issue that campaigns make."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import clock
from wsis_shared.events import new_event

from wsis_notifications.issues.events import NEWSLETTER_ISSUED
from wsis_notifications.issues.rules import lifecycle
from wsis_notifications.issues.rules.contents import Issue
from wsis_notifications.issues.store import Issues


def set_state(issues: Issues, id: str, state: str, at: datetime | None = None) -> Issue:
    """sending, sent or canceled. A repeat changes nothing, and neither does another campaign with an issue that is
    sent. The step to `sent` publishes `newsletter_issued`. Joins the open transaction. Raises NotFound, Conflict."""
    issue = issues.read(id)
    changed = lifecycle.sent_on(issue, state, at or clock.now())
    if changed is None:
        return issue
    if state != lifecycle.SENT:
        return issues.store(changed)
    event = new_event(
        NEWSLETTER_ISSUED,
        subject=id,
        issue=id,
        **{name: changed[name] for name in ("number", "month", "topics", "language", "languages", "title", "sent_at")},
    )
    return issues.store(changed, event)
