"""A nominee is out: the next by votes moves up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.certificates.store import Certificates
from wsis_prizes.certificates.use_cases import enqueue_certificates
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.eligibility.store import PastWinners
from wsis_prizes.finalists import rules
from wsis_prizes.finalists.events import PROJECT_DISQUALIFIED
from wsis_prizes.finalists.store import Results
from wsis_prizes.jury.use_cases.experts import Experts
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.projects.use_cases import presenters

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs


class DisqualificationCases:
    """For officers, at any time after the publication."""

    def __init__(
        self,
        editions: Editions,
        projects: Projects,
        past_winners: PastWinners,
        results: Results,
        certificates: Certificates,
        experts: Experts,
    ) -> None:
        self._editions, self._projects, self._past_winners = editions, projects, past_winners
        self._results, self._certificates, self._experts = results, certificates, experts

    @rpc(writes=True)
    def disqualify_project(
        self, ctx: Context, blobs: BlobStore, jobs: Jobs, project: str, body: Input
    ) -> dict[str, object]:
        """Take a nominee out, with the reason: ranks and finalists are computed again, a decision of its category
        among whose finalists it was is void."""
        found = self._projects.submitted_project(project)
        projects.must_be_in(found, projects.NOMINATED)
        doc = self._editions.edition(found["edition"])
        self._experts.must_not_be_interested(str(ctx.actor.id), doc["_id"], found["category"])
        gone: Project = {
            **found,
            "state": projects.DISQUALIFIED,
            "outcome": {"code": "disqualified", "text": body["reason"], "mean": None},
        }
        gone.pop("champion", None)
        gone.pop("winner", None)
        saved = self._projects.save_project(
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
        self._editions.nominees_changed(doc)
        self._rank_again(doc, found, jobs)
        if found.get("winner"):
            self._past_winners.remove_past_winner(found)
        for blob in self._certificates.remove_certificates(project):
            blobs.delete(blob)
        return presenters.project(saved, doc, ctx.received_at, ctx.locale, whole=True)

    def _rank_again(self, doc: Edition, gone: Project, jobs: Jobs) -> None:
        edition, category = doc["_id"], gone["category"]
        result = self._results.explained_results(doc).get(category)
        if result is None:
            return
        certified = result["certified"]
        rulings: list[rules.Ruling] = [*result["rulings"], {"kind": projects.DISQUALIFIED, "project": gone["_id"]}]
        kept, _ = rules.standing(certified, rulings, category)
        rest: list[rules.Numbered] = [
            {"_id": row["project"], "number": row["number"]}
            for row in result["ranking"]
            if row["project"] != gone["_id"]
        ]
        ranked = rules.ranking(rest, certified["votes"])
        self._results.save_result(edition, category, ranked, kept, certified=certified, rulings=rulings)
        if gone["_id"] in result["finalists"]:
            self._results.void_decision(edition, category)
            if doc["marks"].get("champions_at"):
                promoted = self._projects.by_ids(set(kept) - set(result["finalists"])).values()
                self._projects.change_many((project, {"champion": True}, ()) for project in promoted)
                enqueue_certificates(jobs, (project["_id"] for project in promoted))
