"""Reports: build, edit, publish, read."""

from __future__ import annotations

from wsis_shared.parts import Parts
from wsis_shared.settings import Suite

from wsis_stocktaking.matrix.store import MatrixVersions
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.reports.store import Reports, Sources
from wsis_stocktaking.reports.use_cases.building import BuildingCases
from wsis_stocktaking.reports.use_cases.editing import EditingCases, ReadingCases
from wsis_stocktaking.settings import Settings


def compose(parts: Parts) -> tuple[BuildingCases, EditingCases, ReadingCases]:
    """The use cases with their collaborators; called once per process."""
    reports = Reports(parts.db)
    base = Suite.current().public_url.rstrip("/")
    return (
        BuildingCases(reports, Register(parts.db), Sources(parts.db), MatrixVersions(parts.db), Settings.load(), base),
        EditingCases(reports),
        ReadingCases(reports),
    )
