"""Use cases of entries from the WSIS Prizes: their events are recorded, and a job brings the entries up to date."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_stocktaking.prizes.store import PrizeProjects
from wsis_stocktaking.prizes.use_cases.publishing import PublishingCases
from wsis_stocktaking.prizes.use_cases.recording import Prizes, RecordingCases
from wsis_stocktaking.register.store.register import Register


def compose(parts: Parts) -> tuple[RecordingCases, PublishingCases]:
    """The use cases with their collaborators; called once per process."""
    projects = PrizeProjects(parts.db)
    prizes, recording = Prizes(parts.client("prizes", timeout=10.0)), RecordingCases(projects)
    return recording, PublishingCases(projects, Register(parts.db), prizes, recording)
