"""The stocktaking's acts of the demonstration: a register is imported, searched, exported and reported, over HTTP
alone. The entries are made up (`generated.py`); those of prize projects are of the play's edition.
"""

from __future__ import annotations

from .figures import report
from .importing import import_again, import_register
from .matrix import change_matrix, draw_heat_map
from .ministry import import_and_claim
from .prize_entries import see_champions_and_winners, see_no_champions, see_no_winners
from .reports import publish_reports
from .searching import export, search
from .submitting import submit

# The entries of the nominated projects are public, and tell neither champions nor winners.
ACTS_BEFORE = {
    "champions": (("embargo", see_no_champions),),
    "ceremony": (("embargo", see_no_winners),),
}
ACTS = (
    ("prize entries", see_champions_and_winners),
    ("import", import_register),
    ("import again", import_again),
    ("search", search),
    ("exports", export),
    ("entry", submit),
    ("matrix", change_matrix),
    ("reports", publish_reports),
    ("heat map", draw_heat_map),
    ("ministry", import_and_claim),
    ("stocktaking", report),
)
