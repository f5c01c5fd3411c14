from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused

MEETING = {"meeting": "2017-first_physical_meeting"}
BODY = {"reason": "None such"}


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("read_community", {"community": "none"}, "consultation.community_unknown"),
        ("read_document", {"document": "none"}, "consultation.document_unknown"),
        ("read_form_version", {"number": "99"}, "consultation.version_unknown"),
        ("read_session_logo", {"session": "none"}, "consultation.logo_unknown"),
        ("read_theme", {"theme": "none"}, "consultation.theme_unknown"),
        ("move_phase", {"phase": "none", "body": {**BODY, "start": None, "end": None}}, "consultation.phase_unknown"),
        ("cancel_participant", {**MEETING, "participant": "none", "body": BODY}, "consultation.participant_unknown"),
        ("start_intervention", {**MEETING, "intervention": "none"}, "consultation.intervention_unknown"),
        ("end_intervention", {**MEETING, "intervention": "none"}, "consultation.intervention_unknown"),
    ],
)
def test_what_is_not_there_is_said_to_be_unknown(
    consultation: Any, method: str, arguments: dict[str, Any], code: str
) -> None:
    with refused(code):
        consultation.call(method, consultation.officer, at="meetings", edition="2017", **arguments)
