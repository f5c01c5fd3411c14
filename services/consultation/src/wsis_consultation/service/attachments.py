"""Entrypoints of attachments."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, rpc

from wsis_consultation.use_cases.attachments import compose


class AttachmentsEntrypoints(Service):
    """Files attached to a submission."""

    attachments = Composed(compose, calls=("accounts.profile",))

    # The inspection takes a second: a transaction around it would hold its documents as long.
    @rpc(writes=True, store_response=False)
    def attach_to_submission(
        self, edition: str, submission: str, upload: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        """Attach a file to a submission."""
        return self.attachments.attach(context.current(), self.bus.blobs, edition, submission, body.get("key"), upload)

    @rpc(writes=True, store_response=False)
    def attach_to_draft(self, edition: str, draft: str, upload: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Attach a file to a draft."""
        return self.attachments.attach(context.current(), self.bus.blobs, edition, draft, body.get("key"), upload)

    @rpc
    def list_attachments(self, edition: str, submission: str) -> dict[str, Any]:
        """The attachments of a submission that the reader may see."""
        return self.attachments.list_visible(context.current(), edition, submission)

    @rpc
    def read_attachment(self, edition: str, attachment: str) -> dict[str, Any]:
        """The file."""
        return self.attachments.read(context.current(), edition, attachment)

    @rpc(writes=True)
    def remove_attachment(self, edition: str, attachment: str, body: dict[str, Any]) -> None:
        """Its owner takes it back."""
        return self.attachments.remove(context.current(), self.bus.blobs, edition, attachment, body.get("key"))

    @rpc(writes=True)
    def withdraw_attachment(self, edition: str, attachment: str, body: dict[str, Any]) -> dict[str, Any]:
        """An officer removes it."""
        return self.attachments.withdraw(context.current(), self.bus.blobs, edition, attachment, body["reason"])

    @rpc(writes=True)
    def publish_attachment(self, edition: str, attachment: str, body: dict[str, Any]) -> dict[str, Any]:
        """An officer shows it to everybody, or no longer."""
        return self.attachments.publish(context.current(), edition, attachment, body["published"], body.get("reason"))

    @every(300)
    def scan_attachments(self) -> None:
        """Scan what came in while the virus scanner was away."""
        self.attachments.scan_waiting(self.bus.blobs)

    @every(3600)
    def remove_orphaned_attachments(self) -> None:
        """Remove the files of drafts that were deleted or have expired."""
        self.attachments.remove_orphans(self.bus.blobs)
