"""The child process: `python -m wsis_prizes.certificate FOLDER` reads what is asked and writes NUMBER-LANGUAGE.pdf."""

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
    """Write the certificates of each project."""
    os.nice(NICENESS)
    told = json.loads((folder / INPUT).read_text("utf-8"))
    for number, asked in enumerate(told["wanted"]):
        at = datetime.fromisoformat(asked["at"])
        for language in asked["languages"]:
            pdf = render(asked["project"], language, winner=asked["winner"], at=at, font_folders=told["font_folders"])
            (folder / f"{number}-{language}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
