"""Proposals to change the matrix, and the versions that are made of them."""

from __future__ import annotations

from datetime import date

from wsis_shared import audit, clock
from wsis_shared.context import Actor, Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking.matrix.events import MATRIX_PROPOSAL_DECIDED, MATRIX_PUBLISHED
from wsis_stocktaking.matrix.rules import patches, proposals
from wsis_stocktaking.matrix.store import Comment, MatrixVersions, Proposals
from wsis_stocktaking.matrix.use_cases.reading import comment_of, header_of, proposal_of


class ProposalCases:
    """What agencies and officers do with proposals. An agency knows those about lines that it facilitates."""

    def __init__(self, versions: MatrixVersions, proposals: Proposals) -> None:
        self._versions, self._proposals = versions, proposals

    @rpc(writes=True)
    def propose_matrix_changes(self, ctx: Context, body: Input) -> JsonObject:
        """A new proposal. Raises Forbidden for a line of others, Invalid where a change does not fit the matrix."""
        line, lines = body["line"], _lines(ctx.actor)
        if lines is not None and line not in lines:
            raise Forbidden("stocktaking.matrix_line_of_others", line=line)
        pending = self._proposals.pending([line])
        if sum(other["agency"] == _agency(ctx.actor) for other in pending) >= proposals.MAX_PENDING:
            raise Conflict("stocktaking.matrix_proposals_pending", line=line, most=proposals.MAX_PENDING)
        newest = self._versions.newest()
        proposal: proposals.Proposal = {
            "_id": ctx.new_id("matrix_proposal"),
            "line": line,
            "agency": _agency(ctx.actor),
            "by": ctx.actor.id,
            "state": proposals.OPEN,
            "justification": body["justification"],
            "base": newest["_id"],
            "changes": proposals.changes_of(line, newest["links"], body["changes"]),
            "created_at": ctx.received_at,
            "decision": None,
            "published_in": None,
        }
        return self._response(self._proposals.save("matrix_proposals", proposal))

    @rpc
    def list_matrix_proposals(
        self, ctx: Context, limit: int = 20, after: str | None = None, line: str | None = None, state: str | None = None
    ) -> JsonObject:
        """Proposals that the actor may know of, the newest first."""
        lines = _lines(ctx.actor)
        if line is not None:
            lines = [line] if lines is None or line in lines else []
        page = self._proposals.page(lines, state, after, limit)
        links, others = self._versions.newest()["links"], self._proposals.pending(row["line"] for row in page.rows)
        return page.response(lambda row: proposal_of(row, links, others))

    @rpc
    def read_matrix_proposal(self, ctx: Context, proposal: str) -> JsonObject:
        """A proposal. Raises NotFound."""
        found = self._find(ctx, proposal)
        return {**self._response(found), "mine": found["agency"] == _agency(ctx.actor)}

    @rpc(writes=True)
    def withdraw_matrix_proposal(self, ctx: Context, proposal: str) -> JsonObject:
        """Withdraw a proposal of one's own agency. Raises NotFound, Conflict."""
        found = self._find(ctx, proposal)
        if found["agency"] != _agency(ctx.actor):
            raise NotFound("stocktaking.matrix_proposal_unknown", proposal=proposal)
        return self._response(self._proposals.save("matrix_proposals", proposals.withdraw(found)))

    @rpc(writes=True)
    def decide_matrix_proposal(self, ctx: Context, proposal: str, body: Input) -> JsonObject:
        """Accept or reject. Raises NotFound, Conflict: also where an accepted proposal touches the same link."""
        found = self._proposals.find(proposal)
        state, reason = body["decision"], body["reason"]
        decided = proposals.decide(found, state, reason, str(ctx.actor.id), ctx.received_at)
        if state == proposals.ACCEPTED:
            for clash in proposals.clashes(found, self._proposals.pending([found["line"]])):
                if clash["state"] == proposals.ACCEPTED:
                    raise Conflict("stocktaking.matrix_proposals_clash", proposal=proposal, other=clash["proposal"])
        events = [
            audit.entry(
                "stocktaking.matrix_proposal_decided",
                f"matrix_proposal/{proposal}",
                {"state": found["state"]},
                {"state": state},
                reason,
            )
        ]
        if found["by"] is not None:
            events.append(
                new_event(
                    MATRIX_PROPOSAL_DECIDED, subject=proposal, account=found["by"], proposal=proposal, decision=state
                )
            )
        return self._response(self._proposals.save("matrix_proposals", decided, *events))

    @rpc(writes=True)
    def comment_matrix_proposal(self, ctx: Context, proposal: str, body: Input) -> JsonObject:
        """A comment. Raises NotFound."""
        self._find(ctx, proposal)
        made: Comment = {
            "_id": ctx.new_id("matrix_comment"),
            "proposal": proposal,
            "agency": _agency(ctx.actor),
            "by": ctx.actor.id,
            "at": ctx.received_at,
            "text": body["text"],
        }
        self._proposals.add_comment(made)
        return comment_of(made)

    @rpc
    def list_matrix_comments(
        self, ctx: Context, proposal: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """Comments on a proposal, the oldest first. Raises NotFound."""
        self._find(ctx, proposal)
        return self._proposals.comments(proposal, after, limit).response(comment_of)

    @rpc
    def describe_matrix_decision(self, data: Input, account: str) -> JsonObject:
        """For the mail to the author of a proposal: {"line", "line_title", "decision", "reason", "sdgs"}. Raises
        NotFound."""
        found = self._proposals.find(data["proposal"])
        return {
            "line": found["line"],
            "decision": data["decision"],
            "reason": found["decision"]["reason"] if found["decision"] else "",
            "sdgs": [change["sdg"] for change in found["changes"]],
        }

    @subscribe("accounts", "account_erased")
    def forget_proposer(self, erasure: Erasure) -> None:
        """No proposal names an account that is erased."""
        self._proposals.forget(erasure)

    def _find(self, ctx: Context, proposal: str) -> proposals.Proposal:
        found, lines = self._proposals.find(proposal), _lines(ctx.actor)
        if lines is not None and found["line"] not in lines:
            raise NotFound("stocktaking.matrix_proposal_unknown", proposal=proposal)
        return found

    def _response(self, proposal: proposals.Proposal) -> JsonObject:
        links, others = self._versions.newest()["links"], self._proposals.pending([proposal["line"]])
        return proposal_of(proposal, links, others)


def _lines(actor: Actor) -> list[str] | None:
    """The lines of which the actor may know proposals; None: all, for officers."""
    return None if actor.has("officer") else proposals.lines_of_agency(actor.agency)


def _agency(actor: Actor) -> str | None:
    """The agency for which the actor speaks; None: the secretariat."""
    return None if actor.has("officer") else actor.agency


class PublicationCases:
    """What officers do with accepted proposals."""

    def __init__(self, versions: MatrixVersions, accepted: Proposals) -> None:
        self._versions, self._proposals = versions, accepted

    @rpc(writes=True)
    def publish_matrix(self, ctx: Context, body: Input) -> JsonObject:
        """A new version. Raises Invalid for a day in the past, Conflict where the newest version is another one, where
        no proposal is accepted, or where two touch one link."""
        newest = self._versions.newest()
        if newest["_id"] != body["base"]:
            raise Conflict("stocktaking.matrix_version_superseded", newest=newest["_id"])
        first = max(newest["valid_from"], clock.to_geneva(ctx.received_at).date().isoformat())
        if body["valid_from"] < first:
            raise Invalid(
                "stocktaking.matrix_valid_from_too_early",
                first=first,
                fields={"valid_from": [f"The first possible day is {first}."]},
            )
        chosen = self._chosen(body["proposals"])
        number = newest["_id"] + 1
        patch = proposals.merged(chosen, number)
        changed = patches.apply(newest["links"], patch)
        version: patches.Version = {
            **patches.new_version(number, date.fromisoformat(body["valid_from"]), changed, patch),
            "note": body["note"],
            "proposals": [proposal["_id"] for proposal in chosen],
            "by": str(ctx.actor.id),
        }
        for proposal in chosen:
            self._proposals.save("matrix_proposals", proposals.publish(proposal, number))
        said = {
            "valid_from": version["valid_from"],
            "added": version["added"],
            "changed": version["changed"],
            "removed": version["removed"],
            "lines": version["lines"],
        }
        self._versions.publish(
            version,
            ctx.received_at,
            new_event(MATRIX_PUBLISHED, subject=str(number), version=number, **said),
            audit.entry(
                "stocktaking.matrix_published",
                f"matrix/{number}",
                {"version": newest["_id"]},
                {"version": number, "proposals": version["proposals"], **said},
                body["reason"],
            ),
        )
        return {**header_of({**version, "published_at": ctx.received_at}), "links": version["links"]}

    def _chosen(self, wanted: list[str] | None) -> list[proposals.Proposal]:
        if wanted is None:
            chosen = self._proposals.in_state(proposals.ACCEPTED)
        else:
            chosen = self._proposals.named(wanted)
            for proposal in chosen:
                if proposal["state"] != proposals.ACCEPTED:
                    raise Conflict("stocktaking.matrix_proposal_not_accepted", proposal=proposal["_id"])
        if not chosen:
            raise Conflict("stocktaking.matrix_nothing_to_publish")
        return chosen
