"""`python -m wsis_shared.local up | down | around COMMAND ...`: see `up.py`."""

from __future__ import annotations

import sys

from wsis_shared.local.up import around, down, up

match sys.argv[1:]:
    case ["up"]:
        sys.exit(up())
    case ["down"]:
        sys.exit(down())
    case ["around", _, *_]:
        sys.exit(around(sys.argv[2:]))
    case _:
        sys.exit(__doc__)
