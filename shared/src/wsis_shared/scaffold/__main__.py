"""`python -m wsis_shared.scaffold NAME`, behind `make service NAME=x`."""

from __future__ import annotations

import sys
from pathlib import Path

from wsis_shared.scaffold import CannotScaffold, write


def main(arguments: list[str]) -> int:
    """Write services/NAME below the current folder. Returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m wsis_shared.scaffold NAME\n")
        return 2
    try:
        written = write(arguments[0], Path("services"))
    except CannotScaffold as error:
        sys.stderr.write(f"scaffold: {error}\n")
        return 2
    sys.stdout.write("".join(f"{path}\n" for path in written))
    sys.stdout.write("\nNothing else needs an edit: `make install` finds it, `make run` serves it.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
