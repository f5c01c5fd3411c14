"""Certificates: made by a job once their project is announced, stored as files. A read makes none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wsis_shared.errors import NotFound, Unavailable
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.json_types import Input
from wsis_shared.mongo import chunks, in_transaction
from wsis_shared.operations import job, rpc
from wsis_shared.parts import Parts
from wsis_shared.reference import languages

from wsis_prizes.certificates import rules
from wsis_prizes.certificates.pdf import process
from wsis_prizes.certificates.rules import Award
from wsis_prizes.certificates.store import Certificates
from wsis_prizes.editions.store import Editions
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.store import Projects

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs

PER_JOB = 8  # projects whose certificates one job makes: its child process takes as long to start as to make one's


class CertificateCases:
    """Read, and made by a job."""

    def __init__(self, editions: Editions, projects: Projects, certificates: Certificates) -> None:
        self._editions, self._projects, self._certificates = editions, projects, certificates

    @rpc
    def read_certificate(self, jobs: Jobs, project: str, language: str = "en") -> dict[str, object]:
        """The certificate of a champion, of a winner from the release on. One that is missing, or says what is not true
        any more, is enqueued: Unavailable."""
        found, award = self._awarded(project)
        if award is None:
            self._projects.submitted_project(project)  # raises: nobody learns of a draft
            raise NotFound("prizes.no_certificate")
        blob = self._current(found, award, language)
        if blob is None:
            if not any(project in _asked(job["arguments"]) for job in jobs.live("make_certificates")):
                enqueue_certificates(jobs, [project])
            raise Unavailable("prizes.certificate_not_ready", retry_after=10)
        return {"blob": blob}

    @job(transaction=False)
    def make_certificates(self, blobs: BlobStore, run: Run) -> Finish:
        """Make those of some projects that are missing. It may run again: what is stored stays."""
        wanted = []
        for id in _asked(run.arguments):
            found, award = self._awarded(id)
            if award is not None:
                missing = [each.code for each in languages() if not self._current(found, award, each.code)]
                wanted += [(found, award, missing)] if missing else []
        for (found, award, _), files in zip(wanted, process.render(wanted, run.report), strict=True):
            for language, pdf in files.items():
                self._save(blobs, found, award, language, pdf)
        return run.finish()

    def _awarded(self, project: str) -> tuple[Project, Award | None]:
        found = self._projects.project(project)
        return found, rules.award(found, self._editions.edition(found["edition"]))

    def _current(self, found: Project, award: Award, language: str) -> str | None:
        row = self._certificates.certificate(found["_id"], language)
        is_current = row is not None and row["content_key"] == rules.content_key(found, language, **award)
        return row["blob"] if row is not None and is_current else None

    def _save(self, blobs: BlobStore, found: Project, award: Award, language: str, pdf: bytes) -> None:
        project, owner = found["_id"], f"project/{found['_id']}"
        blob = blobs.put(
            [pdf],
            owner=owner,
            media_type="application/pdf",
            filename=f"wsis-prizes-{found['edition']}-{found['number']:04d}-{language}.pdf",
        )

        def save() -> None:
            if self._awarded(project)[1] != award or self._current(found, award, language):
                return  # disqualified meanwhile, or another process was first: this file expires
            if before := self._certificates.certificate(project, language):
                blobs.delete(before["blob"])
            blobs.keep(blob.id, owner)
            key = rules.content_key(found, language, **award)
            self._certificates.save_certificate(project, language, key, blob.id)

        in_transaction(save)


def enqueue_certificates(jobs: Jobs, projects: Iterable[str]) -> None:
    """Have certificates made, by one job for some projects however many ask (`make_certificates`)."""
    for some in chunks(projects, PER_JOB):
        # A process of the former version makes those of the first; the others are made when they are read.
        arguments = {"project": some[0], "others": some[1:]}
        jobs.enqueue("make_certificates", arguments, key=f"certificates|{'|'.join(some)}")


def _asked(arguments: Input) -> list[str]:
    """The projects of a job."""
    return [arguments["project"], *arguments.get("others", ())]


def compose(parts: Parts) -> CertificateCases:
    """The use cases with their collaborators; called once per process."""
    return CertificateCases(Editions(parts.db), Projects(parts.db), Certificates(parts.db))
