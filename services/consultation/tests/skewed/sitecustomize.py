"""Puts the clock of a process of ours wrong by SKEW_SECONDS: python imports this by itself where it is on the path."""

import os
from datetime import timedelta

from wsis_shared import clock

_right, _skew = clock.now, timedelta(seconds=float(os.environ.get("SKEW_SECONDS", "0")))
clock.now = lambda: _right() + _skew
