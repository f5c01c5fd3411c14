"""The list of nominees: fixed, then published; disqualified at any time after."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.json_types import Input
from wsis_shared.operations import job, rpc

from wsis_prizes import errors
from wsis_prizes.events import NOMINEES_PUBLISHED, PROJECT_DISQUALIFIED, PROJECT_NOMINATED, PROJECT_NOT_NOMINATED
from wsis_prizes.rules import finalists, nomination, phases, projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.rules.projects import Outcome, Project
from wsis_prizes.store import Store
from wsis_prizes.store.projects import Change
from wsis_prizes.store.results import Nominations
from wsis_prizes.use_cases import presenters
from wsis_prizes.use_cases.certificates import enqueue_certificates
from wsis_prizes.use_cases.experts import Experts

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class NominationCases:
    """For officers."""

    def __init__(self, store: Store, experts: Experts) -> None:
        self._store, self._experts = store, experts

    @rpc(writes=True)
    def fix_nominations(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Fix the list, by name or by score, in place of the one before; everyone left out has a reason."""
        doc = self._store.edition(edition)
        if doc["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        waiting = self._store.in_states(edition, [projects.SUBMITTED])
        self._experts.must_not_be_interested(str(ctx.actor.id), edition, *{row["category"] for row in waiting})
        given = {row["project"]: row["reason"] for row in body.get("not_nominated") or []}
        cap = body.get("cap") or doc["settings"]["nominees_cap"]
        if body.get("nominate") is not None:
            chosen, left = nomination.by_name(waiting, body["nominate"], given, cap)
        else:
            means = self._store.means(edition)
            chosen, left = nomination.by_score(
                waiting, means, given, count=body.get("count"), threshold=body.get("threshold"), cap=cap
            )
        self._store.fix_nominations(edition, chosen, left)
        figures = {"nominated": len(chosen), "not_nominated": len(left)}
        self._store.save_edition(
            {**doc, "marks": {**doc["marks"], "list_at": clock.now()}},
            audit.entry("prizes.nominations_fixed", f"edition/{edition}", after=figures, reason=body.get("reason")),
        )
        return _list(edition, waiting, set(chosen), published=False)

    @rpc(writes=True)
    def publish_nominees(self, ctx: Context, jobs: Jobs, edition: str) -> Job:
        """Start the publication of the list, after the deadline of submission."""
        doc, _ = self._unpublished(edition)
        if ctx.received_at < phases.find(doc["phases"], phases.SUBMISSION)["end"]:
            raise Conflict("prizes.submission_open")
        return jobs.enqueue("publish_list", {"edition": edition}, key=f"publish|{edition}")

    @job()
    def publish_list(self, run: Run) -> Finish:
        """Publish the list and tell everyone their outcome: all in one transaction, so that nobody sees half of it."""
        edition = str(run.arguments["edition"])
        doc, fixed = self._unpublished(edition)
        waiting = self._store.in_states(edition, [projects.SUBMITTED, projects.INELIGIBLE])
        chosen = {row["_id"] for row in waiting if row["state"] == projects.SUBMITTED} & set(fixed["nominate"])
        self._store.change_many(self._outcome(project, chosen, fixed["left"]) for project in waiting)
        nominees = [{**presenters.named(row), "region": row["region"]} for row in waiting if row["_id"] in chosen]
        self._store.save_edition(
            {**doc, "marks": {**doc["marks"], "published_at": clock.now()}},
            new_event(NOMINEES_PUBLISHED, subject=edition, edition=edition, nominees=nominees),
            audit.entry("prizes.nominees_published", f"edition/{edition}", after={"nominated": len(chosen)}),
        )
        return run.finish(_list(edition, waiting, chosen, published=True))

    def _unpublished(self, edition: str) -> tuple[Edition, Nominations]:
        doc, fixed = self._store.edition(edition), self._store.nominations(edition)
        if doc["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        if fixed is None:
            raise Conflict("prizes.no_list")
        return doc, fixed

    def _outcome(self, project: Project, chosen: set[str], left: dict[str, Outcome]) -> Change:
        id = project["_id"]
        told = {
            "edition": project["edition"],
            "project": id,
            "number": project["number"],
            "category": project["category"],
            "account": project["owner"],
        }
        if id in chosen:
            return project, {"state": projects.NOMINATED, "outcome": None}, [new_event(PROJECT_NOMINATED, id, **told)]
        ruled_out = project["state"] == projects.INELIGIBLE
        reason = project.get("outcome") if ruled_out else left.get(id)
        reason = reason or {"code": nomination.NOT_REVIEWED, "text": None, "mean": None}
        state = projects.INELIGIBLE if ruled_out else projects.NOT_NOMINATED
        refused = new_event(PROJECT_NOT_NOMINATED, id, **told, reason_code=reason["code"], reason=reason["text"])
        return project, {"state": state, "outcome": reason}, [refused]

    @rpc(writes=True)
    def disqualify_project(
        self, ctx: Context, blobs: BlobStore, jobs: Jobs, project: str, body: Input
    ) -> dict[str, object]:
        """Take a nominee out, with the reason: ranks and finalists are computed again, a decision of its category
        among whose finalists it was is void."""
        found = self._store.submitted_project(project)
        if found["state"] != projects.NOMINATED:
            raise errors.wrong_state(found["state"], (projects.NOMINATED,))
        doc = self._store.edition(found["edition"])
        self._experts.must_not_be_interested(str(ctx.actor.id), doc["_id"], found["category"])
        gone: Project = {
            **found,
            "state": projects.DISQUALIFIED,
            "outcome": {"code": "disqualified", "text": body["reason"], "mean": None},
        }
        gone.pop("champion", None)
        gone.pop("winner", None)
        saved = self._store.save_project(
            gone,
            doc,
            new_event(
                PROJECT_DISQUALIFIED,
                subject=project,
                edition=doc["_id"],
                project=project,
                number=found["number"],
                category=found["category"],
                reason=body["reason"],
                reason_code="disqualified",
                account=found["owner"],
            ),
            audit.entry(
                "prizes.project_disqualified",
                f"project/{project}",
                {"state": found["state"]},
                {"state": projects.DISQUALIFIED},
                body["reason"],
            ),
        )
        self._store.nominees_changed(doc)
        self._rank_again(doc, found, jobs)
        for blob in self._store.remove_certificates(project):
            blobs.delete(blob)
        return presenters.project(saved, doc, ctx.received_at, ctx.locale, whole=True)

    def _rank_again(self, doc: Edition, gone: Project, jobs: Jobs) -> None:
        edition, category = doc["_id"], gone["category"]
        result = self._store.explained_results(doc).get(category)
        if result is None:
            return
        certified = result["certified"]
        rulings: list[finalists.Ruling] = [*result["rulings"], {"kind": projects.DISQUALIFIED, "project": gone["_id"]}]
        kept, _ = finalists.standing(certified, rulings, category)
        rest: list[finalists.Numbered] = [
            {"_id": row["project"], "number": row["number"]}
            for row in result["ranking"]
            if row["project"] != gone["_id"]
        ]
        ranked = finalists.ranking(rest, certified["votes"])
        self._store.save_result(edition, category, ranked, kept, certified=certified, rulings=rulings)
        if gone["_id"] in result["finalists"]:
            self._store.void_decision(edition, category)
            if doc["marks"].get("champions_at"):
                promoted = self._store.by_ids(set(kept) - set(result["finalists"])).values()
                self._store.change_many((project, {"champion": True}, ()) for project in promoted)
                enqueue_certificates(jobs, (project["_id"] for project in promoted))


def _list(edition: str, waiting: list[Project], chosen: set[str], *, published: bool) -> dict[str, object]:
    return {
        "edition": edition,
        "nominated": len(chosen),
        "not_nominated": len(waiting) - len(chosen),
        "by_category": dict(Counter(row["category"] for row in waiting if row["_id"] in chosen)),
        "published": published,
    }
