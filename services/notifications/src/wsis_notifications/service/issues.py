"""Entrypoints. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc

from wsis_notifications.use_cases.issues import compose

Row = dict[str, Any]


class IssuesEntrypoints(Service):
    """Issues of the newsletter: sections, previews, checks, archive."""

    issues_cases = Composed(compose)

    # -- everybody ----------------------------------------------------------------------------------------------------

    @rpc
    def list_issues(self, limit: int = 20, after: str | None = None, month: str | None = None) -> Row:
        """Issues that are sent, the newest first."""
        return self.issues_cases.archive.list(context.current(), month, after, limit)

    @rpc
    def read_issue(self, issue: str) -> Row:
        """An issue."""
        return self.issues_cases.archive.read(context.current(), issue)

    @rpc
    def render_issue_page(self, issue: str) -> Row:
        """An issue as a page."""
        return self.issues_cases.archive.page(context.current(), issue)

    @rpc
    def issue_feed(self) -> Row:
        """The Atom feed."""
        return self.issues_cases.archive.feed(context.current())

    @rpc
    def read_issue_image(self, image: str) -> Row:
        """An image."""
        return self.issues_cases.archive.image(image)

    # -- officers -----------------------------------------------------------------------------------------------------

    @rpc
    def list_compositions(self, limit: int = 20, after: str | None = None, state: str | None = None) -> Row:
        """Issues in any state."""
        return self.issues_cases.editing.list(context.current(), state, after, limit)

    @rpc
    def read_composition(self, issue: str) -> Row:
        """An issue with all its texts."""
        return self.issues_cases.editing.read(issue)

    @rpc(writes=True)
    def create_issue(self, body: Row) -> Row:
        """Begin an issue."""
        return self.issues_cases.editing.create(context.current(), body)

    @rpc(writes=True)
    def edit_issue(self, issue: str, body: Row) -> Row:
        """Replace the contents of a draft."""
        return self.issues_cases.editing.edit(issue, body)

    @rpc(writes=True)
    def delete_issue(self, issue: str) -> None:
        """Delete a draft."""
        self.issues_cases.editing.delete(context.current(), self.bus.blobs, issue)

    @rpc(writes=True)
    def copy_issue(self, issue: str, body: Row) -> Row:
        """Begin an issue with the contents of another."""
        return self.issues_cases.editing.copy(context.current(), issue, body)

    @rpc(writes=True)
    def add_issue_image(self, issue: str, upload: Row) -> Row:
        """Add an image to a draft."""
        return self.issues_cases.editing.add_image(self.bus.blobs, issue, upload)

    @rpc
    def preview_issue_page(self, issue: str) -> Row:
        """The HTML of the mail."""
        return self.issues_cases.previews.page(context.current(), issue)

    @rpc
    def preview_issue_text(self, issue: str) -> Row:
        """The plain text of the mail."""
        return self.issues_cases.previews.text(context.current(), issue)

    @rpc
    def check_issue(self, issue: str) -> Row:
        """What to mend."""
        return self.issues_cases.previews.check(context.current(), issue)

    @rpc(writes=True)
    def move_issue(self, issue: str, body: Row) -> Row:
        """Make an issue ready, take it back, cancel it."""
        return self.issues_cases.editing.move(self.bus.blobs, issue, body)
