"""The matrix as a page and as pictures. A picture is drawn when somebody asks for it, and kept while it is true."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc

from wsis_stocktaking import charts
from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.page import heat_map, page
from wsis_stocktaking.matrix.rules.evidence import TARGETS, Counts
from wsis_stocktaking.matrix.rules.links import Key
from wsis_stocktaking.matrix.store import MatrixVersions, Pictures
from wsis_stocktaking.matrix.store.versions import Version
from wsis_stocktaking.matrix.use_cases.evidence import EvidenceCases

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

Row = dict[str, Any]
MIN_INTERVAL = timedelta(minutes=5)  # before numbers of evidence are drawn again

_log = logging.getLogger(__name__)


class PictureCases:
    """What readers see. A drawing takes one to two seconds; of two requests for a picture one waits for the other."""

    def __init__(self, versions: MatrixVersions, evidence: EvidenceCases, pictures: Pictures) -> None:
        self._versions, self._evidence, self._pictures = versions, evidence, pictures
        self._locks: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    @rpc
    def read_matrix_page(self, ctx: Context, blobs: BlobStore, of: str = TARGETS) -> Row:
        """The page, with the picture if it can be drawn. Raises Unavailable."""
        version, counts = self._versions.current(), self._counts(of)
        try:
            picture = _text(blobs, self._drawn(blobs, version, of, ctx.locale)["svg"])
        except charts.ChartFailed:
            picture = None
        html = page.render(version, counts, of, ctx.locale, picture)
        return {"text": html, "filename": f"wsis-sdg-matrix-{of}-{ctx.locale}.html"}

    @rpc
    def read_matrix_heat_map(self, ctx: Context, blobs: BlobStore, of: str = TARGETS) -> Row:
        """The heat map as SVG. Raises Unavailable."""
        blob = self._picture(blobs, of, ctx.locale)["svg"]
        return {"text": _text(blobs, blob), "filename": f"wsis-sdg-matrix-{of}-{ctx.locale}.svg"}

    @rpc
    def read_matrix_picture(
        self, ctx: Context, blobs: BlobStore, of: str = TARGETS, language: str | None = None
    ) -> Row:
        """The heat map as PNG. Raises Unavailable."""
        return {"blob": self._picture(blobs, of, language or ctx.locale)["png"]}

    def _picture(self, blobs: BlobStore, view: str, language: str) -> Row:
        try:
            return self._drawn(blobs, self._versions.current(), view, language)
        except charts.ChartFailed as error:
            raise errors.picture_not_drawn() from error

    def _counts(self, view: str) -> dict[Key, Counts]:
        return {} if view == TARGETS else self._evidence.counts()

    def _drawn(self, blobs: BlobStore, version: Version, view: str, language: str) -> Row:
        """The picture of this version. Its numbers of evidence may be as old as MIN_INTERVAL, or older while nothing
        can be drawn. Raises ChartFailed, and Unavailable while the index is being filled."""
        found = self._pictures.find(view, language)
        if found and _is_recent(found, version):
            return found
        with self._locks[view, language]:
            found = self._pictures.find(view, language)
            if found and _is_recent(found, version):
                return found
            try:
                return self._draw(blobs, version, view, language, found)
            except (Unavailable, charts.ChartFailed):
                if found and found["version"] == version["_id"]:
                    return found
                raise

    def _draw(self, blobs: BlobStore, version: Version, view: str, language: str, before: Row | None) -> Row:
        chart = heat_map.chart(version, self._counts(view), view, language)
        fingerprint = hashlib.sha256(json.dumps(chart, sort_keys=True).encode()).hexdigest()
        if before and before["fingerprint"] == fingerprint:
            self._pictures.confirm(before, clock.now())  # else each request from now on would count the evidence again
            return before
        try:
            files = charts.draw(chart)
        except charts.ChartFailed as error:
            _log.warning("heat map not drawn", extra={"view": view, "language": language, "error": str(error)[:200]})
            raise
        owner = f"matrix_picture/{view}.{language}"
        kept = {
            name: blobs.put(
                [content],
                owner=owner,
                filename=f"wsis-sdg-matrix-{view}-{language}.{name}",
                media_type=charts.MEDIA_TYPES[name],
            ).id
            for name, content in files.items()
        }
        picture = {"version": version["_id"], "fingerprint": fingerprint, "drawn_at": clock.now(), **kept}
        in_transaction(partial(self._keep, blobs, view, language, picture, owner))
        return picture

    def _keep(self, blobs: BlobStore, view: str, language: str, picture: Row, owner: str) -> None:
        former = self._pictures.put(view, language, dict(picture))
        for name in charts.MEDIA_TYPES:
            blobs.keep(picture[name], owner)
            if former is not None:
                blobs.delete(former[name])


def _is_recent(found: Row, version: Version) -> bool:
    """Whether a picture may stay as it is although numbers of evidence have changed."""
    return bool(found["version"] == version["_id"] and clock.now() - found["drawn_at"] < MIN_INTERVAL)


def _text(blobs: BlobStore, blob: str) -> str:
    return b"".join(blobs.open(blob)).decode()
