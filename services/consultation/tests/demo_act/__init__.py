"""The consultation's acts of the demonstration: the Open Consultation of the play's edition, from its opening to the
documents, over HTTP alone. Figures of 2017 are from the reference data (`participation`); people and texts are made up.
"""

from __future__ import annotations

from .discussing import discuss
from .figures import report
from .meeting import meet
from .nominating import nominate
from .opening import close_submissions, open_consultation
from .programme import file_outcomes, plan_sessions, publish_programme
from .publishing import publish_brief, publish_outcomes, revise_outcomes
from .submitting import submit

ACTS = (
    ("consultation", open_consultation),
    ("discussions", discuss),
    ("inputs", submit),
    ("deadline", close_submissions),
    ("meeting", meet),
    ("facilitators", nominate),
    ("outcomes 1.1", publish_outcomes),
    ("sessions", plan_sessions),
    ("programme", publish_programme),
    ("session texts", file_outcomes),
    ("outcomes 1.2", revise_outcomes),
    ("final brief", publish_brief),
    ("consultation", report),
)
