"""High-level track facilitators: what can be done from the call to the selection."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.facilitators.use_cases import mails, nominations, portraits, selection


def compose(
    parts: Parts,
) -> tuple[nominations.NominationCases, selection.SelectionCases, portraits.PortraitCases, mails.CandidateMailCases]:
    """The use cases with their collaborators; called once per process."""
    return nominations.compose(parts), selection.compose(parts), portraits.compose(parts), mails.compose(parts)
