"""`make rehearsal`: production on one machine, as docs/operate/compose.md says, by podman.

Builds the images, starts deploy/compose, makes the first officer, opens a contest through nginx, replaces every
container while people vote, kills, freezes and cuts off the broker and the member of the store that lead, provokes
alerts until they are mailed, and makes a backup. Prints sizes, seconds and what was counted. What it started and made
is gone afterwards, but for the logs of the containers (`.run/rehearsal-logs`), unless it is told to --keep. Exit
status: 0 when all bars are reached, 1 otherwise.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.load.figures import Figure
from tests.rehearsal import alerts, backups, images
from tests.rehearsal.engine import ROOT, Engine, Failed, run
from tests.rehearsal.project import Project
from tests.rehearsal.replacing import Replacing

MOST_MEGABYTES = 250
OFFICER = ("--email", "ines@wsis.example", "--given-name", "Ines", "--family-name", "Silva")
VERIFIER = ROOT / "services/voting/verify/verify.py"


def main(arguments: list[str]) -> int:
    """Play, print, judge, clean."""
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__)
    parser.add_argument(
        "--voters", type=int, default=600, metavar="N", help="who vote meanwhile, in each category [600]"
    )
    parser.add_argument("--tls", action="store_true", help="broker, store and relay speak TLS alone")
    parser.add_argument("--keep", action="store_true", help="leave images, volumes and containers for another run")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        with Engine() as engine:
            try:
                figures = _play(engine, chosen.voters, tls=chosen.tls)
            finally:
                with suppress(Failed):
                    engine.keep_logs()
                if not chosen.keep:
                    engine.clean()
    except Failed as failure:
        _say(f"rehearsal NOT passed: {failure}")
        return 1
    short = [figure for figure in figures if not figure.reached]
    verdict = f"NOT passed: {'; '.join(map(str, short))}" if short else "passed"
    _say(f"rehearsal {verdict}, {time.monotonic() - began:.0f} s")
    return 1 if short else 0


def _play(engine: Engine, voters: int, *, tls: bool) -> list[Figure]:
    stand_ins = images.provide(engine)
    figures = [_image(engine, service) for service in images.services()]
    engine.environment |= alerts.SETTINGS | backups.settings()
    project = Project(engine, stand_ins, tls=tls)
    began = time.monotonic()
    project.compose("up", "-d", "--no-build", "--wait")
    figures += _told(Figure("all containers healthy", time.monotonic() - began, "s"))
    project.inside("accounts", "wsis", "accounts", "officer", *OFFICER)
    figures += _told(Figure("doctor finds", len(project.faults().splitlines()), "lines", at_most=0))
    if tls:
        wrong = project.open_to_strangers()
        for line in wrong:
            _say(line)
        figures += _told(Figure("ways into broker and store that must be closed", len(wrong), "ways", at_most=0))
    figures += _outside(project)
    with tempfile.TemporaryDirectory(prefix="wsis-rehearsal-") as folder:
        replacing = Replacing(project, Path(folder), voters, _say)
        figures += _told(*replacing.play())
    figures += _told(*alerts.alerts(project, _say))
    figures += _told(*backups.backups(project))
    figures += _told(alerts.empty_panels(project, _say))
    log = project.log() / replacing.edition
    verified = subprocess.run([sys.executable, VERIFIER, log], capture_output=True, text=True)
    return figures + _told(
        Figure("public logs that the verifier refuses", float(verified.returncode != 0), "logs", at_most=0)
    )


def _image(engine: Engine, service: str) -> Figure:
    """Those that render documents bring typst and fonts, which alone are more than half of the bar."""
    renders = (ROOT / f"services/{service}/deploy/packages.txt").exists()
    size = images.build(engine, service)
    figure = Figure(f"image wsis-{service}", size, "MB", at_most=2 * MOST_MEGABYTES if renders else MOST_MEGABYTES)
    _say(str(figure))
    return figure


def _outside(project: Project) -> list[Figure]:
    """What a visitor gets of nginx: a page by HTTP/2, a redirect, the mailed code of the first officer."""
    asked = ("-sko", "/dev/null", "-w", "%{http_version} %{http_code}")
    page = run("curl", "--http2", *asked, f"https://127.0.0.1:{project.https}/en/")
    suite = project.suite()
    suite.visitor.post("/v1/sign-in/codes", {"email": OFFICER[1]})
    suite.mailbox.code(OFFICER[1])
    suite.close()
    return _told(
        Figure("pages not by HTTP/2", float(page != "2 200"), "pages", at_most=0), Figure("codes by mail", 1, "mails")
    )


def _told(*figures: Figure) -> list[Figure]:
    for figure in figures:
        _say(str(figure))
    return [*figures]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
