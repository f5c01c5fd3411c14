"""Events of merged submissions. Neither says why, nor from whom they are."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType

from wsis_consultation.submissions.events import FACETS, RECEIVED_EXAMPLE, Received


class Merged(Received):
    """A submission, and the number of the other one."""

    other = fields.Integer(required=True, metadata={"description": "Number of the other one"})


_EXAMPLE = {**RECEIVED_EXAMPLE, "other": 3}


def _type(name: str, description: str) -> EventType:
    mail = EmailNotification(name, to="contact", priority="high", context_provider="merger_details")
    return EventType(name, description, Merged, _EXAMPLE, public=True, facets=FACETS, notifications=(mail,))


SUBMISSION_MERGED = _type("submission_merged", "An officer merged a submission into another one")
SUBMISSION_SEPARATED = _type("submission_separated", "The merger of a submission is undone: it stands again")

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency(
        "consultation", "submission_withdrawn", reads=("edition", "submission"), handler="separate_from_withdrawn"
    ),
)
