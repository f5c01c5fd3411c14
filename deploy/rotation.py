"""The users of parts whose passwords are replaced, in passwords.json (wsis_shared.passwords): a step of deploy/rotate.

    python deploy/rotation.py PASSWORDS.json begin PART...     a further user for each, beside the one in use
    python deploy/rotation.py PASSWORDS.json end PART...       the former users go
    python deploy/rotation.py PASSWORDS.json former < LIST     those of `rabbitmqctl -q list_users` that have gone
    python deploy/rotation.py PASSWORDS.json parts             whose passwords can be replaced so

Broken off and run again, each leads to the same. Exit status 2 for a part that there is not, or whose password has
another way (docs/runbooks/stolen-access.md).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wsis_shared.passwords import OTHERS, load, part_of, save


def main() -> None:
    """One step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passwords", type=Path)
    parser.add_argument("step", choices=["begin", "end", "former", "parts"])
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    kept = load(options.passwords)
    if not kept:
        parser.error(f"{options.passwords} is not there: deploy/passwords.py makes it")
    parts = sorted({part_of(user) for user in kept} - {*OTHERS})
    if strange := [name for name in options.part if name not in parts]:
        parser.error(f"no password of {', '.join(strange)} is replaced so, but of: {', '.join(parts)}")
    match options.step:
        case "begin":
            save(options.passwords, kept.begun(options.part))
        case "end":
            save(options.passwords, kept.ended(options.part))
        case "former":
            print(*kept.former(line.split()[0] for line in sys.stdin if line.strip()), sep="\n")
        case "parts":
            print(*parts, sep="\n")


if __name__ == "__main__":
    main()
