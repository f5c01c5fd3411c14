"""HTTP routes as data, by subject."""

from wsis_agencies.event_log import routes as event_log
from wsis_agencies.event_subscriptions import routes as event_subscriptions

SUBJECTS = (event_log, event_subscriptions)

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
