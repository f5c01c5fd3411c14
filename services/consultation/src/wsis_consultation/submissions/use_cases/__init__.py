"""Submissions: what can be done with the form, drafts and what was submitted."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.submissions.use_cases import drafts, forms, mails, overrides, submissions


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
