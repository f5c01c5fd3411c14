"""The nameko class. Its entrypoints are in one module per subject."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import subscribe

from wsis_consultation.service.attachments import AttachmentsEntrypoints
from wsis_consultation.service.discussions import DiscussionsEntrypoints
from wsis_consultation.service.documents import DocumentsEntrypoints
from wsis_consultation.service.editions import EditionsEntrypoints
from wsis_consultation.service.erasing import ErasingEntrypoints
from wsis_consultation.service.facilitators import FacilitatorsEntrypoints
from wsis_consultation.service.meetings import MeetingsEntrypoints
from wsis_consultation.service.overview import OverviewEntrypoints
from wsis_consultation.service.programme import ProgrammeEntrypoints
from wsis_consultation.service.replies import RepliesEntrypoints
from wsis_consultation.service.submissions import SubmissionsEntrypoints


class ConsultationService(
    EditionsEntrypoints,
    SubmissionsEntrypoints,
    AttachmentsEntrypoints,
    OverviewEntrypoints,
    DiscussionsEntrypoints,
    RepliesEntrypoints,
    MeetingsEntrypoints,
    FacilitatorsEntrypoints,
    ProgrammeEntrypoints,
    DocumentsEntrypoints,
    ErasingEntrypoints,
):
    """The Open Consultation Process."""

    name = "consultation"

    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: dict[str, Any]) -> None:
        """Whoever has lost a role has lost the jobs that they began with it."""
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])
