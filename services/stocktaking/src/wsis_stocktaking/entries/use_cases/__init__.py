"""Entries: own drafts, review by officers, public reading, the call for updates."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_stocktaking.entries.use_cases import invitations, own, public, review


def compose(parts: Parts) -> tuple[own.OwnEntries, review.Reviews, public.PublicEntries, invitations.InvitationCases]:
    """The use cases with their collaborators; called once per process."""
    return own.compose(parts), review.compose(parts), public.compose(parts), invitations.compose(parts)
