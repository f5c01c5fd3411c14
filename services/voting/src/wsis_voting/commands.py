"""`wsis voting ...`: what an operator does from the command line."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from wsis_shared import clock, mongo
from wsis_shared.errors import Conflict

from wsis_voting.contests.rules.contest import State

if TYPE_CHECKING:
    from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
    from wsis_voting.contests.rules.contest import Contest

_log = logging.getLogger(__name__)


@click.group()
def voting() -> None:
    """Public voting."""


@voting.command()
@click.argument("edition")
def recount(edition: str) -> None:
    """Count an edition again from its stored votes and compare with the counters; exit status 1 where they differ.

    Before the certification it says only whether the two agree, and how many figures do not (while voting is open,
    votes that come in meanwhile can make them differ): totals are nobody's until then. It names no project: whoever
    changes one ballot in the store would read what it says.
    """
    from wsis_voting.tallies.rules import counted  # noqa: PLC0415 -- needs pymongo, which images without the service do not have

    lifecycle = _lifecycle()
    contest = _contest(lifecycle, edition)
    started = time.monotonic()
    try:
        found = lifecycle.recount(contest)
    except Conflict as error:
        raise click.ClickException(str(error)) from error
    if found.flags:
        raise click.ClickException(f"{found.flags} ballots have a flag that no decision accounts for: see repair")
    if contest.certified and (tally := lifecycle.tallies.last(edition)):
        click.echo(f"ballots complete  {found.votes.ballots_complete} of {found.votes.ballots_started}")
        click.echo(f"votes cast        {found.votes.cast.total()}")
        click.echo(f"votes counted     {counted(contest, found.votes, tally['disqualified'])}")
        for line in found.sums():
            click.echo(f"differs: {line}")
    places = len(found.different)
    verdict = "agree with the votes" if found.agrees else f"differ from the votes in {places} places"
    click.echo(f"the counters {verdict} ({time.monotonic() - started:.1f} s)")
    sys.exit(0 if found.agrees else 1)


@voting.command()
@click.argument("edition")
@click.option("--reason", required=True, help="Kept in the audit")
def repair(edition: str, reason: str) -> None:
    """Set flags and counters of an edition to what its votes and the decisions of the review say.

    For a tally that is not certified because they were changed by hand, or because the counters disagree. Find out
    first who changed them. It prints how many, not which.
    """
    lifecycle = _lifecycle()
    contest = _contest(lifecycle, edition)
    if contest.certified or not contest.sealed:
        raise click.ClickException("only a count that is sealed and not certified is repaired")
    try:
        found = lifecycle.repair(contest, reason)
    except Conflict as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"repaired: {found.flags} flags, {len(found.different)} figures; now ask for the certification")


@voting.command("export-log")
@click.argument("edition")
@click.argument("folder", type=click.Path(file_okay=False))
def export_log(edition: str, folder: str) -> None:
    """Write the public log of an edition as static files into FOLDER/EDITION, from the store alone."""
    lifecycle = _lifecycle()
    _contest(lifecycle, edition)
    if not lifecycle.publishing.log.state(edition)["number"]:
        raise click.ClickException(f"the log of edition {edition} has no head yet")
    lifecycle.publishing.write_files(edition, folder, while_leased=False)
    click.echo(f"{folder}/{edition}: {lifecycle.publishing.log.state(edition)['size']} leaves")


@voting.command("after-restore")
@click.argument("log", required=False, type=click.Path(file_okay=False))
@click.option("--heads", type=click.Path(file_okay=False), help="Those that people kept, in place of LOG")
@click.option("--no-heads", is_flag=True, help="Go on without, where nobody has any: nothing shows what is lost")
@click.option("--reason", help="Of --no-heads, for the log")
def after_restore(log: str | None, heads: str | None, no_heads: bool, reason: str | None) -> None:
    """Judge a store that was restored: each edition counted again, and its public log against the heads that people
    kept: files in LOG/EDITION, as they were published. Exit status 1 where a voting must not go on. Where the files of
    the log were restored too, they prove nothing, and the log stands still until heads that people kept do."""
    if no_heads and not reason:
        raise click.UsageError("--no-heads needs a --reason")
    lifecycle, heads = _lifecycle(), heads or log or ""
    refused = []
    for edition in sorted({*lifecycle.contests.known(), *_kept(heads)}):
        refused += [f"{edition}: {line}" for line in _refused(lifecycle, edition, heads, without=no_heads)]
    if refused:
        raise click.ClickException("; ".join(refused))
    if lifecycle.publishing.accept_files():
        if no_heads:
            _log.warning("the public log goes on without heads that people kept: %s", reason)
        click.echo("the public log goes on")


def _refused(lifecycle: ContestLifecycle, edition: str, heads: str, *, without: bool) -> Iterator[str]:
    """What speaks against it; what agrees is printed. No totals: they are nobody's before the certification."""
    if heads and (found := lifecycle.publishing.against(edition, heads)):
        yield found
    contest = lifecycle.contests.read(edition)
    if contest is None or lifecycle.ballots.keys.shredded_at(edition):
        return
    goes_on = contest.state(clock.now()) in (State.OPEN, State.CLOSED)
    if goes_on and not without and (missing := lifecycle.publishing.unproven(edition, heads)):
        yield missing
    counted, tally = lifecycle.recount(contest), lifecycle.tallies.last(edition)
    if not counted.agrees:
        yield f"the counters differ from the votes in {len(counted.different) + counted.flags} places"
    elif tally and any(row["cast"] != counted.votes.cast[row["project"]] for row in tally["projects"]):
        yield "the certified tally differs from the votes"
    else:
        click.echo(f"{edition}: {'the certified tally agrees' if tally else 'the counters agree'} with the votes")


@voting.command()
@click.argument("edition")
@click.option("--reason", required=True, help="Kept in the audit")
@click.confirmation_option(prompt="After this nobody can tell any more which votes an account cast. Go on?")
def shred(edition: str, reason: str) -> None:
    """Destroy the key that leads from an account to its votes, and the times at which accounts voted. Certified
    editions only; without this command it is done WSIS_VOTING_COMPLAINT_DAYS after the certification."""
    lifecycle = _lifecycle()
    if not _contest(lifecycle, edition).certified:
        raise click.ClickException(f"edition {edition} is not certified: its votes could not be counted again")
    lifecycle.shred(edition, reason)
    click.echo(f"shredded: votes of {edition} belong to nobody any more; older backups must be destroyed as well")


def _kept(heads: str) -> list[str]:
    """The editions of which there are heads."""
    return [path.parent.name for path in Path(heads).glob("*/head.json")] if heads else []


def _lifecycle() -> ContestLifecycle:
    from wsis_voting.ballots.store.ballots import Ballots  # noqa: PLC0415 -- see above
    from wsis_voting.certification.use_cases.lifecycle import lifecycle_of  # noqa: PLC0415 -- see above

    return lifecycle_of(Ballots(mongo.database("voting")))


def _contest(lifecycle: ContestLifecycle, edition: str) -> Contest:
    contest = lifecycle.contests.read(edition)
    if contest is None:
        raise click.ClickException(f"no contest of edition {edition}")
    return contest
