"""`python -m tests.load [ROW ...]`: the benchmarks, each figure on a line.

Rows are cached, rpc, votes, lists, memory, idle, others, voting, day, stored, events, soak, queues, pages, scaling,
flood, and the names of services with benchmarks of their own: files `services/<name>/tests/bench_*.py`, each with a
function `run(folder)` that yields figures. The last part of such a file's name is a row too: `mails` is bench_mails.py.

Figures depend on the machine, and on what else it does; ratios are measured in one run, side by side.
Exit status: 0 when every row was measured, whatever the figures; 1 when one was not.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil
from tests.load.figures import Figure, NotMeasured
from wsis_local import store
from wsis_testkit.sizes import size

HERE = Path(__file__).parent
ON_THE_GROUND = ("cached", "rpc", "votes")  # these share one
ALONE = (
    *("lists", "memory", "idle", "others", "voting", "day", "stored", "events", "soak", "queues", "pages", "scaling"),
    "flood",
)
OWN_ROWS = (*ON_THE_GROUND, *ALONE)
FILES = sorted(HERE.parents[1].glob("services/*/tests/bench_*.py"))
OF_SERVICES = {path.parent.parent.name for path in FILES}
ROWS = (*OWN_ROWS, *sorted(OF_SERVICES - set(OWN_ROWS)))
PARTS = tuple(sorted({path.stem.removeprefix("bench_") for path in FILES} - set(ROWS)))
STORED_VOTES = size(100_000, 2_000_000)
SOAK_MINUTES = size(5.0, 120.0)
COMPARED = ("nameko", "falcon", "gunicorn", "gevent", "faststream", "starlette", "uvicorn", "pymongo")


def prepare() -> None:
    """Install what is missing. Raises NotMeasured with what to do where that cannot be done."""
    if shutil.which("wrk") is None:
        raise NotMeasured("wrk is missing: `apt-get install wrk` (root)")
    if importlib.util.find_spec("faststream") is None or importlib.util.find_spec("uvicorn") is None:
        print("installing what the suite is compared with", flush=True)
        held = ["-c", str(HERE.parents[1] / "constraints.txt")]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", *held]
        if subprocess.run([*pip, "-r", str(HERE / "requirements.txt")]).returncode:
            raise NotMeasured("pip could not install tests/load/requirements.txt")


def main(arguments: list[str]) -> int:
    """Measure the rows in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", choices=[*ROWS, *PARTS, []], help=f"of {', '.join((*ROWS, *PARTS))}"
    )
    parser.add_argument("--open-loop", type=int, default=60, metavar="SECONDS", help="of voting's open loop [60]")
    parser.add_argument("--idle", type=int, default=60, metavar="SECONDS", help="of idle [60]")
    parser.add_argument("--day", type=int, default=60, metavar="SECONDS", help="of day, amid which a process dies [60]")
    parser.add_argument("--accounts", type=int, default=2000, metavar="N", help="of day, at least [2000]")
    parser.add_argument("--votes", type=int, default=STORED_VOTES, metavar="N", help=f"of stored [{STORED_VOTES:,}]")
    parser.add_argument("--minutes", type=float, default=SOAK_MINUTES, metavar="N", help=f"of soak [{SOAK_MINUTES}]")
    options = parser.parse_args(arguments)
    rows = options.rows
    try:
        prepare()
    except NotMeasured as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(
        f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, Python {platform.python_version()}"
    )
    print(", ".join(f"{name} {version(name)}" for name in COMPARED), flush=True)
    failed, short, stored_in = 0, 0, store.name()
    with tempfile.TemporaryDirectory(prefix="wsis-bench-") as folder, ExitStack() as ends:
        for row, measure in _chosen(
            [row for row in (*ROWS, *PARTS) if row in rows or (not rows and row in ROWS)], Path(folder), ends, options
        ):
            print(f"\n{row}, on {stored_in}", flush=True)
            try:
                for figure in measure():
                    short += not figure.reached
                    print(f"  {figure}", flush=True)
            except NotMeasured as error:
                failed += 1
                print(f"  not measured: {error}", flush=True)
    print(f"\n{failed} rows not measured, {short} figures short of their bar")
    return 1 if failed else 0


def _chosen(
    rows: list[str], folder: Path, ends: ExitStack, options: argparse.Namespace
) -> Iterator[tuple[str, Callable[[], Iterator[Figure]]]]:
    from tests.load.ground import Ground

    ground: Ground | None = None
    for row in rows:
        if row not in OWN_ROWS:
            ends.close()
            ground = None
            yield row, partial(_of_service, row, folder)
            continue
        run = importlib.import_module(f"tests.load.{row}").run
        if row in ON_THE_GROUND:
            if ground is None:
                ground = ends.enter_context(Ground(folder / "ground"))
            yield row, partial(run, ground)
        else:
            ends.close()  # a suite of its own, with nothing beside it
            ground = None
            more = {
                "voting": {"open_loop_seconds": options.open_loop},
                "stored": {"votes": options.votes},
                "soak": {"minutes": options.minutes},
                "idle": {"seconds": options.idle},
                "day": {"seconds": options.day, "accounts": options.accounts},
            }
            yield row, partial(run, folder / row, **more.get(row, {}))


def _of_service(row: str, folder: Path) -> Iterator[Figure]:
    """The figures of all benchmarks of a service, or of one file."""
    sys.path.append(str(HERE.parents[1]))  # as parts of a package they share makers with the tests: `from . import x`
    for path in FILES:
        service = path.parent.parent.name
        if row in (service, path.stem.removeprefix("bench_")):
            module = importlib.import_module(f"services.{service}.tests.{path.stem}")
            yield from module.run(folder / f"{service}-{path.stem}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
