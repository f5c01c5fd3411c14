"""Where voters vote: the ballot, a category, and what was stored."""

from __future__ import annotations

from dataclasses import replace

from marshmallow import Schema
from wsis_shared.pages import Form, Page, Panel, Read
from wsis_shared.schemas import ActionLine, Id

_BALLOT = Read("ballot", "/v1/editions/{edition}/ballot")
_ACCOUNT = Read("account", "/v1/me", optional=True)  # a link may have signed in somebody else


class StoredQuery(Schema):
    """The category in which a vote was just sent, and its command where that was not decided at once."""

    stored = ActionLine()
    command = Id()


PAGES = (
    Page(
        "/editions/{edition}/vote",
        "ballots/pages/ballot.html",
        "ballot",
        # The outcome first: a vote that it says is stored is on the ballot that is read after it.
        reads=(Read("outcome", "/v1/editions/{edition}/votes/{command}", optional=True), _BALLOT, _ACCOUNT),
        query=StoredQuery,
        view="wsis_voting.ballots.pages.views:ballot",
        signed_in=True,
    ),
    Page(
        "/editions/{edition}/vote/{category}",
        "ballots/pages/vote.html",
        "vote",
        reads=(
            _BALLOT,
            Read(
                "nominees",
                "/v1/editions/{edition}/nominees?category={category}&order={ballot.order}&after={after}&limit=100",
            ),
            # It may stand on another page of the list.
            Read("chosen", "/v1/editions/{edition}/nominees/{ballot.voted.category.project}", optional=True),
            replace(_ACCOUNT, checking=True),
        ),
        forms=(
            Form(
                "vote",
                "POST /v1/editions/{edition}/votes",
                then="/editions/{edition}/vote?stored={category}&command={command}",
                confirm=True,
            ),
        ),
        view="wsis_voting.ballots.pages.views:vote",
        signed_in=True,
    ),
)

PANELS = (
    Panel(
        "me",
        10,
        "ballots/pages/me.html",
        # The next edition may be there while the voting of the last one is on.
        reads=(
            Read("editions", "/v1/editions"),
            Read("ballot", "/v1/editions/{editions.items.0.edition}/ballot", optional=True),
            Read("former", "/v1/editions/{editions.items.1.edition}/ballot", optional=True),
        ),
        permission="voting:cast",
    ),
)
