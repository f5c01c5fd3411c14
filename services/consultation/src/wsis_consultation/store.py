"""MongoDB: one repository per subject."""

from wsis_consultation.attachments import store as attachments
from wsis_consultation.discussions import store as discussions
from wsis_consultation.documents import store as documents
from wsis_consultation.editions import store as editions
from wsis_consultation.facilitators import store as facilitators
from wsis_consultation.index import store as index
from wsis_consultation.meetings import store as meetings
from wsis_consultation.people import store as people
from wsis_consultation.programme import store as programme
from wsis_consultation.replies import store as replies
from wsis_consultation.submissions import store as submissions

SUBJECTS = (
    editions,
    people,
    submissions,
    attachments,
    index,
    discussions,
    replies,
    meetings,
    facilitators,
    programme,
    documents,
)

COLLECTIONS = tuple(collection for subject in SUBJECTS for collection in subject.COLLECTIONS)
