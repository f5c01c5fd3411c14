"""IssueTexts: what campaigns send, from the issues of the newsletter."""

from __future__ import annotations

from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo_connection import Database

from wsis_notifications.campaigns.rules.states import Campaign
from wsis_notifications.campaigns.sender.composing import Text
from wsis_notifications.issues.rules.rendering import archive_url, render_parts
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.sending import set_state
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.rules.tokens import preferences_path


class IssueTexts:
    """Texts and states of issues."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._issues, self._secret = Issues(db), mailbox_secret()
        self._public_url = settings.public_url.rstrip("/")

    def render(self, campaign: Campaign, language: str) -> Text:
        """The issue of a campaign in a language."""
        parts = render_parts(self._issues.read(campaign["issue"]), language, self._public_url)
        return Text(parts.subject, parts.html, parts.text)

    def archive_url(self, campaign: Campaign, language: str) -> str:
        """The page of the issue."""
        return archive_url(campaign["issue"], language, self._public_url)

    def preferences_url(self, reader: str, language: str) -> str:
        """The page on which a reader chooses."""
        return f"{self._public_url}/{language}{preferences_path(reader, self._secret)}"

    def set_state(self, issue: str, state: str) -> None:
        """The issue is `sending` or `sent`."""
        set_state(self._issues, issue, state)
