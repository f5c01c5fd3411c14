"""What becomes public, with the event that says so: for owners, officers, prizes and whoever else publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wsis_shared.events import PendingEvent

from wsis_stocktaking.register import events
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules.entries import CONFIRMATION, Entry, Prize, content_of
from wsis_stocktaking.register.store.register import NOW, AtPublication, Publication


def publication(
    entry: Entry,
    content: contents.Content,
    *,
    source: str,
    by: str | None = None,
    prize: Prize | None = None,
    last_updated_at: datetime | None | AtPublication = NOW,
    pending: Sequence[PendingEvent] = (),
    theirs: Sequence[contents.Content] = (),
) -> Publication:
    """The publication of an entry that sends `entry_published`, and `pending` with it.

    `source` is that of the revision: submission, import, prizes, officer or confirmation. `by` is the account that
    wrote the content. `last_updated_at`: when the organization said it, by default now; None: nobody knows. `prize` is
    the whole prize of the entry from now on. `theirs` are contents of contributors: an officer may have taken
    texts from them.
    """

    def announce(published: Entry) -> Sequence[PendingEvent]:
        language, regions = contents.language_of(content), contents.regions_of(content)
        return (events.published(published, language, regions, source),)

    return Publication(entry, content, prize, by, tuple(pending), announce, source, last_updated_at, theirs)


def confirmation(entry: Entry, by: str, *pending: PendingEvent) -> Publication:
    """What is public of an entry once more, as still correct today."""
    counted: Entry = {**entry, "confirmations": entry.get("confirmations", 0) + 1}
    prize = entry.get("prize")
    return publication(counted, content_of(entry), source=CONFIRMATION, by=by, prize=prize, pending=pending)
