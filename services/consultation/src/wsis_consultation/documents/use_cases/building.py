"""What documents are made of, and how they look."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.document_versions import Version
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input
from wsis_shared.operations import inherited, job, rpc, subscribe
from wsis_shared.published_documents.building import Building
from wsis_shared.rendering.blocks import Document
from wsis_shared.settings import Suite

from wsis_consultation.documents import errors
from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import FINAL_BRIEF, OUTCOMES, final_brief, outcome_document, outcomes
from wsis_consultation.documents.rules.models import FinalBrief, OutcomeDocument, Outcomes
from wsis_consultation.documents.store import Documents, DocumentVersion, Partners, Sources
from wsis_consultation.editions.store import Editions
from wsis_consultation.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Run
    from wsis_shared.jobs.states import Job

KIND = "build_document"


class BuildingCases(Building[DocumentVersion]):
    """What makes versions."""

    def __init__(
        self, documents: Documents, sources: Sources, partners: Partners, editions: Editions, settings: Settings
    ) -> None:
        seconds, megabytes = settings.consultation_rendering_seconds, settings.consultation_rendering_megabytes
        super().__init__(documents, seconds=seconds, megabytes=megabytes)
        self._sources, self._partners, self._editions = sources, partners, editions
        self._base = Suite.current().public_url.rstrip("/")

    @rpc(writes=True)
    def start_document(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> Job:
        """Start to build a new version. While one of this kind is being built, it is that job. Raises Invalid for a
        moment in the future, Conflict for a number that is not after the others, or without a programme."""
        self._editions.find(edition)
        as_of = clock.to_milliseconds(body["as_of"] or ctx.received_at)
        if as_of > ctx.received_at:
            raise errors.as_of_later(clock.iso(as_of))
        earlier = self._versions.of_series({"edition": edition, "kind": body["kind"]})
        self._versions.next_number(earlier, body["version"])
        if body["kind"] != OUTCOMES:
            self._programme(edition)
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
        self._versions.find_draft(document, edition=edition)
        return jobs.enqueue(KIND, {"edition": edition, "document": document}, key=f"{KIND}|{document}")

    @subscribe("partnerships", "partner_confirmed")
    def keep_partner(self, event: Input) -> None:
        """A partner for the final brief."""
        self._partners.put(event, live=True)

    @subscribe("partnerships", "partner_withdrawn")
    def remove_partner(self, event: Input) -> None:
        """A partner that has left."""
        self._partners.put(event, live=False)

    build_document = job(transaction=False)(inherited(Building.build))

    def _series(self, arguments: Input) -> dict[str, str]:
        return {"edition": arguments["edition"], "kind": arguments["kind"]}

    def _model(self, arguments: Input) -> Outcomes | FinalBrief | OutcomeDocument:
        edition, kind = str(arguments["edition"]), str(arguments["kind"])
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
        programme, facilitators = self._programme(edition), self._sources.facilitators(edition)
        partners = self._partners.names(edition)
        if kind == FINAL_BRIEF:
            return final_brief.build(found, programme, facilitators=facilitators, partners=partners, as_of=as_of)
        return outcome_document.build(
            found,
            programme,
            outcomes=self._sources.session_outcomes(edition),
            participants=self._sources.participants(edition),
            facilitators=facilitators,
            partners=partners,
            as_of=as_of,
        )

    def _programme(self, edition: str) -> Input:
        """The published programme. Raises Conflict before there is one."""
        programme = self._sources.programme(edition)
        if programme is None:
            raise Conflict("consultation.document_without_programme", edition=edition)
        return programme

    def _completed(self, version: Version, arguments: Input, model: Input) -> DocumentVersion:
        return {**version, "edition": arguments["edition"], "kind": arguments["kind"], "inputs": model["inputs"]}

    def _document(self, run: Run, blobs: BlobStore, version: DocumentVersion, language: str) -> Document:
        model = json.loads(gzip.decompress(b"".join(blobs.open(version["model"]["blob"]))))
        return lay_out(version["kind"], model, version["prose"], language, version["number"], self._base)
