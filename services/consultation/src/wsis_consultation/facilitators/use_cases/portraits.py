"""Candidates who consented send their portrait by the mailed link; officers decide whether everybody sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, images
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, Unavailable
from wsis_shared.events import PendingEvent
from wsis_shared.images.studio import Studio
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.facilitators.rules import candidates, portraits
from wsis_consultation.facilitators.rules.candidates import Candidate
from wsis_consultation.facilitators.store import Candidates
from wsis_consultation.facilitators.use_cases import selection

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

DRAWING = Studio(
    refused=lambda fields: Invalid("consultation.portrait_refused", fields=fields),
    busy=lambda: Unavailable("consultation.portrait_not_drawn", retry_after=10),
)


class PortraitCases:
    """One portrait a candidate."""

    def __init__(self, people: Candidates, chosen: selection.SelectionCases) -> None:
        self._people, self._selection = people, chosen

    @rpc(writes=True, store_response=False, repeatable=True)
    def set_portrait(
        self, ctx: Context, blobs: BlobStore, edition: str, candidate: str, body: Input, upload: Input
    ) -> JsonObject:
        """Draw it anew, and keep that in place of the former one; an officer looks at it. Raises NotFound, Conflict
        before the candidate consents, Invalid, Unavailable."""
        self._consenting(edition, candidate, body["key"])
        owner = f"candidate/{candidate}"
        [drawn] = DRAWING.draw(ctx, blobs.open(upload["id"]), [portraits.WIDTH])
        blob = blobs.put([drawn.content], owner=owner, filename="portrait.jpg", media_type=images.DRAWN)

        def save() -> JsonObject:
            addressed, found = self._consenting(edition, candidate, body["key"])
            blobs.keep(blob.id, owner)
            portrait: portraits.Portrait = {
                "blob": blob.id,
                "width": drawn.width,
                "height": drawn.height,
                "at": ctx.received_at,
                "accepted": False,
            }
            saved = self._save(blobs, found, portrait)
            return self._selection.consent_response(addressed, saved)

        return in_transaction(save)

    def _consenting(self, edition: str, candidate: str, key: str) -> tuple[Candidate, Candidate]:
        """Whom the link was mailed to, and who they are since they were merged."""
        addressed, found = self._selection.of_key(edition, candidate, key)
        candidates.require_consent([found])
        return addressed, found

    @rpc(writes=True)
    def remove_own_portrait(
        self, ctx: Context, blobs: BlobStore, edition: str, candidate: str, body: Input
    ) -> JsonObject:
        """The candidate takes it back, at any time. Raises NotFound."""
        addressed, found = self._selection.of_key(edition, candidate, body["key"])
        portraits.require(found.get("portrait"))
        return self._selection.consent_response(addressed, self._save(blobs, found, None))

    @rpc(writes=True)
    def decide_portrait(self, ctx: Context, blobs: BlobStore, edition: str, candidate: str, body: Input) -> JsonObject:
        """An officer accepts the portrait, or removes it for good. Raises NotFound, Conflict."""
        found = self._people.find(edition, candidate)
        after = portraits.decided(found.get("portrait"), body["accepted"], body["portrait"])
        entry = audit.entry(
            "consultation.portrait_decided",
            f"candidate/{candidate}",
            None,
            {"accepted": body["accepted"]},
            body["reason"],
        )
        return self._selection.whole(self._save(blobs, found, after, entry))

    @rpc
    def read_portrait(self, ctx: Context, edition: str, candidate: str) -> JsonObject:
        """For everybody once it is accepted and the facilitator is listed, else for officers. Raises NotFound."""
        found = self._people.by_ids(edition, [candidate]).get(candidate)
        portrait = found and (found.get("portrait") if ctx.actor.has("officer") else candidates.public_portrait(found))
        return {"blob": portraits.require(portrait or None)["blob"]}

    def _save(
        self, blobs: BlobStore, former: Candidate, portrait: portraits.Portrait | None, *entries: PendingEvent
    ) -> Candidate:
        """With another portrait, or none; the former file goes, and the public list is told."""
        before = former.get("portrait")
        if before is not None and (portrait is None or portrait["blob"] != before["blob"]):
            blobs.delete(before["blob"])
        changed: Candidate = {**former, "portrait": portrait}
        saved = self._people.save("candidates", changed, *entries)
        self._selection.announce_change(former, saved)
        return saved


def compose(parts: Parts) -> PortraitCases:
    """The use cases with their collaborators; called once per process."""
    return PortraitCases(Candidates(parts.db), selection.compose(parts))
