"""Routes that the documents of all services have."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.published_documents.schemas import FileQuery


@dataclass(frozen=True)
class DocumentRoutes:
    """What a service calls its documents, the paths of a published one and of a version, permissions and schemas.
    Handlers and codes have the noun: `read_report`, `stocktaking.report_unknown`. `page` is that of the site to which
    browsers are led in place of the document as HTML."""

    service: str
    noun: str
    document: str
    version: str
    read: str
    manage: str
    figures: type[Schema]
    for_officers: type[Schema]
    prose: type[Schema]
    publication: type[Schema]
    built: type[Schema]
    prose_errors: tuple[str, ...] = ()
    page: str = ""

    def code(self, what: str) -> str:
        """An error or event of these documents."""
        return f"{self.service}.{self.noun}_{what}"

    def of_documents(self) -> tuple[Route, ...]:
        """What everybody reads of a published one."""
        return (
            Route(
                "GET",
                self.document,
                handler=f"read_{self.noun}",
                summary=f"A published {self.noun} with the figures of its charts",
                response=self.figures,
                permission=PUBLIC,
                cache=300,
                invalidated_by=(self.code("published"),),
                error_codes=(self.code("unknown"),),
            ),
            Route(
                "GET",
                f"{self.document}/page",
                handler=f"render_{self.noun}_page",
                summary=f"A published {self.noun} as a page",
                permission=PUBLIC,
                media="text/html",
                inline=True,
                cache=0 if self.page else 300,
                invalidated_by=() if self.page else (self.code("published"),),
                uncached="Browsers are led to a page of the site." if self.page else "",
                page=self.page,
                error_codes=(self.code("unknown"), self.code("file_unknown")),
            ),
            Route(
                "GET",
                f"{self.document}/file",
                handler=f"read_{self.noun}_file",
                summary=f"A published {self.noun} as PDF, DOCX, HTML or JSON",
                description=f"The JSON is the gzipped model that the {self.noun} is made of; its SHA-256 is that of "
                f"the {self.noun}.",
                query=FileQuery,
                permission=PUBLIC,
                download=True,
                media="application/pdf",
                error_codes=(self.code("unknown"), self.code("file_unknown")),
            ),
        )

    def of_versions(self) -> tuple[Route, ...]:
        """What officers do with a version."""
        unknown, not_draft = self.code("unknown"), self.code("not_draft")
        return (
            Route(
                "GET",
                self.version,
                handler=f"read_{self.noun}_version",
                summary=f"A version of a {self.noun}",
                response=self.for_officers,
                permission=self.read,
                error_codes=(unknown,),
                versioned=True,
            ),
            Route(
                "GET",
                f"{self.version}/file",
                handler=f"read_{self.noun}_version_file",
                summary="A file of a version, draft or published",
                query=FileQuery,
                permission=self.read,
                download=True,
                media="application/pdf",
                error_codes=(unknown, self.code("file_unknown")),
            ),
            Route(
                "PUT",
                f"{self.version}/prose",
                handler=f"write_{self.noun}_prose",
                summary="Change the texts of a draft",
                description="The files show them after they are rendered again.",
                body=self.prose,
                response=self.for_officers,
                permission=self.manage,
                if_match=True,
                error_codes=(unknown, not_draft, *self.prose_errors),
            ),
            Route(
                "POST",
                f"{self.version}/files",
                handler=f"render_{self.noun}_files",
                summary="Render a draft again",
                mode=Mode.JOB,
                description="In the languages whose files are older than the texts.",
                response=self.built,
                permission=self.manage,
                limit="heavy",
                error_codes=(unknown, not_draft, f"{self.service}.rendering_failed"),
            ),
            Route(
                "PUT",
                f"{self.version}/publication",
                handler=f"publish_{self.noun}",
                summary="Publish a version",
                description="It never changes from then on.",
                body=self.publication,
                response=self.for_officers,
                permission=self.manage,
                error_codes=(unknown, self.code("not_rendered")),
            ),
            Route(
                "DELETE",
                self.version,
                handler=f"remove_{self.noun}",
                summary="Delete a draft with its files",
                status=204,
                permission=self.manage,
                error_codes=(unknown, not_draft),
            ),
        )
