"""The list of nominees is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.json_types import Input
from wsis_shared.operations import job, rpc

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.nominations import rules
from wsis_prizes.nominations.events import NOMINEES_PUBLISHED, PROJECT_NOMINATED, PROJECT_NOT_NOMINATED
from wsis_prizes.nominations.store import NominationLists, Nominations
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.rules.projects import Outcome, Project
from wsis_prizes.projects.store import Change, Projects
from wsis_prizes.projects.use_cases.presenters import reasons
from wsis_prizes.reviews.store import Reviews

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class NominationCases:
    """For officers."""

    def __init__(self, editions: Editions, projects: Projects, reviews: Reviews, nominations: NominationLists) -> None:
        self._editions, self._projects = editions, projects
        self._reviews, self._nominations = reviews, nominations

    @rpc(writes=True)
    def publish_nominees(self, ctx: Context, jobs: Jobs, edition: str) -> Job:
        """Start the publication of the list, after the deadline of submission."""
        doc, _ = self._unpublished(edition)
        if ctx.received_at < phases.find(doc["phases"], phases.SUBMISSION)["end"]:
            raise Conflict("prizes.submission_open")
        if phases.find(doc["phases"], phases.VOTING)["end"] <= ctx.received_at:
            raise Conflict("prizes.voting_end_passed")  # with nominees the contest would close at once, for good
        return jobs.enqueue("publish_list", {"edition": edition}, key=f"publish|{edition}")

    @job()
    def publish_list(self, run: Run) -> Finish:
        """Publish the list and tell everyone their outcome: all in one transaction, so that nobody sees half of it."""
        edition = str(run.arguments["edition"])
        doc, fixed = self._unpublished(edition)
        waiting = self._projects.in_states(edition, [projects.SUBMITTED, projects.INELIGIBLE])
        chosen = {row["_id"] for row in waiting if row["state"] == projects.SUBMITTED} & set(fixed["nominate"])
        self._projects.change_many(self._outcome(project, chosen, fixed["left"]) for project in waiting)
        self._reviews.set_due(edition, None)
        nominees = [{**presenters.named(row), "region": row["region"]} for row in waiting if row["_id"] in chosen]
        self._editions.save_edition(
            {**doc, "marks": {**doc["marks"], "published_at": clock.now()}},
            new_event(NOMINEES_PUBLISHED, subject=edition, edition=edition, nominees=nominees),
            audit.entry("prizes.nominees_published", f"edition/{edition}", after={"nominated": len(chosen)}),
        )
        return run.finish(presenters.nomination_list(edition, waiting, chosen, published=True))

    def _unpublished(self, edition: str) -> tuple[Edition, Nominations]:
        doc, fixed = self._editions.edition(edition), self._nominations.nominations(edition)
        if doc["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        if fixed is None:
            raise Conflict("prizes.no_list")
        waiting = self._projects.in_states(edition, [projects.SUBMITTED])
        gone = [row for row in waiting if row["_id"] in fixed["nominate"] and row["category"] not in doc["categories"]]
        if missing := [*rules.missing(waiting, fixed["nominate"], fixed["left"]), *gone]:
            raise Conflict("prizes.list_incomplete", categories=", ".join(sorted({row["category"] for row in missing})))
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
        reason = reason or {"code": rules.NOT_REVIEWED, "text": None, "mean": None}
        state = projects.INELIGIBLE if ruled_out else projects.NOT_NOMINATED
        refused = new_event(PROJECT_NOT_NOMINATED, id, **told, reason_code=reason["code"], reason=reason["text"])
        return project, {"state": state, "outcome": reason}, [refused]

    @rpc
    def outcome_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """Title, and the standard reason in every language under `standard`."""
        return {
            "title": self._projects.project(data["project"])["title"],
            "standard": reasons().get(data["reason_code"], {}),
        }
