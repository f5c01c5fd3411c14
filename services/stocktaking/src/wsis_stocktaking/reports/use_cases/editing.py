"""What officers do with a version until it is published, and what everybody reads of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.published_documents import use_cases as documents
from wsis_shared.revisions import IfMatch

from wsis_stocktaking.reports.events import REPORT_PUBLISHED
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.store import Report, Reports

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


def to_public(version: Report, locale: str) -> JsonObject:
    """A version as everybody sees it."""
    return {
        **documents.to_public(version),
        **version["scope"],
        "title": Reader(locale).report_title(version["scope"]),
        "sequence": version["sequence"],
        "matrix": version["versions"]["matrix"],
    }


def to_officers(version: Report, locale: str) -> JsonObject:
    """A version with what concerns officers only."""
    return {**to_public(version, locale), **documents.to_officers(version)}


class EditingCases:
    """Prose, publication, removal."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @rpc
    def list_report_versions(self, ctx: Context, after: str | None = None, limit: int = 20) -> JsonObject:
        """All versions, the newest first."""
        return self._reports.all(after, limit).response(lambda one: to_officers(one, ctx.locale))

    @rpc
    def read_report_version(self, ctx: Context, report: str) -> JsonObject:
        """One version, draft or not. Raises NotFound."""
        return to_officers(self._reports.find(report), ctx.locale)

    @rpc
    def read_report_version_file(
        self, ctx: Context, report: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, str]:
        """A file of any version. Raises NotFound."""
        return documents.file_of(self._reports, self._reports.find(report), format, language or ctx.locale)

    @rpc(writes=True)
    def write_report_prose(self, ctx: Context, report: str, body: Input, if_match: IfMatch = None) -> JsonObject:
        """Change texts; the files are outdated then. Raises NotFound, Conflict once it is published,
        PreconditionFailed."""
        version = documents.write_prose(self._reports, self._reports.find(report), body, if_match)
        return to_officers(version, ctx.locale)

    @rpc(writes=True)
    def publish_report(self, ctx: Context, report: str, body: Input) -> JsonObject:
        """Make it public; a repeat changes nothing. Raises NotFound, Conflict unless each language is rendered."""
        version = self._reports.find(report)
        event = new_event(
            REPORT_PUBLISHED,
            subject=report,
            report=report,
            kind=version["scope"]["kind"],
            region=version["scope"]["region"],
            edition=version["scope"]["edition"],
            version=version["number"],
            as_of=version["as_of"],
            sequence=version["sequence"],
            languages=version["languages"],
        )
        return to_officers(
            documents.publish(self._reports, version, ctx.received_at, body["reason"], event), ctx.locale
        )

    @rpc(writes=True)
    def remove_report(self, blobs: BlobStore, report: str) -> None:
        """Delete the files of a draft; its number is not given again. Raises NotFound, Conflict once it is
        published."""
        documents.remove(self._reports, blobs, self._reports.find(report))


# What everybody reads: published versions, all of them, also after later ones.


class ReadingCases:
    """Lists, reports and files."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @rpc
    def list_reports(self, ctx: Context, after: str | None = None, limit: int = 20) -> JsonObject:
        """Published versions, the newest first."""
        return self._reports.published(after, limit).response(lambda one: to_public(one, ctx.locale))

    @rpc
    def read_report(self, ctx: Context, report: str) -> JsonObject:
        """A published version. Raises NotFound."""
        version = self._reports.find_published(report)
        return {**to_public(version, ctx.locale), "prose": version["prose"]}

    @rpc
    def render_report_page(self, ctx: Context, blobs: BlobStore, report: str) -> dict[str, str]:
        """The HTML page in the reader's language, else in the first that there is. Raises NotFound."""
        return documents.page_of(self._reports, blobs, self._reports.find_published(report), ctx.locale)

    @rpc
    def read_report_file(
        self, ctx: Context, report: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, str]:
        """A file of a published version. Raises NotFound."""
        return documents.file_of(self._reports, self._reports.find_published(report), format, language or ctx.locale)
