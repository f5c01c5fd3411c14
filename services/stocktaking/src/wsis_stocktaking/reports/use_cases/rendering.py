"""The files of a version in one language: charts first, then HTML, PDF and DOCX in a child process."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from contextlib import closing
from typing import TYPE_CHECKING

from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction
from wsis_shared.rendering import MEDIA_TYPES, Layout, Rendered, RenderingFailed, render

from wsis_stocktaking import charts
from wsis_stocktaking.reports import rules
from wsis_stocktaking.reports.layouts import MODEL, REQUEST
from wsis_stocktaking.reports.layouts.charts import drawings
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.store import Reports
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.run import Run

_log = logging.getLogger(__name__)


class RenderingCases:
    """What makes the files of versions."""

    def __init__(self, reports: Reports, settings: Settings, base: str) -> None:
        self._reports, self._settings, self._base = reports, settings, base

    def render(self, run: Run, blobs: BlobStore, version: rules.Version, language: str) -> None:
        """Make the files of a language and store them. Raises Conflict when the version was published meanwhile,
        Unavailable when they cannot be made."""
        id, revision = version["_id"], version["prose_revision"]
        made = self._rendered(run, blobs, version, language)
        files = {
            name: blobs.put(
                [content], owner=f"report/{id}", filename=f"{id}-{language}.{name}", media_type=MEDIA_TYPES[name]
            )
            for name, content in made.files.items()
        }

        def save() -> None:
            now = self._reports.find(id)
            rules.require_draft(now)
            for old in now["files"].get(language, {}).get("formats", {}).values():
                blobs.delete(old["blob"])
            for blob in files.values():
                blobs.keep(blob.id, f"report/{id}")
            formats = {
                name: {"blob": blob.id, "size": blob.size, "sha256": blob.sha256} for name, blob in files.items()
            }
            new = {"revision": revision, "missing": list(made.missing), "formats": formats}
            self._reports.save("reports", {**now, "files": {**now["files"], language: new}})

        in_transaction(save)

    def _rendered(self, run: Run, blobs: BlobStore, version: rules.Version, language: str) -> Rendered:
        settings = self._settings
        try:
            request = {
                "prose": version["prose"],
                "language": language,
                "number": version["number"],
                "base": self._base,
                "pictures": self._pictures(run, version, language),
            }
            files = {
                MODEL: b"".join(blobs.open(version["model"]["blob"])),
                REQUEST: json.dumps(request, ensure_ascii=False).encode(),
            }
            return render(
                Layout("wsis_stocktaking.reports.layouts:lay_out", files),
                seconds=settings.stocktaking_rendering_seconds,
                megabytes=settings.stocktaking_rendering_megabytes,
                on_wait=run.report,
            )
        except (RenderingFailed, charts.ChartFailed) as error:
            _log.error("a report was not rendered", extra={"report": version["_id"], "error": str(error)})
            raise Unavailable("stocktaking.rendering_failed") from error

    def _pictures(self, run: Run, version: rules.Version, language: str) -> dict[str, dict[str, str]]:
        """The charts, drawn by a child process of their own: others may keep that of this process busy."""
        found = {}
        with closing(charts.ChartProcess(seconds=self._settings.stocktaking_rendering_seconds)) as drawer:
            for name, chart in drawings(Reader(language), version["scope"], version["statistics"]):
                run.report()
                drawn = drawer.draw(chart)
                found[name] = {"svg": drawn["svg"].decode(), "png": b64encode(drawn["png"]).decode()}
        return found
