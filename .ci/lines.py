"""Lines of Python by what they are there for. Tests are what asserts; what they stand on is counted apart."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

KINDS = {  # in this order: the first that fits
    "demonstration": r"tests/demo(_act)?(/|\.py)",
    "benchmarks": r"tests/load/|/bench_[^/]*\.py$",
    "tests": r"(^|/)tests/(.*/)?test_[^/]*\.py$",
    "kits of tests": r"(^|/)tests/",
    "source": r"",
}


def main() -> None:
    """Print the table."""
    files, lines = Counter[str](), Counter[str]()
    for path in subprocess.check_output(["git", "ls-files", "*.py"], text=True).splitlines():
        kind = next(kind for kind, pattern in KINDS.items() if re.search(pattern, path))
        files[kind] += 1
        lines[kind] += len(Path(path).read_text("utf-8").splitlines())
    for kind in ("source", "tests", "kits of tests", "benchmarks", "demonstration"):
        print(f"{kind:<14} {files[kind]:>6,} files {lines[kind]:>8,} lines")


if __name__ == "__main__":
    main()
