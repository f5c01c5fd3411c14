"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_consultation.attachments import events as attachments
from wsis_consultation.discussions import events as discussions
from wsis_consultation.documents import events as documents
from wsis_consultation.editions import events as editions
from wsis_consultation.erasing import events as erasing
from wsis_consultation.facilitators import events as facilitators
from wsis_consultation.meetings import events as meetings
from wsis_consultation.overview import events as overview
from wsis_consultation.programme import events as programme
from wsis_consultation.replies import events as replies
from wsis_consultation.submissions import events as submissions

SUBJECTS = (
    editions,
    submissions,
    attachments,
    overview,
    discussions,
    replies,
    meetings,
    facilitators,
    programme,
    documents,
    erasing,
)

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = (
    *(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
