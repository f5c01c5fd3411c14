"""A version is built in steps of a job: the first freezes its model, each further one renders a language."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Unavailable
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import job, rpc, subscribe
from wsis_shared.rendering import MEDIA_TYPES, Rendered, RenderingFailed, render

from wsis_consultation.documents import errors
from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import FINAL_BRIEF, OUTCOMES, final_brief, outcomes, versions
from wsis_consultation.documents.store import Documents, Partners, Sources
from wsis_consultation.editions.store import Editions
from wsis_consultation.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Next, Run
    from wsis_shared.jobs.states import Job

_log = logging.getLogger(__name__)

KIND = "build_document"
Model = dict[str, Any]


class BuildingCases:
    """What makes versions and their files."""

    def __init__(
        self, documents: Documents, sources: Sources, partners: Partners, editions: Editions, settings: Settings
    ) -> None:
        self._documents, self._sources, self._partners = documents, sources, partners
        self._editions, self._settings = editions, settings

    @rpc(writes=True)
    def start_document(self, ctx: Context, jobs: Jobs, edition: str, body: Mapping[str, Any]) -> Job:
        """Start to build a new version. While one of this kind is being built, it is that job. Raises Invalid for a
        moment in the future, Conflict for a number that is not after the others, or without a programme."""
        self._editions.find(edition)
        as_of = clock.to_milliseconds(body["as_of"] or ctx.received_at)
        if as_of > ctx.received_at:
            raise errors.as_of_later(clock.iso(as_of))
        self._number(edition, body["kind"], body["version"])
        if body["kind"] == FINAL_BRIEF and self._sources.programme(edition) is None:
            raise Conflict("consultation.document_without_programme", edition=edition)
        arguments = {
            "edition": edition,
            "kind": body["kind"],
            "as_of": clock.iso(as_of),
            "number": body["version"],
            "merged": body["merge_academia_technical"],
            "languages": list(dict.fromkeys(body["languages"])),
        }
        return jobs.enqueue(KIND, arguments, key=f"{KIND}|{edition}|{body['kind']}")

    @rpc(writes=True)
    def render_document_files(self, jobs: Jobs, edition: str, document: str) -> Job:
        """Start to render a draft again, in the languages that are older than its prose. Raises NotFound, Conflict."""
        version = self._documents.find(edition, document)
        versions.require_draft(version)
        return jobs.enqueue(KIND, {"edition": edition, "document": document}, key=f"{KIND}|{document}")

    @subscribe("partnerships", "partner_confirmed")
    def keep_partner(self, event: Mapping[str, Any]) -> None:
        """A partner for the final brief."""
        self._partners.put(event, live=True)

    @subscribe("partnerships", "partner_withdrawn")
    def remove_partner(self, event: Mapping[str, Any]) -> None:
        """A partner that has left."""
        self._partners.put(event, live=False)

    @job(transaction=False)
    def build_document(self, run: Run, blobs: BlobStore) -> Finish | Next:
        """One step of the job."""
        edition = str(run.arguments["edition"])
        document = run.arguments.get("document") or run.checkpoint
        if document is None:
            version = self._freeze(run, blobs)
            return run.next(version["_id"], done=0, total=len(version["languages"]))
        version = self._documents.find(edition, document)
        total, outdated = len(version["languages"]), versions.outdated_languages(version)
        if not outdated:
            return run.finish(
                {
                    "document": document,
                    "version": version["number"],
                    "sha256": version["model"]["sha256"],
                    "languages": version["languages"],
                }
            )
        run.report(total - len(outdated), total)
        self._render(run, blobs, version, outdated[0])
        return run.next(document, done=total - len(outdated) + 1, total=total)

    def _freeze(self, run: Run, blobs: BlobStore) -> versions.Version:
        """Store the model and the version. A step that runs again finds what it has stored."""
        arguments = run.arguments
        edition, kind = str(arguments["edition"]), str(arguments["kind"])
        for known in self._documents.of_edition(edition, job=run.id):
            return known
        model = self._model(edition, kind, arguments)
        content = gzip.compress(versions.canonical(model), mtime=0)
        blob = blobs.put(
            [content], owner=f"document/{run.id}", filename=f"{kind}-{edition}.json.gz", media_type="application/gzip"
        )

        def save() -> versions.Version:
            last = max(
                self._documents.of_edition(edition, kind=kind),
                key=lambda one: versions.order(one["number"]),
                default=None,
            )
            number = self._number(edition, kind, arguments["number"])
            id = versions.document_id(edition, kind, number)
            kept = blobs.keep(blob.id, f"document/{id}")
            version: versions.Version = {
                "_id": id,
                "edition": edition,
                "kind": kind,
                "number": number,
                "as_of": clock.parse(arguments["as_of"]),
                "status": versions.DRAFT,
                "inputs": model["inputs"],
                "total": model["statistics"]["total"],
                "statistics": model["statistics"],
                "languages": list(arguments["languages"]),
                "model": {"blob": kept.id, "size": kept.size, "sha256": versions.digest(model)},
                # A new version starts with the texts of the one before.
                "prose": last["prose"] if last else {},
                "prose_revision": 1,
                "files": {},
                "job": run.id,
                "built_at": clock.now(),
                "published_at": None,
            }
            entry = audit.entry(
                "consultation.document_built",
                f"document/{id}",
                None,
                {"sha256": version["model"]["sha256"], "total": version["total"]},
            )
            return self._documents.save("documents", version, entry)

        return in_transaction(save)

    def _model(self, edition: str, kind: str, arguments: Mapping[str, Any]) -> Model:
        found, as_of = self._editions.find(edition), clock.parse(arguments["as_of"])
        if kind == OUTCOMES:
            return outcomes.build(
                found,
                self._sources.submissions(edition, as_of),
                themes=self._sources.themes(edition),
                meetings=self._sources.meetings(found, as_of),
                questions=self._sources.questions(edition),
                as_of=as_of,
                merged=bool(arguments["merged"]),
            )
        programme = self._sources.programme(edition)
        if programme is None:
            raise Conflict("consultation.document_without_programme", edition=edition)
        return final_brief.build(
            found,
            programme,
            facilitators=self._sources.facilitators(edition),
            partners=self._partners.names(edition),
            as_of=as_of,
        )

    def _number(self, edition: str, kind: str, wanted: str | None) -> str:
        return versions.next_number(self._documents.numbers(edition, kind), wanted)

    def _render(self, run: Run, blobs: BlobStore, version: versions.Version, language: str) -> None:
        """Make the files of a language and store them."""
        id, revision = version["_id"], version["prose_revision"]
        document = lay_out(version["kind"], load_model(blobs, version), version["prose"], language, version["number"])
        made = self._rendered(run, id, document)
        files = {
            name: blobs.put(
                [content], owner=f"document/{id}", filename=f"{id}-{language}.{name}", media_type=MEDIA_TYPES[name]
            )
            for name, content in made.files.items()
        }

        def save() -> None:
            now = self._documents.find(version["edition"], id)
            versions.require_draft(now)
            for old in now["files"].get(language, {}).get("formats", {}).values():
                blobs.delete(old["blob"])
            for blob in files.values():
                blobs.keep(blob.id, f"document/{id}")
            formats = {
                name: {"blob": blob.id, "size": blob.size, "sha256": blob.sha256} for name, blob in files.items()
            }
            new = {"revision": revision, "missing": list(made.missing), "formats": formats}
            self._documents.save("documents", {**now, "files": {**now["files"], language: new}})

        in_transaction(save)

    def _rendered(self, run: Run, id: str, document: dict[str, Any]) -> Rendered:
        settings = self._settings
        try:
            return render(
                document,
                seconds=settings.consultation_rendering_seconds,
                megabytes=settings.consultation_rendering_megabytes,
                on_wait=run.report,
            )
        except RenderingFailed as error:
            _log.error("a document was not rendered", extra={"document": id, "error": str(error)})
            raise Unavailable("consultation.rendering_failed") from error


def load_model(blobs: BlobStore, version: Mapping[str, Any]) -> Model:
    """The frozen model of a version."""
    model: Model = json.loads(gzip.decompress(b"".join(blobs.open(version["model"]["blob"]))))
    return model
