"""Entrypoints of documents."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc, subscribe
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_consultation.use_cases.documents import compose

Row = dict[str, Any]


class DocumentsEntrypoints(Service):
    """Outcomes and Analysis, and the final brief."""

    documents = Composed(compose)

    # -- everybody ----------------------------------------------------------------------------------------------------

    @rpc
    def list_documents(self, edition: str) -> Row:
        """Published versions."""
        return self.documents.reading.list(context.current(), edition)

    @rpc
    def read_document(self, edition: str, document: str) -> Row:
        """A published version."""
        return self.documents.reading.read(context.current(), edition, document)

    @rpc
    def render_document_page(self, edition: str, document: str) -> Row:
        """A published version as a page."""
        return self.documents.reading.page(context.current(), self.bus.blobs, edition, document)

    @rpc
    def read_document_file(self, edition: str, document: str, format: str = "pdf", language: str | None = None) -> Row:
        """A file of a published version."""
        return self.documents.reading.file(context.current(), edition, document, format, language)

    # -- officers -----------------------------------------------------------------------------------------------------

    @rpc
    def list_document_versions(self, edition: str) -> Row:
        """All versions."""
        return self.documents.editing.list(context.current(), edition)

    @rpc
    def read_document_version(self, edition: str, document: str) -> Row:
        """A version, draft or published."""
        return self.documents.editing.read(context.current(), edition, document)

    @rpc
    def read_document_version_file(
        self, edition: str, document: str, format: str = "pdf", language: str | None = None
    ) -> Row:
        """A file of a version, draft or published."""
        return self.documents.reading.draft_file(context.current(), edition, document, format, language)

    @rpc(writes=True)
    def start_document(self, edition: str, body: Row) -> Row:
        """Build a version."""
        return self.job_response(self.documents.building.request(context.current(), self.bus.jobs, edition, body))

    @rpc(writes=True)
    def render_document_files(self, edition: str, document: str) -> Row:
        """Render a draft again."""
        return self.job_response(self.documents.building.request_files(self.bus.jobs, edition, document))

    @rpc(writes=True)
    def write_document_prose(self, edition: str, document: str, body: Row, if_match: list[int] | None = None) -> Row:
        """Change the texts of a draft."""
        return self.documents.editing.write_prose(context.current(), edition, document, body, if_match)

    @rpc(writes=True)
    def publish_document(self, edition: str, document: str, body: Row) -> Row:
        """Publish a version."""
        return self.documents.editing.publish(context.current(), edition, document, body)

    @rpc(writes=True)
    def remove_document(self, edition: str, document: str) -> None:
        """Delete a draft."""
        self.documents.editing.remove(self.bus.blobs, edition, document)

    # -- events and jobs ----------------------------------------------------------------------------------------------

    @subscribe("partnerships", "partner_confirmed")
    def keep_partner(self, event: Row) -> None:
        """A partner for the final brief."""
        self.documents.partners.put(event, live=True)

    @subscribe("partnerships", "partner_withdrawn")
    def remove_partner(self, event: Row) -> None:
        """A partner that has left."""
        self.documents.partners.put(event, live=False)

    @job(transaction=False)
    def build_document(self, run: Run) -> Finish | Next:
        """A step: freeze the model, or render a language."""
        return self.documents.building.step(run, self.bus.blobs)
