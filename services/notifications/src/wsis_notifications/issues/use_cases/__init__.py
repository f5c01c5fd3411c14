"""Use cases. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.archive import ArchiveCases
from wsis_notifications.issues.use_cases.composing import ComposingCases
from wsis_notifications.issues.use_cases.editing import EditingCases
from wsis_notifications.issues.use_cases.previews import PreviewCases
from wsis_notifications.settings import Settings


def compose(parts: Parts) -> tuple[ArchiveCases, EditingCases, ComposingCases, PreviewCases]:
    """The use cases with their collaborators; called once per process."""
    issues, public_url = Issues(parts.db), Settings.load().public_url
    return (
        ArchiveCases(issues, public_url),
        EditingCases(issues, public_url),
        ComposingCases(issues),
        PreviewCases(issues, public_url),
    )
