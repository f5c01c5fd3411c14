"""HTTP routes as data, by subject."""

from wsis_consultation.routes import (
    attachments,
    discussions,
    documents,
    editions,
    facilitators,
    meetings,
    overview,
    programme,
    replies,
    submissions,
)

SUBJECTS = (
    editions, submissions, attachments, overview, discussions, replies, meetings, facilitators, programme, documents,
)  # fmt: skip

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
