"""Use cases of saved searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wsis_shared.settings import Suite

from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.saved_searches.store import SavedSearches
from wsis_stocktaking.saved_searches.use_cases.mails import MailCases
from wsis_stocktaking.saved_searches.use_cases.own import OwnCases
from wsis_stocktaking.saved_searches.use_cases.running import RunningCases
from wsis_stocktaking.search import index
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class SavedSearchesCases:
    """What can be done."""

    own: OwnCases
    running: RunningCases
    mails: MailCases


def compose(parts: Parts) -> SavedSearchesCases:
    """The use cases with their collaborators; called once per process."""
    settings, register, searches = Settings.current(), Register(parts.db), SavedSearches(parts.db)
    public_url = Suite.load().public_url.rstrip("/")
    return SavedSearchesCases(
        own=OwnCases(searches, register, most=settings.stocktaking_saved_searches),
        running=RunningCases(searches, index.of_process(register, settings)),
        mails=MailCases(
            searches, parts.client("accounts"), public_url=public_url, host=urlsplit(public_url).hostname or "localhost"
        ),
    )
