"""Attach a file, read, publish and remove it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, rpc
from wsis_shared.parts import Parts

from wsis_consultation.attachments import errors, rules
from wsis_consultation.attachments.inspection import sandbox, scanner
from wsis_consultation.attachments.store import Attachments, Parent
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.settings import Settings
from wsis_consultation.submissions.rules import lifecycle
from wsis_consultation.submissions.rules.lifecycle import owns

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

RESCANNED = 20  # attachments in one turn of the timer


class AttachmentCases:
    """What can be done with a file of a draft or submission."""

    def __init__(self, editions: Editions, attachments: Attachments, links: Links, settings: Settings) -> None:
        self._editions, self._attachments, self._links, self._settings = editions, attachments, links, settings

    # The inspection takes a second: a transaction around it would hold its documents as long.
    @rpc(writes=True, store_response=False)
    def attach_to_submission(
        self,
        ctx: Context,
        blobs: BlobStore,
        edition: str,
        submission: str,
        upload: Input,
        body: Input,
    ) -> JsonObject:
        """Inspect the file and attach it to a submission. A repeat under one Idempotency-Key adds nothing.

        Raises NotFound for who is not the owner, Conflict after the deadline and where there are ten already, Invalid
        with the field `file` for what the file is, Unavailable while too many files are inspected.
        """
        return self._attach(ctx, blobs, edition, submission, body.get("key"), upload)

    @rpc(writes=True, store_response=False)
    def attach_to_draft(
        self, ctx: Context, blobs: BlobStore, edition: str, draft: str, upload: Input, body: Input
    ) -> JsonObject:
        """The same for a draft."""
        return self._attach(ctx, blobs, edition, draft, body.get("key"), upload)

    def _attach(
        self, ctx: Context, blobs: BlobStore, edition: str, parent: str, key: str | None, upload: Input
    ) -> JsonObject:
        found = self._owned(ctx, edition, parent, key)
        id = ctx.new_id(f"attachment/{parent}/{upload['sha256']}")
        if (known := self._attachments.known(id)) is not None:
            return _to_response(known)
        attachment = rules.new(
            upload, id=id, edition=edition, parent=parent, at=ctx.received_at, in_draft=found.in_draft
        )
        if len(found.document.get("attachments") or []) >= rules.MAX_COUNT:
            raise Conflict("consultation.attachments_full", limit=rules.MAX_COUNT)
        if reason := sandbox.refusal(ctx, blobs.open(upload["id"]), upload["media_type"]):
            raise errors.refused(reason)
        attachment["scan"] = self._scan(blobs, upload["id"])
        if attachment["scan"] == rules.INFECTED:
            raise errors.refused("infected")

        def store() -> rules.Attachment:
            if (stored := self._attachments.known(id)) is not None:  # by a repeat that was faster
                return stored
            # As it is now: it may have been sent, withdrawn or erased while the file was inspected.
            in_draft = self._owned(ctx, edition, parent, key).in_draft
            blobs.keep(upload["id"], owner=f"attachment/{id}")
            return self._attachments.add({**attachment, "in_draft": in_draft})

        return _to_response(in_transaction(store))

    @rpc
    def list_attachments(self, ctx: Context, edition: str, submission: str) -> JsonObject:
        """All attachments of a submission for its owner and officers, the published ones for others."""
        self._editions.find(edition)
        reader = self._reader(ctx, edition, submission)
        found = self._attachments.of(edition, submission)
        return {"items": [_to_response(each) for each in found if rules.is_visible(each, reader)]}

    @rpc
    def read_attachment(self, ctx: Context, edition: str, attachment: str) -> JsonObject:
        """The blob of an attachment. Raises NotFound for who may not read it."""
        found = self._attachments.find(edition, attachment)
        if not rules.is_visible(found, self._reader(ctx, edition, found["parent"])):
            raise NotFound("consultation.attachment_unknown", attachment=attachment)
        return {"blob": found["blob"]}

    @rpc(writes=True)
    def remove_attachment(self, ctx: Context, blobs: BlobStore, edition: str, attachment: str, body: Input) -> None:
        """Its owner takes it back, until the deadline. Idempotent."""
        found = self._attachments.find(edition, attachment)
        self._owned(ctx, edition, found["parent"], body.get("key"))
        if not found["removed"]:
            self._attachments.put(rules.remove(found, at=ctx.received_at))
            blobs.delete(found["blob"])

    @rpc(writes=True)
    def withdraw_attachment(
        self, ctx: Context, blobs: BlobStore, edition: str, attachment: str, body: Input
    ) -> JsonObject:
        """An officer removes it, at any time, with a reason. Idempotent."""
        found = self._submitted(edition, attachment)
        if found["removed"]:
            return _to_response(found)
        removed = rules.remove(found, at=ctx.received_at)
        entry = audit.entry(
            "consultation.attachment_removed", _object(found), before=_brief(found), reason=body["reason"]
        )
        blobs.delete(found["blob"])
        return _to_response(self._attachments.put(removed, entry))

    @rpc(writes=True)
    def publish_attachment(self, ctx: Context, edition: str, attachment: str, body: Input) -> JsonObject:
        """An officer shows it to everybody, or no longer. Raises Conflict before the scanner has found it clean."""
        found = self._submitted(edition, attachment)
        if found["removed"] or found["scan"] == rules.INFECTED:
            raise NotFound("consultation.attachment_unknown", attachment=attachment)
        if body["published"]:
            scans = bool(self._settings.consultation_scanner)
            changed = rules.publish(found, by=str(ctx.actor.id), at=ctx.received_at, scanner=scans)
        else:
            changed = rules.unpublish(found)
        if changed == found:
            return _to_response(found)
        entry = audit.entry(
            "consultation.attachment_published",
            _object(found),
            before=_brief(found),
            after=_brief(changed),
            reason=body.get("reason"),
        )
        return _to_response(self._attachments.put(changed, entry))

    def forget(self, parents: Iterable[str], blobs: BlobStore) -> None:
        """Their owner is erased: files go, but those that are published, which lose the name that the owner gave."""
        for found in self._attachments.of_parents(parents):
            left = rules.nameless(found)
            if not found["published"] and not found["removed"]:
                left = rules.remove(left, at=clock.now())
                blobs.delete(found["blob"])
            blobs.rename(found["blob"], left["filename"])
            self._attachments.rename(left)

    @every(300)
    def scan_attachments(self, blobs: BlobStore) -> None:
        """Scan what came in while the scanner was away."""
        if not self._settings.consultation_scanner:
            return
        unjudged = []
        for waiting in self._attachments.unscanned(RESCANNED):
            verdict = self._rescan(blobs, waiting["blob"])
            if verdict != rules.UNSCANNED:
                in_transaction(partial(self._note_verdict, waiting["_id"], verdict))
            else:
                unjudged.append(waiting["_id"])
        if unjudged:
            self._attachments.note_scan(unjudged, clock.now())

    @every(3600)
    def remove_orphaned_attachments(self, blobs: BlobStore) -> None:
        """Remove the files of drafts that were deleted or have expired."""
        waiting = self._attachments.of_drafts()
        parents = self._attachments.kinds_of_parents({each["parent"] for each in waiting})
        for each in waiting:
            kind = parents.get(each["parent"])
            if kind != "drafts":
                in_transaction(partial(self._leave_draft, blobs, each["_id"], is_submitted=kind is not None))

    # Timers take time between reading and writing: meanwhile somebody may have changed the attachment.

    def _note_verdict(self, id: str, verdict: str) -> None:
        found = self._attachments.known(id)
        if found is not None and not found["removed"]:
            self._attachments.put(rules.scanned(found, verdict))

    def _leave_draft(self, blobs: BlobStore, id: str, *, is_submitted: bool) -> None:
        found = self._attachments.known(id)
        if found is None or not found["in_draft"]:
            return
        if is_submitted:
            self._attachments.put({**found, "in_draft": False})
        else:
            self._attachments.put(rules.remove(found, at=clock.now()))
            blobs.delete(found["blob"])

    def _scan(self, blobs: BlobStore, blob: str) -> str:
        address = self._settings.consultation_scanner
        return scanner.scan(address, blobs.open(blob)) if address else rules.UNSCANNED

    def _rescan(self, blobs: BlobStore, blob: str) -> str:
        try:
            return self._scan(blobs, blob)
        except NotFound:  # removed since
            return rules.UNSCANNED

    def _owned(self, ctx: Context, edition: str, parent: str, key: str | None) -> Parent:
        """The draft or submission of which the caller may change the attachments now."""
        announced = self._editions.find(edition)
        found = self._attachments.parent(edition, parent)
        if found is None or not owns(found.document, ctx.actor.id, key_fits=self._links.open(found.document, key)):
            raise NotFound("consultation.attachment_parent_unknown", id=parent)
        if found.submission:
            lifecycle.require_received(found.submission)
        lifecycle.admit(announced, ctx.received_at, found.document.get("override"))
        return found

    def _submitted(self, edition: str, attachment: str) -> rules.Attachment:
        """An attachment of a submission: those of a draft are its owner's alone. Raises NotFound."""
        found = self._attachments.find(edition, attachment)
        parent = self._attachments.parent(edition, found["parent"])
        if parent is not None and parent.in_draft:
            raise NotFound("consultation.attachment_unknown", attachment=attachment)
        return found

    def _reader(self, ctx: Context, edition: str, parent: str) -> rules.Reader:
        found = self._attachments.parent(edition, parent)
        if found is None:
            return rules.Reader.NOBODY
        is_officer = ctx.actor.has("officer") and not found.in_draft
        if is_officer or owns(found.document, ctx.actor.id, key_fits=False):
            return rules.Reader.INSIDER
        if found.submission is None or found.submission["state"] == lifecycle.WITHDRAWN:
            return rules.Reader.NOBODY
        return rules.Reader.PUBLIC


def _object(attachment: rules.Attachment) -> str:
    return f"submission/{attachment['parent']}/attachment/{attachment['_id']}"


def _brief(attachment: rules.Attachment) -> JsonObject:
    published = attachment["published"]
    return {"sha256": attachment["sha256"], "published_at": published and clock.iso(published["at"])}


def _to_response(attachment: rules.Attachment) -> JsonObject:
    published = attachment["published"]
    return {
        **rules.reference(attachment),
        "at": attachment["at"],
        "scan": attachment["scan"],
        "published_at": published and published["at"],
        "removed": attachment["removed"] is not None,
    }


def compose(parts: Parts) -> AttachmentCases:
    """The use cases with their collaborators; called once per process."""
    return AttachmentCases(
        Editions(parts.db), Attachments(parts.db), Links(parts.client("accounts")), Settings.current()
    )
