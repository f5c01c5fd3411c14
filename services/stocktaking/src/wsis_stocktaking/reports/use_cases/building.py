"""A version is built in steps of a job: the first freezes its model, each further one renders a language."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, clock, document_versions
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import job, rpc

from wsis_stocktaking.matrix.store import MatrixVersions
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.register.store.submissions import submitted
from wsis_stocktaking.reports import errors, rules
from wsis_stocktaking.reports.rules import ACTIVE, STORIES, SUBMITTED
from wsis_stocktaking.reports.store import Reports, Sources
from wsis_stocktaking.reports.use_cases.rendering import RenderingCases

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Next, Run
    from wsis_shared.jobs.states import Job

KIND = "build_report"
REST = 50  # rows after which other requests of this process get their turn
GZIP = 16 + zlib.MAX_WBITS  # the format of gzip, without a time


class BuildingCases:
    """What makes versions."""

    def __init__(
        self, reports: Reports, register: Register, sources: Sources, matrix: MatrixVersions, rendering: RenderingCases
    ) -> None:
        self._reports, self._register, self._sources = reports, register, sources
        self._matrix, self._rendering = matrix, rendering

    @rpc(writes=True)
    def start_report(self, ctx: Context, jobs: Jobs, body: Mapping[str, Any]) -> Job:
        """Start to build a new version. While one of this report is being built, it is that job. Raises Invalid for a
        moment or sequence in the future, Conflict for a number that is not after the others, or for Success Stories
        before the winners are announced."""
        now = clock.to_milliseconds(ctx.received_at)
        scope = {name: body[name] for name in ("kind", "region", "edition", "period")}
        as_of = body["as_of"] or min(now, _end(scope) or now)
        if as_of > now:
            raise errors.report_as_of_later(clock.iso(as_of))
        if body["sequence"] is not None and body["sequence"] > self._register.head():
            raise errors.report_sequence_later(body["sequence"])
        if scope["kind"] == STORIES and not self._sources.has_winners(scope["edition"]):
            raise Conflict("stocktaking.winners_not_announced", edition=scope["edition"])
        series = rules.series(scope)
        rules.next_number((one["number"] for one in self._reports.of_series(series)), body["version"])
        arguments = {
            "scope": scope,
            "as_of": clock.iso(as_of),
            "sequence": body["sequence"],
            "number": body["version"],
            "languages": list(dict.fromkeys(body["languages"])),
        }
        return jobs.enqueue(KIND, arguments, key=f"{KIND}|{series}")

    @rpc(writes=True)
    def render_report_files(self, jobs: Jobs, report: str) -> Job:
        """Start to render a draft again, in the languages that are older than its prose. Raises NotFound, Conflict."""
        rules.require_draft(self._reports.find(report))
        return jobs.enqueue(KIND, {"report": report}, key=f"{KIND}|{report}")

    # Under load, charts and files take too long: the step is tried again, for some twenty minutes in all.
    @job(transaction=False, attempts=7)
    def build_report(self, run: Run, blobs: BlobStore) -> Finish | Next:
        """One step of the job."""
        report = run.arguments.get("report") or run.checkpoint
        version = self._reports.find(report) if report else self._freeze(run, blobs)
        total, outdated = len(version["languages"]), document_versions.outdated_languages(version)
        if report is None:
            return run.next(version["_id"], done=0, total=total)
        if not outdated:
            return run.finish(
                {
                    "report": report,
                    "version": version["number"],
                    "sequence": version["sequence"],
                    "sha256": version["model"]["sha256"],
                    "languages": version["languages"],
                }
            )
        run.report(total - len(outdated), total)
        self._rendering.render(run, blobs, version, outdated[0])
        return run.next(report, done=total - len(outdated) + 1, total=total)

    def _freeze(self, run: Run, blobs: BlobStore) -> rules.Version:
        """Store the model and the version. A step that runs again finds what it has stored."""
        if known := self._reports.of_job(run.id):
            return known
        arguments = run.arguments
        scope = dict(arguments["scope"])
        series = rules.series(scope)
        model = self._model(scope, arguments)
        sha256 = hashlib.sha256()
        blob = blobs.put(
            _packed(model, sha256),
            owner=f"report/{run.id}",
            filename=f"{series}.json.gz",
            media_type="application/gzip",
        )

        def save() -> rules.Version:
            earlier = self._reports.of_series(series)
            number = rules.next_number((one["number"] for one in earlier), arguments["number"])
            last = max(earlier, key=lambda one: document_versions.order(one["number"]), default=None)
            id = f"{series}-{number}"
            kept = blobs.keep(blob.id, f"report/{id}")
            version: rules.Version = {
                "_id": id,
                "series": series,
                "number": number,
                "scope": scope,
                "as_of": clock.parse(arguments["as_of"]),
                "sequence": model["sequence"],
                "versions": model["versions"],
                "status": rules.DRAFT,
                "total": model["statistics"]["total"],
                "statistics": model["statistics"],
                "languages": list(arguments["languages"]),
                "model": {"blob": kept.id, "size": kept.size, "sha256": sha256.hexdigest()},
                # A new version starts with the texts of the one before.
                "prose": last["prose"] if last else {},
                "prose_revision": 1,
                "files": {},
                "job": run.id,
                "built_at": clock.now(),
                "published_at": None,
            }
            entry = audit.entry(
                "stocktaking.report_built",
                f"report/{id}",
                None,
                {"sha256": version["model"]["sha256"], "total": version["total"]},
            )
            return self._reports.save("reports", version, entry)

        return in_transaction(save)

    def _model(self, scope: dict[str, Any], arguments: Mapping[str, Any]) -> rules.Model:
        as_of = clock.parse(arguments["as_of"])
        sequence = arguments["sequence"]
        if sequence is None:
            sequence = self._register.sequence_at(as_of)
        rows: Iterable[Mapping[str, Any]] = self._sources.public_at(sequence)
        if scope["period"] and scope["period"]["basis"] == SUBMITTED:
            first, last = (date.fromisoformat(scope["period"][name]) for name in ("start", "end"))
            revised = set().union(*submitted(self._register, first, last, sequence))
            rows = (row for row in rows if row["entry"] in revised)
        model = rules.build(
            scope, _resting(rows), as_of=arguments["as_of"], sequence=sequence, matrix=self._matrix_on(as_of.date())
        )
        if scope["kind"] == STORIES and not any(entry["prize"] == "winner" for entry in model["entries"]):
            raise Conflict("stocktaking.winners_not_announced", edition=scope["edition"])
        if not model["entries"]:
            empty = errors.report_empty if sequence else errors.report_register_empty
            raise empty(arguments["as_of"])
        return model

    def _matrix_on(self, day: date) -> str | None:
        """The version of the WSIS-SDG Matrix in force; None before the first."""
        try:
            return str(self._matrix.on(day)["_id"])
        except NotFound:
            return None


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _end(scope: Mapping[str, Any]) -> datetime | None:
    """The last millisecond of the period, of a report of what was submitted in it. What was active in it is told by
    the register of today: most of it came later, with an import."""
    if not scope["period"] or scope["period"]["basis"] == ACTIVE:
        return None
    return _day(scope["period"]["end"]) + timedelta(days=1, milliseconds=-1)


def _resting(rows: Iterable[Any]) -> Iterator[Any]:
    """The rows; between them other requests of this process get their turn."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % REST == 0:
            time.sleep(0)


def _packed(model: rules.Model, sha256: Any) -> Iterator[bytes]:
    """The canonical JSON of a model, packed; `sha256` takes it unpacked. The same model gives the same bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for part in _resting(document_versions.canonical_parts(model)):
        sha256.update(part)
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
