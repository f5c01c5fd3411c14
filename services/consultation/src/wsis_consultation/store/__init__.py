"""MongoDB: one repository per subject."""

from wsis_consultation.store import (
    attachments,
    contacts,
    discussions,
    documents,
    editions,
    facilitators,
    link_mails,
    meetings,
    overview,
    programme,
    replies,
    submissions,
)

SUBJECTS = (
    editions, contacts, link_mails, submissions, attachments, overview, discussions, replies, meetings, facilitators,
    programme, documents,
)  # fmt: skip

COLLECTIONS = tuple(collection for subject in SUBJECTS for collection in subject.COLLECTIONS)
