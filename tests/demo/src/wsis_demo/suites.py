"""The suite to play against: the one that runs here, or one of the demo's own; and its first officer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
from wsis_local import store
from wsis_local.ports import SETTINGS, Ports
from wsis_local.secret import kept_secret
from wsis_local.stack import Stack
from wsis_shared import rates
from wsis_shared.plugin import discover

from wsis_demo.client import Suite
from wsis_demo.mailbox import Mailbox

STANDARD = "http://127.0.0.1:8000"
NEEDED_RATE = 1000  # registrations a minute: a suite that allows fewer would make the demo last for hours

# The demo is a whole country behind one address, and it does not wait ten seconds for votes that nobody sends any more.
OPEN_LIMITS = {
    **rates.same_for_all(discover(), "1000000/minute"),
    "WSIS_VOTING_GRACE_SECONDS": "2",
}
OFFICER = {"given-name": "Eleonora", "family-name": "Keller", "organization": "WSIS Secretariat"}


class CannotPlay(Exception):
    """One line that says what to do about it."""


@contextmanager
def running(
    environ: Mapping[str, str] = os.environ, *, keep: bool = False
) -> Iterator[tuple[Suite, dict[str, str], bool]]:
    """A suite that is ready, the environment of its programs, and whether it is one of our own, which passes with the
    play. `keep` leaves the run folder of an own one behind."""
    named = environ.get("WSIS_PUBLIC_URL")
    address = named or STANDARD
    if _is_ready(address):
        try:
            found = attached(address, environ)
        except CannotPlay as reason:
            if named:
                raise
            click.echo(f"demo: {reason}\ndemo: it plays on a suite of its own", err=True)
        else:
            yield *found, False
            return
    elif named:
        raise CannotPlay(f"{address} is not ready: see {address}/readyz, or unset WSIS_PUBLIC_URL")
    with own(keep=keep) as made:
        yield *made, True


@contextmanager
def own(*, keep: bool = False, **settings: str) -> Iterator[tuple[Suite, dict[str, str]]]:
    """A suite of our own, on free ports, gone afterwards (but for its run folder where `keep`)."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    folder = tempfile.mkdtemp(prefix="wsis-demo-")
    try:
        with Stack(Path(folder), environ={**outside, **OPEN_LIMITS, **settings}) as stack:
            suite = Suite(stack.gateway_uri, Mailbox(str(stack.mail.web_uri)))
            try:
                yield suite, stack.environment()
            finally:
                suite.close()
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def attached(address: str, environ: Mapping[str, str]) -> tuple[Suite, dict[str, str]]:
    """The suite at an address of this machine. Raises CannotPlay where the demo could not be played against it."""
    web = environ.get("WSIS_MAIL_WEB_URI") or f"http://127.0.0.1:{environ.get(*_setting('mail_http'))}"
    try:
        suite = Suite(address, Mailbox(web))
    except httpx.HTTPError:
        raise CannotPlay(f"no mail catcher at {web}: set WSIS_MAIL_WEB_URI to where its page is") from None
    policy = suite.visitor.send("POST", "/v1/accounts", {}).headers.get("RateLimit-Policy", "")
    rate = policy.partition("q=")[2].partition(";")[0]
    if rate.isdecimal() and int(rate) < NEEDED_RATE:
        settings = " ".join(f"{name}={value}" for name, value in OPEN_LIMITS.items() if "LIMIT" in name)
        raise CannotPlay(
            f"the suite at {address} takes {rate} registrations a minute from one network, the demo plays thousands: "
            f"start it with {settings} make run"
        )
    run_dir = Path(environ.get("WSIS_RUN_DIR", ".run")).resolve()
    ports = Ports.from_environment(environ)
    ours = run_dir.is_dir() and "WSIS_PUBLIC_URL" not in environ
    beside = {"WSIS_LOG_DIR": str(run_dir / "public-log")} if ours else {}  # where `wsis up` has it
    return suite, {
        **beside, **environ,
        "WSIS_SECRET": environ.get("WSIS_SECRET") or kept_secret(run_dir / "secret"),
        "WSIS_MONGO_URI": (store.find(environ) or store.private(run_dir, ports)).uri,
    }  # fmt: skip


def first_officer(env: Mapping[str, str], email: str) -> None:
    """Make an officer at the machine, as an operator does: HTTP cannot, since somebody has to be the first."""
    wsis = str(Path(sys.executable).with_name("wsis"))
    options = [part for name, value in OFFICER.items() for part in (f"--{name}", value)]
    done = subprocess.run(
        [wsis, "accounts", "officer", "--email", email, *options, "--role", "officer", "--role", "operator"],
        env=dict(env), capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise CannotPlay(f"`wsis accounts officer` failed: {done.stderr.strip()[-500:]}")


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _setting(port: str) -> tuple[str, str]:
    name, number = SETTINGS[port]
    return name, str(number)
