"""Use cases. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.archive import ArchiveCases
from wsis_notifications.issues.use_cases.composing import ComposingCases
from wsis_notifications.issues.use_cases.editing import EditingCases
from wsis_notifications.issues.use_cases.previews import PreviewCases
from wsis_notifications.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class IssuesCases:
    """What can be done with issues, by who does it."""

    archive: ArchiveCases
    editing: EditingCases
    composing: ComposingCases
    previews: PreviewCases


def compose(parts: Parts) -> IssuesCases:
    """The use cases with their collaborators; called once per process."""
    issues, public_url = Issues(parts.db), Settings.load().public_url
    return IssuesCases(
        ArchiveCases(issues, public_url),
        EditingCases(issues, public_url),
        ComposingCases(issues),
        PreviewCases(issues, public_url),
    )
