"""`wsis doctor`: what is wrong with an installation, a line each with its fix.

It asks the rules of a start (wsis_shared.start_rules), the broker, the store, the store of files, its own machine and
the service that it is asked about (`Plugin.doctor`), and changes nothing.
A check is a function that returns findings; those of what was read are pure.
"""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """`subject`: settings, broker, store, files, machine, or a service. `fix`: what to do. Not `wrong`: it was not
    looked at."""

    subject: str
    problem: str
    fix: str
    wrong: bool = True
