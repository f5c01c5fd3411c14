"""`wsis voting ...`: what an operator does from the command line."""

from __future__ import annotations

import sys
import time

import click
from wsis_shared import clock, mongo


@click.group()
def voting() -> None:
    """Public voting."""


@voting.command()
@click.argument("edition")
def recount(edition: str) -> None:
    """Count an edition again from its stored votes and compare with the counters; exit status 1 where they differ.

    While voting is open it says only whether the two agree (votes that come in meanwhile can make them differ).
    """
    from wsis_voting import domain  # noqa: PLC0415 -- needs pymongo, which images without the service do not have
    from wsis_voting.service.closing import Closing  # noqa: PLC0415 -- see above
    from wsis_voting.store import Ballots, Contests, Counters, Recorders, Tallies  # noqa: PLC0415 -- see above

    db = mongo.database("voting")
    contests = Contests(db)
    contest = contests.read(edition)
    if contest is None:
        raise click.ClickException(f"no contest of edition {edition}")
    started = time.monotonic()
    closing = Closing(contests, Ballots(db), Counters(db), Recorders(db), Tallies(db))
    votes, different = closing.recount(contest)
    open_ = contest.state(clock.now()) in (domain.State.NOT_OPEN, domain.State.OPEN)
    if not open_:
        click.echo(f"ballots complete  {votes.ballots_complete} of {votes.ballots_started}")
        click.echo(f"votes cast        {votes.cast.total()}")
        click.echo(f"votes counted     {sum(domain.valid(contest, votes).values())}")
        for place in different:
            click.echo(f"differs: {place.what}: counters {place.counters}, votes {place.votes}")
    verdict = "agree with the votes" if not different else f"differ from the votes in {len(different)} places"
    click.echo(f"the counters {verdict} ({time.monotonic() - started:.1f} s)")
    sys.exit(1 if different else 0)
