"""What submitters do with their projects."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc, subscribe

from wsis_prizes import errors
from wsis_prizes.events import CLARIFICATION_ANSWERED, PROJECT_SUBMITTED, PROJECT_WITHDRAWN
from wsis_prizes.rules import projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.rules.projects import Clarification, Project, Receipt
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters

RECEIPTS = "receipts"  # each submission counts the receipts of its edition


class ProjectCases:
    """Draft, submit, edit, withdraw, answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc(writes=True, turn=RECEIPTS)
    def create_project(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """A draft, or at once a submission."""
        doc = self._store.edition(edition)
        projects.must_be_open(doc, ctx.received_at)
        draft: Project = {
            "_id": ctx.new_id("project"),
            "edition": edition,
            "owner": str(ctx.actor.id),
            "state": projects.DRAFT,
            "created_at": ctx.received_at,
            "language": ctx.locale,
        }
        written = projects.written(draft, doc, body)
        saved = self._submit(ctx, written, doc) if body.get("submit") else self._draft(written, doc)
        return presenters.project(saved, doc, ctx.received_at, ctx.locale, whole=True)

    def _draft(self, project: Project, edition: Edition) -> Project:
        if self._store.count_drafts(project["owner"], edition["_id"], projects.MAX_DRAFTS) >= projects.MAX_DRAFTS:
            raise Conflict("prizes.too_many_drafts", limit=projects.MAX_DRAFTS)
        return self._store.save_project(project, edition)

    @rpc
    def read_project(self, ctx: Context, project: str) -> dict[str, object]:
        """One's own project; any for the secretariat; without contact for the jurors who review it."""
        found = self._store.project(project)
        whole = found["owner"] == ctx.actor.id or (ctx.actor.has("officer") and "number" in found)
        if not whole:
            self._must_review(ctx, found)
        return presenters.project(
            found, self._store.edition(found["edition"]), ctx.received_at, ctx.locale, whole=whole
        )

    def _must_review(self, ctx: Context, project: Project) -> None:
        if not ctx.actor.has("juror") or ctx.actor.id not in self._store.jurors_of(project["_id"]):
            raise NotFound("prizes.project_unknown", project=project["_id"])

    @rpc
    def list_my_projects(self, ctx: Context, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Projects of the account that asks, drafts too."""
        page, now = self._store.projects_of(str(ctx.actor.id), limit, after), ctx.received_at
        return page.response(lambda row: presenters.project_row(row, now))

    @rpc(writes=True)
    def change_project(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Edit a draft or a submission until the deadline; a submission stays complete."""
        found = self._store.own_project(project, str(ctx.actor.id))
        edition = self._store.edition(found["edition"])
        projects.may_change(found, edition, ctx.received_at)
        written = projects.written(found, edition, body)
        if written["state"] == projects.SUBMITTED and (wrong := projects.problems(written, edition)):
            raise errors.project_incomplete(wrong)
        if projects.needs_other_jurors(found, written):
            self._store.drop_reviews(project=project)
        saved = self._store.save_project(written, edition)
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @rpc(writes=True, turn=RECEIPTS)
    def submit_project(self, ctx: Context, project: str) -> Receipt:
        """Submit a draft; the answer is the numbered receipt. A second call answers with the same receipt."""
        found = self._store.own_project(project, str(ctx.actor.id))
        if found["state"] == projects.SUBMITTED:
            return projects.receipt(found)
        edition = self._store.edition(found["edition"])
        projects.may_change(found, edition, ctx.received_at)
        return projects.receipt(self._submit(ctx, found, edition))

    def _submit(self, ctx: Context, project: Project, edition: Edition) -> Project:
        if wrong := projects.problems(project, edition):
            raise errors.project_incomplete(wrong)
        number = self._store.next_number(edition["_id"])
        done = projects.submitted(project, edition, number, ctx.received_at)
        return self._store.save_project(
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
        found = self._store.own_project(project, str(ctx.actor.id))
        edition = self._store.edition(found["edition"])
        projects.may_withdraw(found, edition, ctx.received_at)
        gone: Project = {
            **found,
            "state": projects.WITHDRAWN,
            "withdrawn": {"at": ctx.received_at, "reason": body["reason"]},
        }
        self._store.drop_reviews(project=project)
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
        saved = self._store.save_project(gone, edition, *pending)
        if found["state"] == projects.NOMINATED:
            self._store.nominees_changed(edition)
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @rpc(writes=True)
    def answer_clarification(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Answer the secretariat's question, once and in time."""
        found = self._store.own_project(project, str(ctx.actor.id))
        projects.may_answer(found, ctx.received_at)
        edition = self._store.edition(found["edition"])
        answered: Clarification = {**found["clarification"], "answer": body["answer"], "answered_at": clock.now()}
        saved = self._store.save_project(
            {**found, "clarification": answered},
            edition,
            new_event(
                CLARIFICATION_ANSWERED,
                subject=project,
                edition=found["edition"],
                project=project,
                number=found["number"],
            ),
        )
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @subscribe("accounts", "account_erased", name="on_account_erased")
    @subscribe("accounts", "address_erased", name="on_address_erased")
    def forget(self, erasure: Erasure) -> None:
        """Forget the person, also as the contact of somebody else's project; what was submitted stays without it."""
        self._store.forget(erasure)
