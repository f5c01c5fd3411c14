"""What officers do with a version until it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, languages, revisions
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch

from wsis_stocktaking.reports.events import REPORT_PUBLISHED
from wsis_stocktaking.reports.rules import versions
from wsis_stocktaking.reports.store import Reports
from wsis_stocktaking.reports.use_cases.presenters import to_officers

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class EditingCases:
    """Prose, publication, removal."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @rpc
    def list_report_versions(self, ctx: Context, after: str | None = None, limit: int = 20) -> dict[str, Any]:
        """All versions, the newest first."""
        return self._reports.all(after, limit).response(lambda one: to_officers(one, ctx.locale))

    @rpc
    def read_report_version(self, ctx: Context, report: str) -> dict[str, Any]:
        """One version, draft or not. Raises NotFound."""
        return to_officers(self._reports.find(report), ctx.locale)

    @rpc(writes=True)
    def write_report_prose(
        self, ctx: Context, report: str, body: Mapping[str, Any], if_match: IfMatch = None
    ) -> dict[str, Any]:
        """Change texts; the files are outdated then. Raises NotFound, Conflict once it is published,
        PreconditionFailed."""
        version = self._reports.find(report)
        versions.require_draft(version)
        revisions.require(version, versions.edited(version), if_match)
        written = {name: languages.merge(version["prose"].get(name), texts) for name, texts in body.items()}
        changed = {name: texts for name, texts in written.items() if version["prose"].get(name, {}) != texts}
        if not changed:
            return to_officers(version, ctx.locale)
        before = {name: version["prose"].get(name) for name in changed}
        entry = audit.entry("stocktaking.report_edited", f"report/{report}", before, changed)
        new = {**version, "prose": {**version["prose"], **changed}, "prose_revision": version["prose_revision"] + 1}
        return to_officers(self._reports.save("reports", new, entry), ctx.locale)

    @rpc(writes=True)
    def publish_report(self, ctx: Context, report: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make it public; a repeat changes nothing. Raises NotFound, Conflict unless each language is rendered."""
        version = self._reports.find(report)
        if version["status"] == versions.PUBLISHED:
            return to_officers(version, ctx.locale)
        versions.require_rendered(version)
        new = {**version, "status": versions.PUBLISHED, "published_at": ctx.received_at}
        scope = version["scope"]
        event = new_event(
            REPORT_PUBLISHED,
            subject=report,
            report=report,
            kind=scope["kind"],
            version=version["number"],
            region=scope["region"],
            edition=scope["edition"],
            as_of=version["as_of"],
            sequence=version["sequence"],
            languages=version["languages"],
        )
        entry = audit.entry(
            "stocktaking.report_published",
            f"report/{report}",
            {"status": versions.DRAFT},
            {"status": versions.PUBLISHED},
            body["reason"],
        )
        return to_officers(self._reports.save("reports", new, event, entry), ctx.locale)

    @rpc(writes=True)
    def remove_report(self, blobs: BlobStore, report: str) -> None:
        """Delete the files of a draft; its number is not given again. Raises NotFound, Conflict once it is
        published."""
        version = self._reports.find(report)
        versions.require_draft(version)
        files = [one["blob"] for made in version["files"].values() for one in made["formats"].values()]
        for blob in (version["model"]["blob"], *files):
            blobs.delete(blob)
        entry = audit.entry("stocktaking.report_removed", f"report/{report}", {"status": version["status"]})
        self._reports.save("reports", {**version, "status": versions.REMOVED, "files": {}}, entry)
