"""Submissions: what can be done with the form, drafts and what was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_consultation.submissions.use_cases import drafts, forms, mails, overrides, submissions

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


def compose(
    parts: Parts,
) -> tuple[forms.FormCases, drafts.DraftCases, submissions.SubmissionCases, overrides.OverrideCases, mails.MailCases]:
    """The use cases with their collaborators; called once per process."""
    return (
        forms.compose(parts),
        drafts.compose(parts),
        submissions.compose(parts),
        overrides.compose(parts),
        mails.compose(parts),
    )
