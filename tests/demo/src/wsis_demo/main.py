"""`wsis demo`: play a whole edition of the WSIS Prizes over HTTP, and check the figures against each other."""

from __future__ import annotations

import random
import secrets
import sys
from dataclasses import dataclass

import click
from wsis_local.ports import CannotStart

from wsis_demo import figures, phases, public_log
from wsis_demo.acts import ACTS
from wsis_demo.acts.of_services import with_acts_of_services
from wsis_demo.acts.opening import next_edition
from wsis_demo.client import Problem, Suite
from wsis_demo.people import Registry
from wsis_demo.play import Clock, Mismatch, Play, size_of
from wsis_demo.projects import Writer
from wsis_demo.suites import CannotPlay, first_officer, playable

DIFFERS, CANNOT_PLAY = 1, 2  # exit statuses
WORTH_OPENING = ("/", "/prizes", "/editions/{edition}", "/editions/{edition}/results", "/register", "/desk")  # pages
AROUND = ("suite", "mails", "verified", "figures")  # the lines before and after those of the acts


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    full: bool = False
    edition: str = ""  # empty: the first from 2017 on that has no projects
    voters: int | None = None
    seed: int | None = None  # None: the year
    keep: bool = False


@click.command()
@click.option("--full", is_flag=True, help="the real figures of 2017, but for the voters: half an hour")
@click.option("--edition", default="", metavar="YEAR", help="made from 2017 if need be [the first that nobody played]")
@click.option("--voters", type=click.IntRange(min=10), default=None, help="how many vote [30; with --full 2000]")
@click.option("--seed", type=int, default=None, help="other people, projects and votes [YEAR]")
@click.option("--keep", is_flag=True, help="leave the run folder of the demo's own suite behind")
def command(full: bool, edition: str, voters: int | None, seed: int | None, keep: bool) -> None:
    """Play an edition from its opening to the ceremony against the suite that runs here, or against one of its own.

    Ends with one line of figures, each counted from answers of the API and from the mail catcher. Exit status: 0 when
    they fit, 1 when two of them do not, 2 when the play could not begin.
    """
    sys.exit(run(Options(full, edition, voters, seed, keep)))


def run(options: Options) -> int:
    """Play on the suite that `playable` finds or starts; returns the exit status."""
    try:
        with playable(keep=options.keep) as (suite, env, passing):
            return perform(prepare(suite, env, options), env, passing=passing)
    except (CannotPlay, CannotStart) as error:
        click.echo(f"demo: {error}", err=True)
        return CANNOT_PLAY
    except (Mismatch, Problem, TimeoutError) as error:
        click.echo(f"demo: {error}", err=True)
        return DIFFERS


def prepare(suite: Suite, env: dict[str, str], options: Options) -> Play:
    """A play that can begin: with an officer of its own, once the mails of others are sent."""
    # Another one for each play: a mailbox gets few codes in an hour.
    email = f"secretariat.{secrets.token_hex(3)}@demo.example"
    first_officer(env, email)
    officer = suite.sign_in(email)
    edition = options.edition or next_edition(officer)
    seed = int(edition) if options.seed is None else options.seed
    staged = Play(
        suite,
        officer,
        edition,
        size_of(full=options.full, voters=options.voters),
        seed,
        Registry(seed, f"e{edition}"),
        Writer(seed),
        random.Random(seed),
    )
    figures.wait_for_mails(staged)  # of others
    staged.before, staged.sent_before = staged.ledger(), staged.sent()
    staged.skipped_before = staged.skipped_ballot_mails()
    return staged


def perform(staged: Play, env: dict[str, str], *, passing: bool = False) -> int:
    """Play all acts, check the public log, show the figures; returns the exit status. `passing`: the suite is gone
    afterwards with its files, so that the log is left behind."""
    suite, acts = staged.suite, with_acts_of_services(ACTS)
    clock = Clock(lines=len(acts) + len(AROUND))
    suite.begin()
    began = phases.now()
    clock.tell("suite", suite.address)
    for act, perform in acts:
        clock.tell(act, perform(staged))
    clock.tell("mails", f"{figures.wait_for_mails(staged)} in the catcher, nothing left to send")
    log = public_log.place_of(staged, env)
    text, wrong = public_log.verify(staged, log)
    clock.tell("verified", text)
    found, misfits = figures.count(staged, began)
    clock.tell("figures", f"counted from the API and the catcher, {len(misfits)} do not fit")
    misfits += wrong + staged.misfits
    for misfit in misfits:
        click.echo(f"does not fit: {misfit}", err=True)
    for line in staged.lines:
        click.echo(line)
    if passing:
        log = public_log.leave(log, staged.edition, staged.folder)
    else:
        for page in WORTH_OPENING:
            click.echo(f"{'see':<13} {suite.address}/en{page.format(edition=staged.edition)}")
        click.echo(f"{'see':<13} {suite.mailbox.address} (all mails)")
    if how := public_log.how_to_check(log):
        click.echo(f"{'check it':<13} {how}")
    click.echo(found.line(staged.edition))
    return DIFFERS if misfits else 0
