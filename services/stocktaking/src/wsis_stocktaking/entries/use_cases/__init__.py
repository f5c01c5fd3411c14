"""Entries: own drafts, review by officers, public reading, the call for updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_stocktaking.entries.use_cases import invitations, own, public, review

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class EntriesCases:
    """The use cases by who works with entries."""

    own: own.OwnEntries
    reviews: review.Reviews
    public: public.PublicEntries
    invitations: invitations.InvitationCases


def compose(parts: Parts) -> EntriesCases:
    """The use cases with their collaborators; called once per process."""
    return EntriesCases(own.compose(parts), review.compose(parts), public.compose(parts), invitations.compose(parts))
