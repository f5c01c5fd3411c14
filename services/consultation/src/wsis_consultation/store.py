"""MongoDB: one repository per subject."""

from wsis_consultation.attachments import store as attachments
from wsis_consultation.discussions import store as discussions
from wsis_consultation.documents import store as documents
from wsis_consultation.editions.store import editions
from wsis_consultation.facilitators import store as facilitators
from wsis_consultation.meetings import store as meetings
from wsis_consultation.people.store import contacts, link_mails
from wsis_consultation.programme import store as programme
from wsis_consultation.replies import store as replies
from wsis_consultation.submissions import store as submissions
from wsis_consultation.submissions.store import submission_index as overview

SUBJECTS = (
    editions, contacts, link_mails, submissions, attachments, overview, discussions, replies, meetings, facilitators,
    programme, documents,
)  # fmt: skip

COLLECTIONS = tuple(collection for subject in SUBJECTS for collection in subject.COLLECTIONS)
