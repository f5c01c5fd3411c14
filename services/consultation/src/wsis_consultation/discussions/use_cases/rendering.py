"""Renders what people wrote once more: the rules for HTML have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.operations import job, rpc

from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.editions.store.editions import Editions

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

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
        rendered, low = rendered + len(rows), low + BATCH_SIZE
        place = (number, low) if low <= discussion["comments"] else (number + 1, 1)
        return run.next([*place, rendered], done=rendered)
