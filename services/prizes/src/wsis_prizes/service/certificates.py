"""Certificates: made at the first read, stored as files, and made anew when they would say something else."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared.bus import rpc
from wsis_shared.mongo import in_transaction

from wsis_prizes import errors
from wsis_prizes.domain import certificates, embargo, projects
from wsis_prizes.service.calls import Calls


class CertificateCalls(Calls):
    """A part of PrizesService."""

    # A page takes a tenth of a second of this process: whoever asks at the same time waits for it, and finds it.
    _making = threading.Lock()

    @rpc
    def read_certificate(self, project: str, language: str = "en") -> dict[str, Any]:
        """The certificate of a champion, of a winner from the release on."""
        found = self.store.project(project)
        doc = self.store.edition(found["edition"])
        if not (found.get("champion") and embargo.champions_are_out(doc)) or found["state"] != projects.NOMINATED:
            raise errors.no_certificate()
        winner = bool(found.get("winner")) and embargo.winners_are_out(doc)
        at = doc["marks"]["released_at" if winner else "champions_at"]
        key = certificates.content_key(found, language, winner=winner, at=at)
        blob = self._current(project, language, key)
        if blob is None:
            with self._making:
                blob = self._current(project, language, key) or self._make(found, language, key, winner=winner, at=at)
        return {"blob": blob}

    def _current(self, project: str, language: str, key: str) -> str | None:
        row = self.store.certificate(project, language)
        return row["blob"] if row is not None and row["content_key"] == key else None

    def _make(self, found: Mapping[str, Any], language: str, key: str, *, winner: bool, at: datetime) -> str:
        from wsis_prizes import certificate  # noqa: PLC0415 -- fonts and PDF take 50 MB, which most processes never need

        project, owner = found["_id"], f"project/{found['_id']}"
        blob = self.bus.blobs.put(
            [certificate.render(found, language, winner=winner, at=at)], owner=owner, media_type="application/pdf",
            filename=f"wsis-prizes-{found['edition']}-{found['number']:04d}-{language}.pdf",
        )  # fmt: skip

        def save() -> str:
            if current := self._current(project, language, key):
                return current  # another process was first; this file expires
            if before := self.store.certificate(project, language):
                self.bus.blobs.delete(before["blob"])
            self.bus.blobs.keep(blob.id, owner)
            self.store.save_certificate(project, language, key, blob.id)
            return str(blob.id)

        return in_transaction(save)
