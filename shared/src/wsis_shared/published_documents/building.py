"""A version is built in steps of a job: the first freezes its model, each further one renders a language."""

from __future__ import annotations

import hashlib
import logging
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from wsis_shared import audit, clock, document_versions
from wsis_shared.document_versions import DRAFT, REMOVED, Rendering, Version
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.published_documents.store import V, Versions
from wsis_shared.rendering import MEDIA_TYPES, Layout, Rendered, RenderingFailed, render
from wsis_shared.rendering.blocks import Document

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.run import Finish, Next, Run

T = TypeVar("T")

REST = 50  # rows after which other requests of this process get their turn
GZIP = 16 + zlib.MAX_WBITS  # the format of gzip, without a time

_log = logging.getLogger(__name__)


class Building(ABC, Generic[V]):
    """A service adds what a document is made of and how it looks. The arguments of its job are those of a new version,
    with `as_of`, `number` and `languages`, or the id of one that is rendered again, by the noun of its documents."""

    def __init__(self, versions: Versions[V], *, seconds: float, megabytes: int) -> None:
        self._versions, self._seconds, self._megabytes = versions, seconds, megabytes

    def build(self, run: Run, blobs: BlobStore) -> Finish | Next:
        """One step of the job."""
        id = run.arguments.get(self._versions.noun) or run.checkpoint
        version = self._versions.find(id) if id else self._freeze(run, blobs)
        total, outdated = len(version["languages"]), document_versions.outdated_languages(version)
        if id is None:
            return run.next(version["_id"], done=0, total=total)
        if not outdated:
            return run.finish(self._built(version))
        run.report(total - len(outdated), total)
        self._render(run, blobs, version, outdated[0])
        return run.next(id, done=total - len(outdated) + 1, total=total)

    @abstractmethod
    def _series(self, arguments: Input) -> dict[str, str]:
        """What the versions of a document have in common; its values make their ids."""

    @abstractmethod
    def _model(self, arguments: Input) -> Input:
        """What a version is made of, with `statistics`: a function of its inputs."""

    @abstractmethod
    def _completed(self, version: Version, arguments: Input, model: Input) -> V:
        """The version with what the service adds: its series, and more."""

    @abstractmethod
    def _document(self, run: Run, blobs: BlobStore, version: V, language: str) -> Document | Layout:
        """A version in a language. Raises RenderingFailed."""

    def _built(self, version: V) -> JsonObject:
        """The result of the job."""
        return {
            self._versions.noun: version["_id"],
            "version": version["number"],
            "sha256": version["model"]["sha256"],
            "languages": version["languages"],
        }

    def _freeze(self, run: Run, blobs: BlobStore) -> V:
        """Store the model and the version. A step that runs again finds what it has stored."""
        versions, arguments = self._versions, run.arguments
        series = self._series(arguments)
        if known := versions.of_job(series, run.id):
            return known
        model, sha256, name = self._model(arguments), hashlib.sha256(), "-".join(series.values())
        blob = blobs.put(
            _packed(model, sha256.update),
            owner=f"{versions.noun}/{run.id}",
            filename=f"{name}.json.gz",
            media_type="application/gzip",
        )

        def save() -> V:
            earlier = versions.of_series(series)
            number = versions.next_number(earlier, arguments["number"])
            standing = (one for one in earlier if one["status"] != REMOVED)
            last = max(standing, key=lambda one: document_versions.order(one["number"]), default=None)
            version: Version = {
                "_id": f"{name}-{number}",
                "number": number,
                "as_of": clock.parse(arguments["as_of"]),
                "status": DRAFT,
                "total": model["statistics"]["total"],
                "statistics": model["statistics"],
                "languages": list(arguments["languages"]),
                "model": {"blob": blob.id, "size": blob.size, "sha256": sha256.hexdigest()},
                # A new version starts with the texts of the one before. What was removed does not come back.
                "prose": last["prose"] if last else {},
                "prose_revision": 1,
                "files": {},
                "job": run.id,
                "built_at": clock.now(),
                "published_at": None,
            }
            blobs.keep(blob.id, versions.target(version))
            entry = audit.entry(
                f"{versions.source}.{versions.noun}_built",
                versions.target(version),
                None,
                {"sha256": sha256.hexdigest(), "total": version["total"]},
            )
            return versions.save(versions.documents, self._completed(version, arguments, model), entry)

        return in_transaction(save)

    def _render(self, run: Run, blobs: BlobStore, version: V, language: str) -> None:
        """Make the files of a language and store them. Raises Conflict when the version was published meanwhile,
        Unavailable when they cannot be made."""
        versions, id, owner = self._versions, version["_id"], self._versions.target(version)
        made = self._rendered(run, blobs, version, language)
        files = {
            name: blobs.put([content], owner=owner, filename=f"{id}-{language}.{name}", media_type=MEDIA_TYPES[name])
            for name, content in made.files.items()
        }

        def save() -> None:
            now = versions.find_draft(id)
            if former := now["files"].get(language):
                for old in former["formats"].values():
                    blobs.delete(old["blob"])
            for blob in files.values():
                blobs.keep(blob.id, owner)
            new: Rendering = {
                "revision": version["prose_revision"],
                "missing": list(made.missing),
                "formats": {
                    name: {"blob": blob.id, "size": blob.size, "sha256": blob.sha256} for name, blob in files.items()
                },
            }
            now["files"][language] = new
            versions.save(versions.documents, now)

        in_transaction(save)

    def _rendered(self, run: Run, blobs: BlobStore, version: V, language: str) -> Rendered:
        try:
            return render(
                self._document(run, blobs, version, language),
                seconds=self._seconds,
                megabytes=self._megabytes,
                on_wait=run.report,
            )
        except RenderingFailed as error:
            _log.error("a document was not rendered", extra={"document": version["_id"], "error": str(error)})
            raise self._versions.errors.rendering_failed() from error


def resting(rows: Iterable[T]) -> Iterator[T]:
    """The rows; between them other requests of this process get their turn."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % REST == 0:
            time.sleep(0)


def _packed(model: Input, digest: Callable[[bytes], object]) -> Iterator[bytes]:
    """The canonical JSON of a model, packed; `digest` takes it unpacked. The same model gives the same bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for part in resting(document_versions.canonical_parts(model)):
        digest(part)
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
