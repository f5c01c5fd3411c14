"""High-level track facilitators: what can be done from the call to the selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_consultation.facilitators.use_cases import mails, nominations, portraits, selection

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class FacilitatorCases:
    """The use cases by what they are about."""

    nominations: nominations.NominationCases
    selection: selection.SelectionCases
    portraits: portraits.PortraitCases
    mails: mails.CandidateMailCases


def compose(parts: Parts) -> FacilitatorCases:
    """The use cases with their collaborators; called once per process."""
    made = nominations.compose(parts), selection.compose(parts), portraits.compose(parts), mails.compose(parts)
    return FacilitatorCases(*made)
