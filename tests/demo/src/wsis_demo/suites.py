"""The suite to play against: the one that runs here, or one of the demo's own; and its first officer."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import click
import httpx
from wsis_local import running, throwaway
from wsis_local.ports import LOOPBACK
from wsis_local.running import NotRunning
from wsis_local.stack import Stack
from wsis_local.up import FOR_THE_DEMO

from wsis_demo.client import Suite
from wsis_demo.mailbox import Mailbox

NEEDED_RATE = 1000  # registrations a minute: a suite that allows fewer would make the demo last for hours
# For a suite of the demo's own, which does not wait for votes that nobody sends any more, nor half a minute with the
# mails that say what the public log holds.
OWN_SETTINGS = {**FOR_THE_DEMO, "WSIS_VOTING_GRACE_SECONDS": "2", "WSIS_VOTING_LOG_SECONDS": "2"}
INBOUND = "WSIS_INBOUND_SMTP"
OFFICER = {"given-name": "Eleonora", "family-name": "Keller", "organization": "WSIS Secretariat"}


class CannotPlay(Exception):
    """One line that says what to do about it."""


@contextmanager
def playable(
    environ: Mapping[str, str] = os.environ, *, keep: bool = False
) -> Iterator[tuple[Suite, dict[str, str], bool]]:
    """The suite that runs here, or one of our own where none does; the environment of its programs; and whether it is
    our own, which is gone after the play. `keep` leaves the run folder of an own one behind."""
    try:
        settings = running.settings(environ)
    except NotRunning as reason:
        click.echo(f"demo: {reason}\ndemo: it plays on a suite of its own, which is gone afterwards", err=True)
        with own(keep=keep) as made:
            yield *made, True
        return
    suite = attached(settings)
    try:
        yield suite, {**environ, **settings}, False
    finally:
        suite.close()


@contextmanager
def own(*, keep: bool = False, **settings: str) -> Iterator[tuple[Suite, dict[str, str]]]:
    """A suite of our own, on free ports, gone afterwards (but for its run folder where `keep`)."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    place: AbstractContextManager[str]
    place = nullcontext(tempfile.mkdtemp(prefix="wsis-demo-")) if keep else throwaway.folder()
    with place as folder, Stack(Path(folder), environ={**outside, **OWN_SETTINGS, **settings}) as stack:
        environment = stack.environment()
        suite = Suite(stack.gateway_uri, Mailbox(str(stack.mail.web_uri)), environment.get(INBOUND, ""))
        try:
            yield suite, environment
        finally:
            suite.close()


def attached(settings: Mapping[str, str]) -> Suite:
    """The suite with these settings. Raises CannotPlay where the demo could not be played against it."""
    address, mails = settings["WSIS_PUBLIC_URL"], settings.get("WSIS_MAIL_WEB_URI")
    readiness = f"http://{LOOPBACK}:{settings['WSIS_GATEWAY_METRICS_PORT']}/readyz"
    if not _is_ready(readiness):
        raise CannotPlay(f"the suite is not ready: see {readiness}")
    if not mails:
        raise CannotPlay(
            "the suite's mails go to WSIS_SMTP_URI, and the demo reads them: start it without that setting"
        )
    suite = Suite(address, Mailbox(mails), settings.get(INBOUND, ""))
    policy = suite.visitor.send("POST", "/v1/accounts", {}).headers.get("RateLimit-Policy", "")
    rate = policy.partition("q=")[2].partition(";")[0]
    if rate.isdecimal() and int(rate) < NEEDED_RATE:
        suite.close()
        raise CannotPlay(
            f"the suite at {address} takes {rate} registrations a minute from one network, the demo plays thousands: "
            "start it without WSIS_LIMIT_FACTOR and WSIS_LIMIT_REGISTER"
        )
    return suite


def first_officer(env: Mapping[str, str], email: str) -> None:
    """Make an officer at the machine, as an operator does: HTTP cannot, since somebody has to be the first."""
    wsis = str(Path(sys.executable).with_name("wsis"))
    options = [part for name, value in OFFICER.items() for part in (f"--{name}", value)]
    done = subprocess.run(
        [wsis, "accounts", "officer", "--email", email, *options, "--role", "officer", "--role", "operator"],
        env=dict(env),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CannotPlay(f"`wsis accounts officer` failed: {done.stderr.strip()[-500:]}")


def _is_ready(readiness: str) -> bool:
    try:
        return httpx.get(readiness, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
