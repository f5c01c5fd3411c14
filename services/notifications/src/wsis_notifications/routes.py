"""HTTP routes as data, by subject."""

from wsis_notifications.campaigns import routes as campaigns
from wsis_notifications.issues import routes as issues
from wsis_notifications.mails import routes as mails
from wsis_notifications.preferences import routes as preferences
from wsis_notifications.subscribers import routes as subscribers

SUBJECTS = (mails, preferences, subscribers, issues, campaigns)

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
