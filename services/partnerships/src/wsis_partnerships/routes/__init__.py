"""HTTP routes as data."""

from wsis_partnerships.routes import packages, pledges

ROUTES = (*packages.ROUTES, *pledges.ROUTES)
