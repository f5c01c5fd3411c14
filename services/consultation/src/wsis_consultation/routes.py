"""HTTP routes as data, by subject."""

from wsis_consultation.attachments import routes as attachments
from wsis_consultation.discussions import routes as discussions
from wsis_consultation.documents import routes as documents
from wsis_consultation.editions import routes as editions
from wsis_consultation.facilitators import routes as facilitators
from wsis_consultation.meetings import routes as meetings
from wsis_consultation.overview import routes as overview
from wsis_consultation.programme import routes as programme
from wsis_consultation.replies import routes as replies
from wsis_consultation.submissions import routes as submissions

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
)

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
