"""Submissions: what can be done with the form, drafts and what was submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_consultation.submissions.use_cases import drafts, forms, mails, overrides, submissions

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class WholeSubmissionCases:
    """The use cases by what they are about."""

    forms: forms.FormCases
    drafts: drafts.DraftCases
    submissions: submissions.SubmissionCases
    overrides: overrides.OverrideCases
    mails: mails.MailCases


def compose(parts: Parts) -> WholeSubmissionCases:
    """The use cases with their collaborators; called once per process."""
    return WholeSubmissionCases(
        forms.compose(parts),
        drafts.compose(parts),
        submissions.compose(parts),
        overrides.compose(parts),
        mails.compose(parts),
    )
