"""The list of nominees: fixed, then published; disqualified at any time after."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wsis_shared import audit, clock
from wsis_shared.bus import job, rpc
from wsis_shared.events import new_event
from wsis_shared.jobs.run import Finish, Run

from wsis_prizes import errors
from wsis_prizes.domain import finalists, nomination, phases, projects
from wsis_prizes.events import NOMINEES_PUBLISHED, PROJECT_DISQUALIFIED, PROJECT_NOMINATED, PROJECT_NOT_NOMINATED
from wsis_prizes.service import shown
from wsis_prizes.service.calls import Calls


class NominationCalls(Calls):
    """For officers."""

    @rpc(writes=True)
    def fix_nominations(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Fix the list, by name or by score, in place of the one before; everyone left out has a reason."""
        doc = self.store.edition(edition)
        if doc["marks"].get("published_at"):
            raise errors.nominees_published()
        waiting = self.store.in_states(edition, [projects.SUBMITTED])
        self.must_not_be_interested(edition, *{row["category"] for row in waiting})
        given = {row["project"]: row["reason"] for row in body.get("not_nominated") or []}
        cap = body.get("cap") or doc["settings"]["nominees_cap"]
        if body.get("nominate") is not None:
            chosen, left = nomination.by_name(waiting, body["nominate"], given, cap)
        else:
            means = self.store.means(edition)
            chosen, left = nomination.by_score(
                waiting, means, given, count=body.get("count"), threshold=body.get("threshold"), cap=cap
            )
        self.store.fix_nominations(edition, chosen, left)
        figures = {"nominated": len(chosen), "not_nominated": len(left)}
        self.store.save_edition(
            {**doc, "marks": {**doc["marks"], "list_at": clock.now()}},
            audit.entry("prizes.nominations_fixed", f"edition/{edition}", after=figures, reason=body.get("reason")),
        )
        return _list(edition, waiting, set(chosen), published=False)

    @rpc(writes=True)
    def publish_nominees(self, edition: str) -> dict[str, Any]:
        """Start the publication of the list, after the deadline of submission."""
        doc, _ = self._unpublished(edition)
        if self.ctx().received_at < phases.find(doc["phases"], phases.SUBMISSION)["end"]:
            raise errors.submission_open()
        return self.job_response(self.bus.jobs.enqueue("publish_list", {"edition": edition}, key=f"publish|{edition}"))

    @job()
    def publish_list(self, run: Run) -> Finish:
        """Publish the list and tell everyone their outcome: all in one transaction, so that nobody sees half of it."""
        edition = str(run.arguments["edition"])
        doc, fixed = self._unpublished(edition)
        waiting = self.store.in_states(edition, [projects.SUBMITTED, projects.INELIGIBLE])
        chosen = {row["_id"] for row in waiting if row["state"] == projects.SUBMITTED} & set(fixed["nominate"])
        self.store.change_many(self._outcome(project, chosen, fixed["left"]) for project in waiting)
        nominees = [{**shown.named(row), "region": row["region"]} for row in waiting if row["_id"] in chosen]
        self.store.save_edition(
            {**doc, "marks": {**doc["marks"], "published_at": clock.now()}},
            new_event(NOMINEES_PUBLISHED, subject=edition, edition=edition, nominees=nominees),
            audit.entry("prizes.nominees_published", f"edition/{edition}", after={"nominated": len(chosen)}),
        )
        return run.finish(_list(edition, waiting, chosen, published=True))

    def _unpublished(self, edition: str) -> tuple[dict[str, Any], dict[str, Any]]:
        doc, fixed = self.store.edition(edition), self.store.nominations(edition)
        if doc["marks"].get("published_at"):
            raise errors.nominees_published()
        if fixed is None:
            raise errors.no_list()
        return doc, fixed

    def _outcome(self, project: dict[str, Any], chosen: set[str], left: dict[str, dict[str, Any]]) -> Any:
        id = project["_id"]
        told = {
            "subject": id, "edition": project["edition"], "project": id, "number": project["number"],
            "category": project["category"], "account": project["owner"],
        }  # fmt: skip
        if id in chosen:
            return project, {"state": projects.NOMINATED, "outcome": None}, [new_event(PROJECT_NOMINATED, **told)]
        if project["state"] == projects.INELIGIBLE:
            reason, state = project["outcome"], projects.INELIGIBLE
        else:
            reason, state = (
                left.get(id) or {"code": nomination.NOT_REVIEWED, "text": None, "mean": None},
                projects.NOT_NOMINATED,
            )
        refused = new_event(PROJECT_NOT_NOMINATED, **told, reason_code=reason["code"], reason=reason["text"])
        return project, {"state": state, "outcome": reason}, [refused]

    @rpc(writes=True)
    def disqualify_project(self, project: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take a nominee out, with the reason: ranks and finalists are computed again, a decision of its category
        among whose finalists it was is void."""
        ctx, found = self.ctx(), self.submitted(project)
        if found["state"] != projects.NOMINATED:
            raise errors.wrong_state(found["state"], (projects.NOMINATED,))
        doc = self.store.edition(found["edition"])
        self.must_not_be_interested(doc["_id"], found["category"])
        gone = {name: value for name, value in found.items() if name not in ("champion", "winner")}
        gone |= {
            "state": projects.DISQUALIFIED,
            "outcome": {"code": "disqualified", "text": body["reason"], "mean": None},
        }
        saved = self.store.save_project(
            gone,
            doc,
            new_event(
                PROJECT_DISQUALIFIED, subject=project, edition=doc["_id"], project=project, number=found["number"],
                category=found["category"], reason=body["reason"], reason_code="disqualified", account=found["owner"],
            ),
            audit.entry("prizes.project_disqualified", f"project/{project}", {"state": found["state"]},
                        {"state": projects.DISQUALIFIED}, body["reason"]),
        )  # fmt: skip
        self.store.nominees_changed(doc)
        self._rank_again(doc, found)
        for blob in self.store.remove_certificates(project):
            self.bus.blobs.delete(blob)
        return shown.project(saved, doc, ctx.received_at, ctx.locale, whole=True)

    def _rank_again(self, doc: dict[str, Any], gone: dict[str, Any]) -> None:
        edition, category = doc["_id"], gone["category"]
        result = self.results(doc).get(category)
        if result is None:
            return
        certified = result["certified"]
        rulings = [*result["rulings"], {"kind": projects.DISQUALIFIED, "project": gone["_id"]}]
        kept, _ = finalists.standing(certified, rulings, category)
        rest = [{"_id": row["project"], **row} for row in result["ranking"] if row["project"] != gone["_id"]]
        ranked = [vars(row) for row in finalists.ranking(rest, certified["votes"])]
        self.store.save_result(edition, category, ranked, kept, certified=certified, rulings=rulings)
        if gone["_id"] in result["finalists"]:
            self.store.void_decision(edition, category)
            if doc["marks"].get("champions_at"):
                promoted = self.store.by_ids(set(kept) - set(result["finalists"])).values()
                self.store.change_many((project, {"champion": True}, ()) for project in promoted)
                self.enqueue_certificates(project["_id"] for project in promoted)


def _list(edition: str, waiting: list[dict[str, Any]], chosen: set[str], *, published: bool) -> dict[str, Any]:
    return {
        "edition": edition,
        "nominated": len(chosen),
        "not_nominated": len(waiting) - len(chosen),
        "by_category": dict(Counter(row["category"] for row in waiting if row["_id"] in chosen)),
        "published": published,
    }
