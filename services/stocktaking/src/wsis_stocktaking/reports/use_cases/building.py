"""What reports are made of, and how they look."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.document_versions import Version
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import inherited, job, rpc
from wsis_shared.published_documents.building import Building, resting
from wsis_shared.rendering import Layout

from wsis_stocktaking import charts
from wsis_stocktaking.matrix.store import MatrixVersions
from wsis_stocktaking.register.rules.entries import Revision
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.register.store.submissions import submitted
from wsis_stocktaking.reports import errors
from wsis_stocktaking.reports.layouts import MODEL, REQUEST
from wsis_stocktaking.reports.layouts.charts import drawings
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules import models, scopes
from wsis_stocktaking.reports.rules.scopes import ACTIVE, STORIES, SUBMITTED
from wsis_stocktaking.reports.store import Report, Reports, Sources
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Run
    from wsis_shared.jobs.states import Job

KIND = "build_report"


class BuildingCases(Building[Report]):
    """What makes versions. `base` is the address of the suite, for links to the queries of charts."""

    def __init__(
        self,
        reports: Reports,
        register: Register,
        sources: Sources,
        matrix: MatrixVersions,
        settings: Settings,
        base: str,
    ) -> None:
        self._licence = settings.stocktaking_licence
        seconds, megabytes = settings.stocktaking_rendering_seconds, settings.stocktaking_rendering_megabytes
        super().__init__(reports, seconds=seconds, megabytes=megabytes)
        self._register, self._sources, self._matrix, self._base = register, sources, matrix, base

    @rpc(writes=True)
    def start_report(self, ctx: Context, jobs: Jobs, body: Input) -> Job:
        """Start to build a new version. While one of this report is being built, it is that job. Raises Invalid for a
        moment or sequence in the future, Conflict for a number that is not after the others, or for Success Stories
        before the winners are announced."""
        now = clock.to_milliseconds(ctx.received_at)
        scope = _scope(body)
        as_of = body["as_of"] or min(now, _end(scope) or now)
        if as_of > now:
            raise errors.report_as_of_later(clock.iso(as_of))
        if body["sequence"] is not None and body["sequence"] > self._register.head():
            raise errors.report_sequence_later(body["sequence"])
        if scope["kind"] == STORIES and not self._sources.has_winners(str(scope["edition"])):
            raise Conflict("stocktaking.winners_not_announced", edition=scope["edition"])
        series = scopes.series(scope)
        self._versions.next_number(self._versions.of_series({"series": series}), body["version"])
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
        self._versions.find_draft(report)
        return jobs.enqueue(KIND, {"report": report}, key=f"{KIND}|{report}")

    # Under load, charts and files take too long: the step is tried again, for some twenty minutes in all.
    build_report = job(transaction=False, attempts=7)(inherited(Building.build))

    def _series(self, arguments: Input) -> dict[str, str]:
        return {"series": scopes.series(arguments["scope"])}

    def _model(self, arguments: Input) -> models.Model:
        scope, as_of, sequence = _scope(arguments["scope"]), clock.parse(arguments["as_of"]), arguments["sequence"]
        if sequence is None:
            sequence = self._register.sequence_at(as_of)
        rows: Iterable[Revision] = self._sources.public_at(sequence)
        if scope["period"] and scope["period"]["basis"] == SUBMITTED:
            first, last = (date.fromisoformat(scope["period"][name]) for name in ("start", "end"))
            revised = set().union(*submitted(self._register, first, last, sequence))
            rows = (row for row in rows if row["entry"] in revised)
        model = models.build(
            scope,
            resting(rows),
            as_of=arguments["as_of"],
            sequence=sequence,
            matrix=self._matrix_on(as_of.date()),
            licence=self._licence,
        )
        if scope["kind"] == STORIES and not any(entry["prize"] == "winner" for entry in model["entries"]):
            raise Conflict("stocktaking.winners_not_announced", edition=scope["edition"])
        if not model["entries"]:
            empty = errors.report_empty if sequence else errors.report_register_empty
            raise empty(arguments["as_of"])
        return model

    def _completed(self, version: Version, arguments: Input, model: Input) -> Report:
        scope = _scope(arguments["scope"])
        return {
            **version,
            "series": scopes.series(scope),
            "scope": scope,
            "sequence": model["sequence"],
            "versions": model["versions"],
        }

    def _built(self, version: Report) -> JsonObject:
        return {**super()._built(version), "sequence": version["sequence"]}

    def _document(self, run: Run, blobs: BlobStore, version: Report, language: str) -> Layout:
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
        return Layout("wsis_stocktaking.reports.layouts:lay_out", files)

    def _pictures(self, run: Run, version: Report, language: str) -> dict[str, dict[str, str]]:
        """The charts, drawn by a child process of their own: others may keep that of this process busy."""
        found = {}
        with closing(charts.ChartProcess(seconds=self._seconds)) as drawer:
            for name, chart in drawings(Reader(language), version["scope"], version["statistics"]):
                run.report()
                drawn = drawer.draw(chart)
                found[name] = {"svg": drawn["svg"].decode(), "png": b64encode(drawn["png"]).decode()}
        return found

    def _matrix_on(self, day: date) -> str | None:
        """The version of the WSIS-SDG Matrix in force; None before the first."""
        try:
            return str(self._matrix.on(day)["_id"])
        except NotFound:
            return None


def _scope(given: Input) -> scopes.Scope:
    return {
        "kind": given["kind"],
        "region": given["region"],
        "edition": given["edition"],
        "period": given["period"],
    }


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _end(scope: scopes.Scope) -> datetime | None:
    """The last millisecond of the period, of a report of what was submitted in it. What was active in it is told by
    the register of today: most of it came later, with an import."""
    if not scope["period"] or scope["period"]["basis"] == ACTIVE:
        return None
    return _day(scope["period"]["end"]) + timedelta(days=1, milliseconds=-1)
