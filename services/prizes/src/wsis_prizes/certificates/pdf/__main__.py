"""The child process: `python -m wsis_prizes.certificates.pdf FOLDER` reads the input and writes NUMBER-LANGUAGE.pdf."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path

from wsis_prizes.certificates.pdf.page import render
from wsis_prizes.certificates.pdf.process import INPUT

NICENESS = 10  # requests come first


def main(folder: Path) -> None:
    """Write the certificates of each project."""
    os.nice(NICENESS)
    asked = json.loads((folder / INPUT).read_text("utf-8"))
    for number, one in enumerate(asked):
        at = datetime.fromisoformat(one["at"])
        for language in one["languages"]:
            pdf = render(one["project"], language, winner=one["winner"], at=at)
            (folder / f"{number}-{language}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
