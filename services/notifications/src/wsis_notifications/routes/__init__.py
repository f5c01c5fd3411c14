"""HTTP routes as data, by subject."""

from wsis_notifications.routes import (
    agencies,
    campaigns,
    issues,
    mails,
    preferences,
    subscribers,
)

SUBJECTS = (
    mails, preferences, subscribers, issues, campaigns, agencies,
)  # fmt: skip

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
