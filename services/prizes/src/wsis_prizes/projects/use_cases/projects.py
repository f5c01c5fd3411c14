"""What submitters do with their projects, and the list of officers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc, subscribe

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.projects.events import PROJECT_SUBMITTED, PROJECT_WITHDRAWN
from wsis_prizes.projects.rules import images, projects, submissions
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.rules.submissions import MAX_DRAFTS, Receipt
from wsis_prizes.projects.store import Projects
from wsis_prizes.projects.use_cases import presenters
from wsis_prizes.reviews.store import Reviews

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

RECEIPTS = "receipts"  # each submission counts the receipts of its edition


def readable(projects: Projects, reviews: Reviews, ctx: Context, project: str) -> tuple[Project, bool]:
    """The project for who may read it, and whether whole: its submitter and officers, not the jurors who review it.
    Raises NotFound."""
    found = projects.project(project)
    if found["owner"] == ctx.actor.id or (ctx.actor.has("officer") and "number" in found):
        return found, True
    if not ctx.actor.has("juror") or ctx.actor.id not in reviews.jurors_of(project):
        raise NotFound("prizes.project_unknown", project=project)
    return found, False


class ProjectCases:
    """Draft, submit, edit, withdraw."""

    def __init__(self, editions: Editions, projects: Projects, reviews: Reviews) -> None:
        self._editions, self._projects, self._reviews = editions, projects, reviews

    @rpc(writes=True, turn=RECEIPTS)
    def create_project(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """A draft, or at once a submission."""
        doc = self._editions.edition(edition)
        submissions.must_be_open(doc, ctx.received_at)
        draft: Project = {
            "_id": ctx.new_id("project"),
            "edition": edition,
            "owner": str(ctx.actor.id),
            "state": projects.DRAFT,
            "created_at": ctx.received_at,
            "language": ctx.locale,
        }
        written = submissions.written(draft, doc, body)
        saved = self._submit(ctx, written, doc) if body.get("submit") else self._draft(written, doc)
        return presenters.project(saved, doc, ctx.received_at, ctx.locale, whole=True)

    def _draft(self, project: Project, edition: Edition) -> Project:
        if self._projects.count_drafts(project["owner"], edition["_id"], MAX_DRAFTS) >= MAX_DRAFTS:
            raise Conflict("prizes.too_many_drafts", limit=MAX_DRAFTS)
        return self._projects.save_project(project, edition)

    @rpc
    def read_project(self, ctx: Context, project: str) -> dict[str, object]:
        """One's own project; any for the secretariat; without contact for the jurors who review it."""
        found, whole = readable(self._projects, self._reviews, ctx, project)
        return presenters.project(
            found, self._editions.edition(found["edition"]), ctx.received_at, ctx.locale, whole=whole
        )

    @rpc
    def read_own_project(self, ctx: Context, project: str) -> dict[str, object]:
        """One's own project; another's is not there."""
        found = self._projects.own_project(project, str(ctx.actor.id))
        edition = self._editions.edition(found["edition"])
        shown = presenters.project(found, edition, ctx.received_at, ctx.locale, whole=True)
        return {**shown, "duplicate": self._duplicate(found, edition)}

    def _duplicate(self, draft: Project, edition: Edition) -> dict[str, object] | None:
        """The other project of the account for which a submission would be refused. Those of others are not told: a
        draft costs nothing, and what is submitted is secret until it is nominated."""
        if draft["state"] != projects.DRAFT:
            return None
        found = self._projects.in_the_way(submissions.with_unique_keys({**draft, "state": projects.SUBMITTED}, edition))
        return presenters.duplicate(*found) if found and found[1]["owner"] == draft["owner"] else None

    @rpc
    def list_my_projects(self, ctx: Context, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Projects of the account that asks, drafts too."""
        page, now = self._projects.projects_of(str(ctx.actor.id), limit, after), ctx.received_at
        return page.response(lambda row: presenters.project_row(row, now))

    @rpc
    def list_projects(
        self, ctx: Context, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Projects that came in, by number; `filters` as in the schema ProjectQuery."""
        self._editions.edition(edition)
        now = ctx.received_at
        page = self._projects.listed(edition, filters, limit, after, now)
        listed = page.response(lambda row: presenters.listed(row, now))
        return {**listed, "total": self._projects.count(edition, filters, now)}

    @rpc(writes=True)
    def change_project(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Edit a draft or a submission until the deadline; a submission stays complete."""
        found = self._projects.own_project(project, str(ctx.actor.id))
        edition = self._editions.edition(found["edition"])
        submissions.may_change(found, edition, ctx.received_at)
        if body.get("version") not in (None, found.get("version")):
            raise Conflict("prizes.changed_meanwhile")
        written = submissions.written(found, edition, body)
        if written["state"] == projects.SUBMITTED:
            submissions.must_be_complete(written, edition)
            if submissions.needs_other_jurors(found, written):
                self._reviews.drop_reviews(project=project)
                self._reviews.follow(project, written["category"])
        saved = self._projects.save_project(written, edition)
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @rpc(writes=True, turn=RECEIPTS)
    def submit_project(self, ctx: Context, project: str) -> Receipt:
        """Submit a draft; the answer is the numbered receipt. A second call answers with the same receipt."""
        found = self._projects.own_project(project, str(ctx.actor.id))
        if found["state"] == projects.SUBMITTED:
            return submissions.receipt(found)
        edition = self._editions.edition(found["edition"])
        submissions.may_change(found, edition, ctx.received_at)
        return submissions.receipt(self._submit(ctx, found, edition))

    def _submit(self, ctx: Context, project: Project, edition: Edition) -> Project:
        submissions.must_be_complete(project, edition)  # no number is taken for another
        number = self._projects.next_number(edition["_id"])
        done = submissions.submitted(project, edition, number, ctx.received_at)
        return self._projects.save_project(
            done,
            edition,
            new_event(
                PROJECT_SUBMITTED,
                subject=done["_id"],
                edition=edition["_id"],
                project=done["_id"],
                number=number,
                category=done["category"],
                country=done["country"],
                region=done["region"],
                sdgs=[link["sdg"] for link in done["sdgs"]],
                account=done["owner"],
            ),
        )

    @rpc(writes=True)
    def withdraw_project(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Take a project back until voting opens; its category is free again. A draft is deleted from sight too."""
        found = self._projects.own_project(project, str(ctx.actor.id))
        edition = self._editions.edition(found["edition"])
        submissions.may_withdraw(found, edition, ctx.received_at)
        gone: Project = {
            **found,
            "state": projects.WITHDRAWN,
            "withdrawn": {"at": ctx.received_at, "reason": body["reason"]},
        }
        self._reviews.drop_reviews(project=project)
        pending = []
        if found.get("number"):
            pending.append(
                new_event(
                    PROJECT_WITHDRAWN,
                    subject=project,
                    edition=found["edition"],
                    project=project,
                    number=found["number"],
                    category=found["category"],
                    nominated=found["state"] == projects.NOMINATED,
                    account=found["owner"],
                )
            )
        saved = self._projects.save_project(gone, edition, *pending)
        if found["state"] == projects.NOMINATED:
            self._editions.nominees_changed(edition)
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @subscribe("accounts", "account_erased", name="on_account_erased")
    @subscribe("accounts", "address_erased", name="on_address_erased")
    def forget(self, erasure: Erasure, blobs: BlobStore) -> None:
        """Forget the person, also as the contact of somebody else's project; what was submitted stays without it."""
        for draft in self._projects.forget(erasure):
            for blob in images.files(draft.get("image")):
                blobs.delete(blob)

    @rpc
    def receipt_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The receipt, with what was sent."""
        found = self._projects.project(data["project"])
        sent = {name: found.get(name) for name in ("title", "category", "organization", "country", "short_description")}
        return {**submissions.receipt(found), **sent}

    @rpc
    def project_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The project's title."""
        return {"title": self._projects.project(data["project"])["title"]}
