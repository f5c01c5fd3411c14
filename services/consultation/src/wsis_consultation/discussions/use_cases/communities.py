"""Communities and discussions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, revisions
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc
from wsis_shared.revisions import IfMatch

from wsis_consultation.discussions.events import COMMUNITY_CHANGED, DISCUSSION_CHANGED
from wsis_consultation.discussions.rules import comments, discussions
from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.discussions.store import Comments, CommunityFollowers, Discussions
from wsis_consultation.discussions.use_cases.community_followers import notices
from wsis_consultation.discussions.use_cases.reading import Presenter
from wsis_consultation.editions.store import Editions

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class CommunityCases:
    """What is done with communities and discussions."""

    def __init__(
        self, editions: Editions, discussions: Discussions, followers: CommunityFollowers, presenter: Presenter
    ) -> None:
        self._editions, self._discussions, self._presenter = editions, discussions, presenter
        self._followers = followers

    @rpc
    def list_communities(self, ctx: Context, edition: str) -> JsonObject:
        """All communities, in the reader's language. Raises NotFound."""
        self._editions.find(edition)
        rows = self._discussions.communities(edition)
        return {"items": [self._presenter.community(row, ctx.locale) for row in rows]}

    @rpc(writes=True)
    def create_community(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A new community. Raises NotFound, Conflict."""
        self._editions.find(edition)
        if self._discussions.find_community(edition, body["code"]) is not None:
            raise Conflict("consultation.community_exists", community=body["code"])
        return self._save_community(ctx, discussions.new_community(edition, body), None)

    @rpc
    def read_community(self, ctx: Context, edition: str, community: str) -> JsonObject:
        """A community, in the reader's language. Raises NotFound."""
        return self._presenter.community(self._discussions.community(edition, community), ctx.locale)

    @rpc(writes=True)
    def change_community(
        self, ctx: Context, edition: str, community: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Other texts. Raises NotFound, Invalid, PreconditionFailed."""
        found = self._discussions.community(edition, community)
        revisions.require(found, discussions.edited_community(found), if_match)
        return self._save_community(ctx, discussions.changed_community(found, body), found)

    def _save_community(
        self, ctx: Context, row: discussions.Community, before: discussions.Community | None
    ) -> JsonObject:
        entry = audit.entry(
            "consultation.community_changed",
            f"community/{row['_id']}",
            discussions.edited_community(before) if before else None,
            discussions.edited_community(row),
        )
        event = new_event(COMMUNITY_CHANGED, subject=row["_id"], edition=row["edition"], community=row["code"])
        return self._presenter.community(self._discussions.save("communities", row, event, entry), ctx.locale)

    @rpc
    def list_discussions(
        self,
        edition: str,
        limit: int = 20,
        after: str | None = None,
        community: str | None = None,
        language: str | None = None,
        state: str | None = None,
    ) -> JsonObject:
        """Discussions, the newest first. Raises NotFound."""
        self._editions.find(edition)
        filters = {"community": community, "language": language, "state": state}
        given = {name: value for name, value in filters.items() if value is not None}
        return self._discussions.page(edition, given, after, limit).response(self._presenter.discussion_row)

    @rpc
    def read_discussion(self, ctx: Context, edition: str, discussion: str) -> JsonObject:
        """A discussion. Raises NotFound."""
        return self._presenter.discussion(self._discussions.discussion(edition, discussion), ctx.locale)

    @rpc
    def preview_discussion(self, edition: str, body: Input) -> JsonObject:
        """The opening text as HTML. Raises NotFound."""
        self._editions.find(edition)
        return {"html": to_html(body["text"])}

    @rpc(writes=True)
    def open_discussion(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A new discussion; who follows its community is told. Raises NotFound."""
        self._editions.find(edition)
        self._discussions.community(edition, body["community"])
        row = discussions.opened(edition, self._discussions.next_number(edition), body, ctx.received_at)
        entry = audit.entry("consultation.discussion_opened", f"discussion/{row['_id']}", after={"title": row["title"]})
        told = notices(self._followers, row)
        saved = self._discussions.save("discussions", row, changed_event(row), entry, *told)
        return self._presenter.discussion(saved, ctx.locale)

    @rpc(writes=True)
    def change_discussion(
        self, ctx: Context, edition: str, discussion: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Another title or opening text. Comments keep the language in which they were written. Raises NotFound,
        PreconditionFailed."""
        found = self._discussions.discussion(edition, discussion)
        revisions.require(found, discussions.edited(found), if_match)
        self._discussions.community(edition, body["community"])
        written = discussions.content(body)
        changed: discussions.Discussion = {
            **found,
            "community": written["community"],
            "language": written["language"],
            "title": written["title"],
            "source": written["source"],
            "html": written["html"],
            "approval": discussions.needs_approval(found) if body.get("approval") is None else body["approval"],
        }
        entry = audit.entry(
            "consultation.discussion_edited",
            f"discussion/{discussion}",
            discussions.edited(found),
            discussions.edited(changed),
        )
        saved = self._discussions.set_fields(found, changed, changed_event(changed), entry)
        return self._presenter.discussion(saved, ctx.locale)

    @rpc(writes=True)
    def set_discussion_state(self, ctx: Context, edition: str, discussion: str, body: Input) -> JsonObject:
        """Close a discussion, or open it again. Raises NotFound."""
        [row] = self._set_states(ctx, edition, [discussion], body)
        return self._presenter.discussion(row, ctx.locale)

    @rpc(writes=True)
    def set_discussion_states(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Close discussions, or open them again. Raises NotFound."""
        rows = self._set_states(ctx, edition, list(dict.fromkeys(body["discussions"])), body)
        return {"items": [self._presenter.discussion_row(row) for row in rows]}

    def _set_states(self, ctx: Context, edition: str, ids: list[str], body: Input) -> list[discussions.Discussion]:
        """The discussions, in that order, in the state of the body."""
        found = self._discussions.some(edition, ids)
        changed = [discussions.in_state(row, body["state"], ctx.received_at) for row in found]
        differing = [new for row, new in zip(found, changed, strict=True) if new is not row]
        told = {row["_id"]: (changed_event(row), _state_set(row, body["reason"])) for row in differing}
        self._discussions.save_states(differing, told)
        return changed


def changed_event(row: discussions.Discussion) -> PendingEvent:
    """Whoever keeps the discussion reads it again."""
    return new_event(
        DISCUSSION_CHANGED,
        subject=row["_id"],
        discussion=row["_id"],
        edition=row["edition"],
        community=row["community"],
        language=row["language"],
        state=row["state"],
    )


def _state_set(row: discussions.Discussion, reason: str) -> PendingEvent:
    """The entry of the audit log: a state is either of two, so the former one is the other."""
    state = row["state"]
    former = discussions.OPEN if state == discussions.CLOSED else discussions.CLOSED
    return audit.entry(
        f"consultation.discussion_{state}", f"discussion/{row['_id']}", {"state": former}, {"state": state}, reason
    )


# Renders what people wrote once more: the rules for HTML have changed.


BATCH_SIZE = 200  # comments of one step


class RenderingCases:
    """A job: discussion by discussion, window by window. The checkpoint is [number of the discussion, comment]."""

    def __init__(self, editions: Editions, discussions: Discussions, comments: Comments) -> None:
        self._editions, self._discussions, self._comments = editions, discussions, comments

    @rpc(writes=True)
    def start_render_comments(self, jobs: Jobs, edition: str) -> Job:
        """Start the job; while it runs, it is that one."""
        return jobs.enqueue("render_comments", {"edition": edition}, key=edition)

    @job()
    def render_comments(self, run: Run) -> Next | Finish:
        """Render one window of comments. Raises NotFound."""
        edition = run.arguments["edition"]
        self._editions.find(edition)
        number, low, rendered = run.checkpoint or (1, 1, 0)
        discussion = self._discussions.numbered(edition, number)
        if discussion is None:
            return run.finish({"rendered": rendered})
        if low == 1:
            self._discussions.set_html({discussion["_id"]: to_html(discussion["source"])})
        rows = self._comments.window(discussion["_id"], low, low + BATCH_SIZE)
        self._comments.set_html({row["_id"]: to_html(row["source"]) for row in rows})
        self._comments.set_words({row["_id"]: comments.with_words(row)["words"] for row in rows})
        rendered, low = rendered + len(rows), low + BATCH_SIZE
        place = (number, low) if low <= discussion["comments"] else (number + 1, 1)
        return run.next([*place, rendered], done=rendered)
