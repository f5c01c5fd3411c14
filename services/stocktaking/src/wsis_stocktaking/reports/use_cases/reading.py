"""What everybody reads: published versions, all of them, also after later ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared.context import Context
from wsis_shared.operations import rpc

from wsis_stocktaking.reports import errors
from wsis_stocktaking.reports.rules import versions
from wsis_stocktaking.reports.store import Reports
from wsis_stocktaking.reports.use_cases.presenters import to_public

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

DATA, PAGE = "json", "html"


class ReadingCases:
    """Lists, reports and files."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @rpc
    def list_reports(self, ctx: Context, after: str | None = None, limit: int = 20) -> dict[str, Any]:
        """Published versions, the newest first."""
        return self._reports.published(after, limit).response(lambda one: to_public(one, ctx.locale))

    @rpc
    def read_report(self, ctx: Context, report: str) -> dict[str, Any]:
        """A published version. Raises NotFound."""
        return to_public(self._published(report), ctx.locale)

    @rpc
    def render_report_page(self, ctx: Context, blobs: BlobStore, report: str) -> dict[str, Any]:
        """The HTML page in the reader's language, else in the first that there is. Raises NotFound."""
        version = self._published(report)
        language = ctx.locale if ctx.locale in version["files"] else version["languages"][0]
        blob = _blob(version, PAGE, language)
        return {"text": b"".join(blobs.open(blob)).decode(), "filename": f"{report}-{language}.html"}

    @rpc
    def read_report_file(
        self, ctx: Context, report: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, Any]:
        """A file of a published version. Raises NotFound."""
        return {"blob": _blob(self._published(report), format, language or ctx.locale)}

    @rpc
    def read_report_version_file(
        self, ctx: Context, report: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, Any]:
        """A file of any version, for officers. Raises NotFound."""
        return {"blob": _blob(self._reports.find(report), format, language or ctx.locale)}

    def _published(self, report: str) -> versions.Version:
        version = self._reports.find(report)
        if version["status"] != versions.PUBLISHED:
            raise errors.report_unknown(report)
        return version


def _blob(version: Mapping[str, Any], format: str, language: str) -> str:
    if format == DATA:
        return str(version["model"]["blob"])
    found = version["files"].get(language, {}).get("formats", {}).get(format)
    if found is None:
        raise errors.report_file_unknown(version["_id"])
    return str(found["blob"])
