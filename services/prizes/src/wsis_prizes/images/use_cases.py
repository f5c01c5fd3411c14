"""Submitters give their projects an image, and officers may remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, images
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, Unavailable
from wsis_shared.images.studio import Studio
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.projects.rules import images as rules
from wsis_prizes.projects.rules import projects, submissions
from wsis_prizes.projects.rules.projects import Image, Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.projects.use_cases.projects import readable
from wsis_prizes.reviews.store import Reviews

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

DRAWING = Studio(
    refused=lambda fields: Invalid("prizes.image_refused", fields=fields),
    busy=lambda: Unavailable("prizes.image_not_drawn", retry_after=10),
)


class ImageCases:
    """One image a project, in two widths."""

    def __init__(self, editions: Editions, projects: Projects, reviews: Reviews) -> None:
        self._editions, self._projects, self._reviews = editions, projects, reviews

    @rpc
    def read_image_details(self, ctx: Context, project: str) -> dict[str, object]:
        """That of one's own project."""
        return _details(self._projects.own_project(project, str(ctx.actor.id)))

    @rpc(writes=True, store_response=False, repeatable=True)
    def set_image(self, ctx: Context, blobs: BlobStore, project: str, body: Input, upload: Input) -> dict[str, object]:
        """Draw it anew, and keep that in place of the former one. Raises Invalid, Conflict, NotFound, Unavailable."""
        self._changeable(ctx, project)
        owner = f"project/{project}"
        sizes: dict[str, projects.ImageSize] = {}
        made = DRAWING.draw(ctx, blobs.open(upload["id"]), list(rules.SIZES.values()))
        for name, drawn in zip(rules.SIZES, made, strict=True):
            blob = blobs.put([drawn.content], owner=owner, filename=f"{project}-{name}.jpg", media_type=images.DRAWN)
            sizes[name] = {"blob": blob.id, "width": drawn.width, "height": drawn.height}

        def save() -> Project:
            found, edition = self._changeable(ctx, project)
            _forget(blobs, found)
            for size in sizes.values():
                blobs.keep(size["blob"], owner)
            image: Image = {"alt": body["alt"], "sizes": sizes}
            return self._projects.save_project({**found, "image": image, "image_removed": None}, edition)

        return _details(in_transaction(save))

    @rpc(writes=True)
    def remove_own_image(self, ctx: Context, blobs: BlobStore, project: str) -> None:
        """While the project may be changed. Raises Conflict, NotFound."""
        found, edition = self._changeable(ctx, project)
        rules.must_have(found)
        _forget(blobs, found)
        self._projects.save_project({**found, "image": None}, edition)

    @rpc(writes=True)
    def remove_image(self, ctx: Context, blobs: BlobStore, project: str, body: Input) -> None:
        """An officer, at any time, with a reason. Raises NotFound."""
        found = self._projects.submitted_project(project)
        rules.must_have(found)
        edition = self._editions.edition(found["edition"])
        _forget(blobs, found)
        gone: Project = {**found, "image": None, "image_removed": {"at": ctx.received_at, "reason": body["reason"]}}
        entry = audit.entry("prizes.image_removed", f"project/{project}/image", reason=body["reason"])
        self._projects.save_project(gone, edition, entry, for_officer=True)
        if found["state"] == projects.NOMINATED:
            self._editions.nominees_changed(edition)

    @rpc
    def read_image(self, ctx: Context, project: str, size: str) -> dict[str, object]:
        """For who may read the project. Raises NotFound."""
        found, _ = readable(self._projects, self._reviews, ctx, project)
        return {"blob": rules.file_of(found, size)}

    def _changeable(self, ctx: Context, project: str) -> tuple[Project, Edition]:
        found = self._projects.own_project(project, str(ctx.actor.id))
        edition = self._editions.edition(found["edition"])
        submissions.may_change(found, edition, ctx.received_at)
        return found, edition


def _forget(blobs: BlobStore, project: Project) -> None:
    """Let its files expire, if there are any."""
    for blob in rules.files(project.get("image")):
        blobs.delete(blob)


def _details(project: Project) -> dict[str, object]:
    removed = project.get("image_removed")
    return {
        "project": project["_id"],
        "image": rules.of_project(project),
        "removed_because": removed["reason"] if removed else None,
    }


def compose(parts: Parts) -> ImageCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return ImageCases(Editions(db), Projects(db), Reviews(db))
