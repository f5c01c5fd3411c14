"""What officers do with a version until it is published, and what everybody reads of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, languages, revisions
from wsis_shared.context import Context
from wsis_shared.document_versions import outdated_languages
from wsis_shared.errors import NotFound
from wsis_shared.events import new_event
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch

from wsis_stocktaking.reports import rules
from wsis_stocktaking.reports.events import REPORT_PUBLISHED
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.store import Reports

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


# Reports as responses.


def to_public(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version as everybody sees it."""
    return {
        **version["scope"],
        **{name: version[name] for name in ("as_of", "sequence", "published_at", "total", "languages", "statistics")},
        "id": version["_id"],
        "title": Reader(locale).report_title(version["scope"]),
        "version": version["number"],
        "matrix": version["versions"]["matrix"],
        "sha256": version["model"]["sha256"],
        "files": [
            {"language": language, "format": name, "size": one["size"], "sha256": one["sha256"]}
            for language, made in sorted(version["files"].items())
            for name, one in sorted(made["formats"].items())
        ],
    }


def to_officers(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version with what concerns officers only."""
    missing = sorted({char for made in version["files"].values() for char in made["missing"]})
    return {
        **to_public(version, locale),
        **{name: version[name] for name in ("status", "built_at", "prose")},
        "revision": revisions.of(version),
        "outdated": outdated_languages(version),
        "missing_characters": missing,
    }


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
        rules.require_draft(version)
        revisions.require(version, rules.edited(version), if_match)
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
        if version["status"] == rules.PUBLISHED:
            return to_officers(version, ctx.locale)
        rules.require_rendered(version)
        new = {**version, "status": rules.PUBLISHED, "published_at": ctx.received_at}
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
            {"status": rules.DRAFT},
            {"status": rules.PUBLISHED},
            body["reason"],
        )
        return to_officers(self._reports.save("reports", new, event, entry), ctx.locale)

    @rpc(writes=True)
    def remove_report(self, blobs: BlobStore, report: str) -> None:
        """Delete the files of a draft; its number is not given again. Raises NotFound, Conflict once it is
        published."""
        version = self._reports.find(report)
        rules.require_draft(version)
        files = [one["blob"] for made in version["files"].values() for one in made["formats"].values()]
        for blob in (version["model"]["blob"], *files):
            blobs.delete(blob)
        entry = audit.entry("stocktaking.report_removed", f"report/{report}", {"status": version["status"]})
        self._reports.save("reports", {**version, "status": rules.REMOVED, "files": {}}, entry)


# What everybody reads: published versions, all of them, also after later ones.


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

    def _published(self, report: str) -> rules.Version:
        version = self._reports.find(report)
        if version["status"] != rules.PUBLISHED:
            raise NotFound("stocktaking.report_unknown", report=report)
        return version


def _blob(version: Mapping[str, Any], format: str, language: str) -> str:
    if format == DATA:
        return str(version["model"]["blob"])
    found = version["files"].get(language, {}).get("formats", {}).get(format)
    if found is None:
        raise NotFound("stocktaking.report_file_unknown", report=version["_id"])
    return str(found["blob"])
