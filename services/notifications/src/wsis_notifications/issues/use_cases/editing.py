"""What officers do with an issue until it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_notifications.issues.rules import changes, checks, images, lifecycle
from wsis_notifications.issues.rules.contents import Issue, StoredImage
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases import presenters

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

OWNER = "newsletter"  # of images: a copy of an issue shows the same ones


class EditingCases:
    """Contents, images, states."""

    def __init__(self, issues: Issues, public_url: str) -> None:
        self._issues, self._public_url = issues, public_url

    @rpc
    def list_compositions(
        self, ctx: Context, limit: int = 20, after: str | None = None, state: str | None = None
    ) -> JsonObject:
        """Issues in any state, or in one, the newest first."""
        return self._issues.page(state, after, limit).response(lambda one: presenters.summary(one, ctx.locale))

    @rpc
    def read_composition(self, issue: str) -> JsonObject:
        """An issue with all its texts. Raises NotFound."""
        return presenters.to_officers(self._issues.read(issue))

    @rpc(writes=True)
    def create_issue(self, ctx: Context, body: Input) -> JsonObject:
        """Begin an issue, with the next number. Raises Invalid for an image."""
        issue = lifecycle.new(ctx.new_id("issue"), self._issues.next_number(), body, ctx.received_at)
        return self._store(issue, _entry("created", issue, after=issue["number"]))

    @rpc(writes=True)
    def edit_issue(self, issue: str, body: Input) -> JsonObject:
        """Replace the contents of a draft. Raises NotFound, Conflict, Invalid for an image."""
        before = self._issues.read(issue)
        after = lifecycle.edited(before, body)
        if after is before:
            return presenters.to_officers(before)
        return self._store(after, _entry("edited", after, before["version"], changes.last_replaced(after)))

    @rpc(writes=True)
    def copy_issue(self, ctx: Context, issue: str, body: Input) -> JsonObject:
        """Begin an issue with the contents of another. Raises NotFound."""
        found = self._issues.read(issue)
        copy = lifecycle.copied(found, ctx.new_id("issue"), self._issues.next_number(), body["month"], ctx.received_at)
        return self._store(copy, _entry("copied", copy, issue))

    @rpc(writes=True)
    def delete_issue(self, ctx: Context, blobs: BlobStore, issue: str) -> None:
        """Delete a draft with its images. Raises NotFound, Conflict."""
        found = self._issues.read(issue)
        lifecycle.require_draft(found)
        self._drop_images(blobs, found, [image["id"] for image in found["images"]])
        self._issues.delete(found, _entry("deleted", found, found["number"]), ctx.received_at)

    @rpc(writes=True)
    def add_issue_image(self, blobs: BlobStore, issue: str, upload: Input) -> JsonObject:
        """Add an image to a draft. Raises NotFound, Conflict, Invalid."""
        found = self._issues.read(issue)
        lifecycle.require_draft(found)
        if len(found["images"]) >= images.MAX_IMAGES:
            raise Conflict("notifications.too_many_images", most=images.MAX_IMAGES)
        width, height = images.measured(b"".join(blobs.open(upload["id"])))
        blobs.keep(upload["id"], OWNER)
        image: StoredImage = {
            "id": upload["id"],
            "filename": upload["filename"],
            "media_type": upload["media_type"],
            "size": upload["size"],
            "width": width,
            "height": height,
        }
        self._store({**found, "images": [*found["images"], image]}, _entry("image_added", found, after=image["id"]))
        return image

    @rpc(writes=True)
    def move_issue(self, blobs: BlobStore, issue: str, body: Input) -> JsonObject:
        """Make it ready, take it back, cancel it. Raises NotFound, Conflict, also where the check finds errors."""
        found = self._issues.read(issue)
        changed = lifecycle.moved(found, body["state"], body["version"])
        if changed["state"] == lifecycle.READY:
            faults = [one for one in checks.check(found, self._public_url) if one.level == checks.ERROR]
            if faults:
                raise Conflict("notifications.issue_faulty", errors=len(faults))
            unused = lifecycle.unused_images(found)
            self._drop_images(blobs, found, unused)
            changed["images"] = [image for image in found["images"] if image["id"] not in unused]
        return self._store(changed, _entry("moved", found, found["state"], changed["state"], body["reason"]))

    def _drop_images(self, blobs: BlobStore, issue: Issue, ids: Iterable[str]) -> None:
        for image in ids:
            if not self._issues.shows_image(image, but=issue["_id"]):
                blobs.delete(image)

    def _store(self, issue: Issue, entry: PendingEvent) -> JsonObject:
        return presenters.to_officers(self._issues.store(issue, entry))


def _entry(
    what: str, issue: Issue, before: object = None, after: object = None, reason: str | None = None
) -> PendingEvent:
    return audit.entry(f"notifications.issue_{what}", f"newsletter/{issue['_id']}", before, after, reason)
