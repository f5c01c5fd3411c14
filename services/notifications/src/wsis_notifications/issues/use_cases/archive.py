"""What everybody reads: issues that were sent."""

from __future__ import annotations

from wsis_shared.atom import MAX_ENTRIES
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc

from wsis_notifications.issues.rules import lifecycle
from wsis_notifications.issues.rules.contents import Issue
from wsis_notifications.issues.rules.feed import feed_of
from wsis_notifications.issues.rules.rendering import render_page
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases import presenters


class ArchiveCases:
    """Lists, pages, the feed."""

    def __init__(self, issues: Issues, public_url: str) -> None:
        self._issues, self._public_url = issues, public_url

    @rpc
    def list_issues(
        self, ctx: Context, limit: int = 20, after: str | None = None, month: str | None = None
    ) -> JsonObject:
        """Issues that are sent, the newest first."""
        return self._issues.sent(month, after, limit).response(lambda one: presenters.summary(one, ctx.locale))

    @rpc
    def read_issue(self, ctx: Context, issue: str) -> JsonObject:
        """An issue in the reader's language. Raises NotFound."""
        return presenters.to_readers(self._released(issue), ctx.locale, self._public_url)

    @rpc
    def render_issue_page(self, ctx: Context, issue: str) -> JsonObject:
        """The same as a page. Raises NotFound."""
        html = render_page(self._released(issue), ctx.locale, self._public_url)
        return {"text": html, "filename": f"{issue}-{ctx.locale}.html"}

    @rpc
    def issue_feed(self, ctx: Context) -> JsonObject:
        """The last issues."""
        rows = self._issues.sent(None, None, MAX_ENTRIES).rows
        return {"text": feed_of(rows, ctx.locale, self._public_url, ctx.received_at), "filename": "wsis-flash.atom"}

    @rpc
    def read_issue_image(self, image: str) -> JsonObject:
        """An image of an issue in any state: mails of a test show it too, and its id cannot be guessed. Raises
        NotFound."""
        if not self._issues.shows_image(image):
            raise NotFound("notifications.image_missing", image=image)
        return {"blob": image}

    def _released(self, id: str) -> Issue:
        issue = self._issues.read(id)
        if not lifecycle.is_released(issue):
            raise NotFound("notifications.issue_unknown", issue=id)
        return issue
