"""Entrypoints of discussions."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, job, rpc, subscribe
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_consultation.use_cases.discussions import compose

Row = dict[str, Any]


class DiscussionsEntrypoints(Service):
    """Online discussions: communities, comments, moderation, feeds."""

    discussions = Composed(compose, calls=("accounts.contacts", "accounts.profile"))

    # -- communities and discussions -----------------------------------------------------------------------------------

    @rpc
    def list_communities(self, edition: str) -> Row:
        """Communities of an edition."""
        return self.discussions.communities.list_communities(context.current(), edition)

    @rpc(writes=True)
    def create_community(self, edition: str, body: Row) -> Row:
        """A new community."""
        return self.discussions.communities.create_community(context.current(), edition, body)

    @rpc
    def read_community(self, edition: str, community: str) -> Row:
        """A community."""
        return self.discussions.communities.read_community(context.current(), edition, community)

    @rpc(writes=True)
    def change_community(self, edition: str, community: str, body: Row, if_match: list[int] | None = None) -> Row:
        """Other texts of a community."""
        return self.discussions.communities.change_community(context.current(), edition, community, body, if_match)

    @rpc
    def list_discussions(
        self,
        edition: str,
        limit: int = 20,
        after: str | None = None,
        community: str | None = None,
        language: str | None = None,
        state: str | None = None,
    ) -> Row:
        """Discussions, the newest first."""
        return self.discussions.communities.list_discussions(
            edition, limit, after, community=community, language=language, state=state
        )

    @rpc(writes=True)
    def open_discussion(self, edition: str, body: Row) -> Row:
        """A new discussion."""
        return self.discussions.communities.open_discussion(context.current(), edition, body)

    @rpc
    def read_discussion(self, edition: str, discussion: str) -> Row:
        """A discussion."""
        return self.discussions.communities.read_discussion(context.current(), edition, discussion)

    @rpc(writes=True)
    def change_discussion(self, edition: str, discussion: str, body: Row, if_match: list[int] | None = None) -> Row:
        """Another title or opening text."""
        return self.discussions.communities.change_discussion(context.current(), edition, discussion, body, if_match)

    @rpc(writes=True)
    def set_discussion_state(self, edition: str, discussion: str, body: Row) -> Row:
        """Close or open it."""
        return self.discussions.communities.set_state(context.current(), edition, discussion, body)

    # -- comments ------------------------------------------------------------------------------------------------------

    @rpc
    def list_comments(
        self, edition: str, discussion: str, after: int | None = None, limit: int = 50, order: str = "newest"
    ) -> Row:
        """Comments, flat."""
        return self.discussions.reading.list_comments(context.current(), edition, discussion, after, limit, order)

    @rpc
    def list_threads(
        self, edition: str, discussion: str, after: int | None = None, limit: int = 20, order: str = "newest"
    ) -> Row:
        """Comments by thread."""
        return self.discussions.reading.list_threads(context.current(), edition, discussion, after, limit, order)

    @rpc
    def list_replies(
        self, edition: str, discussion: str, number: str, after: int | None = None, limit: int = 50
    ) -> Row:
        """Replies of a thread."""
        return self.discussions.reading.list_replies(context.current(), edition, discussion, number, after, limit)

    @rpc
    def read_comment(self, edition: str, discussion: str, number: str) -> Row:
        """A comment."""
        return self.discussions.reading.read_comment(context.current(), edition, discussion, number)

    @rpc
    def read_discussion_feed(self, edition: str, discussion: str) -> Row:
        """The Atom feed."""
        return self.discussions.reading.feed(context.current(), edition, discussion)

    @rpc(writes=True)
    def post_comment(self, edition: str, discussion: str, body: Row) -> Row:
        """A comment or a reply."""
        return self.discussions.posting.post_comment(context.current(), edition, discussion, body)

    @rpc(writes=True)
    def edit_comment(self, edition: str, discussion: str, number: str, body: Row) -> Row:
        """Another text of one's own comment."""
        return self.discussions.posting.edit_comment(context.current(), edition, discussion, number, body)

    @rpc(writes=True)
    def delete_comment(self, edition: str, discussion: str, number: str) -> Row:
        """A tombstone in place of one's own comment."""
        return self.discussions.posting.delete_comment(context.current(), edition, discussion, number)

    # -- moderation ----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def report_comment(self, edition: str, discussion: str, number: str, body: Row) -> None:
        """Tell the secretariat of a comment."""
        return self.discussions.moderation.report_comment(context.current(), edition, discussion, number, body)

    @rpc
    def list_reported_comments(
        self, edition: str, state: str = "open", limit: int = 20, after: str | None = None
    ) -> Row:
        """Reported comments, the last reported first."""
        return self.discussions.moderation.list_reported(context.current(), edition, state, limit, after)

    @rpc
    def list_comment_reports(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> Row:
        """Reports on a comment."""
        return self.discussions.moderation.list_reports(edition, discussion, number, limit, after)

    @rpc
    def list_comment_versions(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> Row:
        """What a comment said before."""
        return self.discussions.moderation.list_versions(edition, discussion, number, limit, after)

    @rpc(writes=True)
    def moderate_comment(self, edition: str, discussion: str, number: str, body: Row) -> Row:
        """Hide or restore a comment."""
        return self.discussions.moderation.moderate_comment(context.current(), edition, discussion, number, body)

    @rpc(writes=True)
    def start_render_comments(self, edition: str) -> Row:
        """Start the job that renders all comments once more."""
        return self.job_response(self.bus.jobs.enqueue("render_comments", {"edition": edition}, key=edition))

    @job()
    def render_comments(self, run: Run) -> Next | Finish:
        """One window of comments."""
        return self.discussions.rendering.step(run)

    # -- followers -----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def follow_discussion(self, edition: str, discussion: str, body: Row) -> Row:
        """Follow at once, daily, or no more."""
        return self.discussions.followers.follow(context.current(), edition, discussion, body)

    @rpc
    def list_follows(self, edition: str) -> Row:
        """What the reader follows."""
        return self.discussions.followers.list_follows(context.current(), edition)

    @rpc
    def write_comment_notice(self, data: Row, account: str) -> Row:
        """The mail of a comment to a follower; called by notifications."""
        return self.discussions.followers.write_notice(data, account)

    @rpc
    def write_comments_digest(self, data: Row, account: str) -> Row:
        """The digest of a day for a follower; called by notifications."""
        return self.discussions.digests.write(data, account)

    @rpc
    def explain_moderation(self, data: Row, account: str) -> Row:
        """The mail about a decision to the author of a comment; called by notifications."""
        return self.discussions.followers.explain_moderation(data)

    @subscribe("consultation", "comment_posted")
    def mail_followers(self, event: Row) -> None:
        """Mails to those who follow at once."""
        self.discussions.followers.mail_comment(context.current(), event["data"])

    @subscribe("consultation", "comment_posted")
    def remember_commenter(self, event: Row) -> None:
        """Changes of the edition concern its commenters."""
        self.discussions.followers.remember_author(event["data"])

    @every(300)
    def send_comment_digests(self) -> None:
        """The daily digest."""
        self.discussions.digests.send(context.current().received_at)
