"""A contest of stored votes up to its certification, as `make bench-stored` measures it; with WSIS_NIGHTLY=1 of two
million. What the store refuses fails: a sort in memory, a document over 16 MB, a transaction of more than a minute."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.load.figures import Figure
from wsis_testkit.sizes import size

ROOT = Path(__file__).parents[4]
VOTES = size(2_000, 2_000_000)


def test_contest_of_many_votes_is_counted_and_certified(environment: Any) -> None:
    command = [sys.executable, "-m", "tests.load.stored", str(VOTES)]
    done = subprocess.run(command, env=dict(os.environ), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = [Figure(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    short = [str(figure) for figure in figures if figure.unit in ("places", "MB") and not figure.reached]
    assert not short
