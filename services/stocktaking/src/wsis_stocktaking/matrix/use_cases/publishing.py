"""A new version of the matrix, made of accepted proposals."""

from __future__ import annotations

from datetime import date
from typing import Any

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.operations import rpc

from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.events import MATRIX_PUBLISHED
from wsis_stocktaking.matrix.rules import links, proposals
from wsis_stocktaking.matrix.store import MatrixVersions, Proposals
from wsis_stocktaking.matrix.use_cases import presenters

Row = dict[str, Any]


class PublicationCases:
    """What officers do with accepted proposals."""

    def __init__(self, versions: MatrixVersions, accepted: Proposals) -> None:
        self._versions, self._proposals = versions, accepted

    @rpc(writes=True)
    def publish_matrix(self, ctx: Context, body: Row) -> Row:
        """A new version. Raises Invalid for a day in the past, Conflict where the newest version is another one, where
        no proposal is accepted, or where two touch one link."""
        newest = self._versions.newest()
        if newest["_id"] != body["base"]:
            raise errors.version_superseded(newest["_id"])
        first = max(newest["valid_from"], clock.to_geneva(ctx.received_at).date().isoformat())
        if body["valid_from"] < first:
            raise errors.valid_from_too_early(first)
        chosen = self._chosen(body["proposals"])
        number = newest["_id"] + 1
        patch = proposals.merged(chosen, number)
        changed = links.apply(newest["links"], patch)
        version = {
            **links.new_version(number, date.fromisoformat(body["valid_from"]), changed, patch),
            "note": body["note"],
            "proposals": [proposal["_id"] for proposal in chosen],
            "by": str(ctx.actor.id),
        }
        for proposal in chosen:
            self._proposals.save("matrix_proposals", proposals.publish(proposal, number))
        said = {name: version[name] for name in ("valid_from", "added", "changed", "removed", "lines")}
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
        return {**presenters.header({**version, "published_at": ctx.received_at}), "links": version["links"]}

    def _chosen(self, wanted: list[str] | None) -> list[proposals.Proposal]:
        if wanted is None:
            chosen = self._proposals.in_state(proposals.ACCEPTED)
        else:
            chosen = self._proposals.named(wanted)
            for proposal in chosen:
                if proposal["state"] != proposals.ACCEPTED:
                    raise errors.proposal_not_accepted(proposal["_id"])
        if not chosen:
            raise errors.nothing_to_publish()
        return chosen
