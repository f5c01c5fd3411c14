"""Certificates: made by a job once their project is announced, stored as files. A read makes none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared.bus import job, rpc
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.mongo import in_transaction
from wsis_shared.reference import languages

from wsis_prizes import errors
from wsis_prizes.certificate import process
from wsis_prizes.domain import certificates
from wsis_prizes.domain.certificates import Award
from wsis_prizes.service.calls import Calls


class CertificateCalls(Calls):
    """A part of PrizesService."""

    @rpc
    def read_certificate(self, project: str, language: str = "en") -> dict[str, Any]:
        """The certificate of a champion, of a winner from the release on. One that is missing, or says what is not true
        any more, is enqueued: Unavailable."""
        found, award = self._awarded(project)
        if award is None:
            self.submitted(project)  # raises: nobody learns of a draft
            raise errors.no_certificate()
        blob = self._current(found, award, language)
        if blob is None:
            if not any(project in _asked(job["arguments"]) for job in self.bus.jobs.live("make_certificates")):
                self.enqueue_certificates([project])
            raise errors.certificate_not_ready()
        return {"blob": blob}

    @job(transaction=False)
    def make_certificates(self, run: Run) -> Finish:
        """Make those of some projects that are missing. It may run again: what is stored stays."""
        wanted = []
        for id in _asked(run.arguments):
            found, award = self._awarded(id)
            if award is not None:
                missing = [each.code for each in languages() if not self._current(found, award, each.code)]
                wanted += [(found, award, missing)] if missing else []
        for (found, award, _), files in zip(wanted, process.render(wanted, run.report), strict=True):
            for language, pdf in files.items():
                self._save(found, award, language, pdf)
        return run.finish()

    def _awarded(self, project: str) -> tuple[dict[str, Any], Award | None]:
        found = self.store.project(project)
        return found, certificates.award(found, self.store.edition(found["edition"]))

    def _current(self, found: dict[str, Any], award: Award, language: str) -> str | None:
        row = self.store.certificate(found["_id"], language)
        is_current = row is not None and row["content_key"] == certificates.content_key(found, language, **award)
        return row["blob"] if row is not None and is_current else None

    def _save(self, found: dict[str, Any], award: Award, language: str, pdf: bytes) -> None:
        project, owner = found["_id"], f"project/{found['_id']}"
        blob = self.bus.blobs.put(
            [pdf], owner=owner, media_type="application/pdf",
            filename=f"wsis-prizes-{found['edition']}-{found['number']:04d}-{language}.pdf",
        )  # fmt: skip

        def save() -> None:
            if self._awarded(project)[1] != award or self._current(found, award, language):
                return  # disqualified meanwhile, or another process was first: this file expires
            if before := self.store.certificate(project, language):
                self.bus.blobs.delete(before["blob"])
            self.bus.blobs.keep(blob.id, owner)
            key = certificates.content_key(found, language, **award)
            self.store.save_certificate(project, language, key, blob.id)

        in_transaction(save)


def _asked(arguments: Mapping[str, Any]) -> list[str]:
    """The projects of a job."""
    return [arguments["project"], *arguments.get("others", ())]
