"""Stacks for the command line: `wsis up`, its end and commands from another terminal, a command with infrastructure."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xmlrpc.client import Fault

import click
from wsis_local import running, throwaway
from wsis_local.ends import ended
from wsis_local.ports import CannotStart, Ports
from wsis_local.running import NotRunning
from wsis_local.stack import INFRASTRUCTURE, Stack
from wsis_local.supervise import POLL_SECONDS, Supervisor

CANNOT_START = 2  # exit status
WATCH_SECONDS = 1
STOPPED = frozenset({"STOPPING", "STOPPED"})
NEXT = """\
In another terminal:
  make officer EMAIL=you@example.org   become an officer (the mail with the code ends in the catcher)
  make demo                            play a whole edition on this suite"""
# The demo is a whole country behind one address. The limits of production: `WSIS_LIMIT_FACTOR=1 make run`.
# Its agencies are on this machine too, and one of them is away for a while.
FOR_THE_DEMO = {"WSIS_LIMIT_FACTOR": "1000", "WSIS_WEBHOOKS_LOOPBACK": "yes", "WSIS_WEBHOOKS_SPEEDUP": "20"}


def up(environ: Mapping[str, str] = os.environ) -> int:
    """Run everything until Ctrl-C (or SIGTERM, or the terminal closes) and return the exit status.

    State stays under WSIS_RUN_DIR (`.run`), so the next run continues with it.
    """
    more = {**FOR_THE_DEMO, **environ}
    return _keep_up(
        lambda: Stack(running.run_dir(environ), ports=Ports.from_environment(environ), borrow=True, environ=more),
        "The suite",
        _addresses,
    )


def infrastructure(environ: Mapping[str, str] = os.environ) -> int:
    """Run a broker, a store and a mail catcher until Ctrl-C, on free ports: `around` and the fixtures of the test kit
    find them in the run directory and use them in place of new ones."""
    return _keep_up(
        lambda: Stack(
            running.run_dir(environ) / running.INFRASTRUCTURE, parts=INFRASTRUCTURE, expiry=False, environ=environ
        ),
        "The infrastructure",
        lambda stack: f"  Mail  {stack.mail.web_uri}\n\nTests in other terminals use it.",
    )


def _keep_up(make: Callable[[], Stack], what: str, say: Callable[[Stack], str]) -> int:
    _end_by_signal()
    try:
        stack = make()
        click.echo(f"Starting {what.lower()} ...")
        with stack:
            click.echo(f"\n{what} is up.\n\n{say(stack)}\n\nCtrl-C stops it.")
            try:
                _watch(stack)
            finally:
                _ignore_signals()  # a second Ctrl-C does not hurry it: the broker and the store want an orderly end
                click.echo("\nStopping ...")
    except CannotStart as error:
        click.echo(f"wsis: {error}", err=True)
        return CANNOT_START
    except KeyboardInterrupt:
        pass
    return 0


def down(environ: Mapping[str, str] = os.environ) -> int:
    """Stop the stacks that run in WSIS_RUN_DIR, the suite and the infrastructure; fine when none does."""
    for folder in (running.run_dir(environ), running.run_dir(environ) / running.INFRASTRUCTURE):
        supervisor = Supervisor(folder)
        supervisor.stop()
        while supervisor.runs():
            time.sleep(POLL_SECONDS)
    return 0


def inside(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run a command with the settings of the suite that runs in WSIS_RUN_DIR, and return its exit status."""
    try:
        return subprocess.run(command, env={**environ, **running.settings(environ)}).returncode
    except NotRunning as error:
        click.echo(f"wsis: {error}", err=True)
        return CANNOT_START


def around(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run a command with a broker, a store and a mail catcher around it, and return its exit status.

    They are those of `wsis up --infrastructure`, or new ones on free ports that end with it; the command finds them
    through its environment (WSIS_AMQP_URI, WSIS_AMQP_MANAGEMENT_URI, WSIS_MONGO_URI, WSIS_SMTP_URI, WSIS_MAIL_WEB_URI).
    Tests play in other years: nothing expires in the store of either.
    """
    if (kept := running.infrastructure(environ)) is not None:
        return subprocess.run(command, env={**environ, **kept}).returncode
    _end_by_signal()
    try:
        with (
            throwaway.folder() as folder,
            Stack(Path(folder), parts=INFRASTRUCTURE, expiry=False, environ=environ) as stack,
        ):
            try:
                return subprocess.run(command, env=stack.environment()).returncode
            finally:
                for line in ended(stack.logs):
                    click.echo(f"wsis: {line}", err=True)
    except CannotStart as error:
        click.echo(f"wsis: {error}", err=True)
        return CANNOT_START
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _end_by_signal() -> None:
    """SIGTERM and a closed terminal end the command as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _addresses(stack: Stack) -> str:
    lines = {
        "Start": f"{stack.gateway_uri}/",
        "Documentation": f"{stack.gateway_uri}/docs",
        "Health": stack.readiness_uri,
        "Mail": stack.mail.web_uri or "goes to the server of WSIS_SMTP_URI",
        "Logs": str(stack.logs),
    }
    text = "\n".join(f"  {name:<14} {value}" for name, value in lines.items())
    return f"{text}\n\n{NEXT}"


def _watch(stack: Stack) -> None:
    """Report crashes, restarts and final failures of processes until a signal arrives."""
    known = stack.pids()
    while True:
        time.sleep(WATCH_SECONDS)
        try:
            states, now = stack.states(), stack.pids()
        except (OSError, Fault):
            return  # stopped from elsewhere (`make down`)
        if not STOPPED.isdisjoint(states.values()):
            continue  # as long as that takes
        for name, pid in known.items():
            if now.get(name, 0) != pid:
                click.echo(f"{name} ended and is {states[name].lower()} again: see {stack.logs / name}.log")
        for name, state in states.items():
            if name not in now and name in known:
                click.echo(f"{name} is down ({state})")
        known = now | {name: 0 for name in states if name not in now and name in known}
