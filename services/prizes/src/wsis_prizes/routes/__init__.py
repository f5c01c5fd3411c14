"""HTTP routes as data, by who uses them."""

from wsis_prizes.routes.contest import CONTEST
from wsis_prizes.routes.jury import JURY
from wsis_prizes.routes.results import RESULTS
from wsis_prizes.routes.secretariat import JOBS, SECRETARIAT
from wsis_prizes.routes.submitters import SUBMITTERS

__all__ = ["JOBS", "ROUTES"]

ROUTES = (*CONTEST, *SUBMITTERS, *SECRETARIAT, *JURY, *RESULTS)
