"""The child process: `python -m wsis_prizes.certificate FOLDER` reads what is asked and writes LANGUAGE.pdf."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path

from wsis_prizes.certificate.page import render
from wsis_prizes.certificate.process import INPUT

NICENESS = 10  # requests come first


def main(folder: Path) -> None:
    """Write the certificates of a project."""
    os.nice(NICENESS)
    asked = json.loads((folder / INPUT).read_text("utf-8"))
    at = datetime.fromisoformat(asked["at"])
    for language in asked["languages"]:
        pdf = render(asked["project"], language, winner=asked["winner"], at=at, font_folders=asked["font_folders"])
        (folder / f"{language}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
