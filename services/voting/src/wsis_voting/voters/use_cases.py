"""What accounts says of voters: country, signals, erasures."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared import clock, inbox
from wsis_shared.erasure import Erasure
from wsis_shared.json_types import Input
from wsis_shared.operations import every, subscribe
from wsis_shared.parts import Parts

from wsis_voting.ballots.rules.ballots import to_the_hour
from wsis_voting.ballots.store.ballots import UNKNOWN_COUNTRY, Ballots, of_process
from wsis_voting.review.store import Review
from wsis_voting.turnout.store import Registrations
from wsis_voting.turnout.use_cases import registrations

SIGNALS_KEPT = timedelta(days=90)  # after an erasure, which must not be a way out of a review
ERASED = "account_erased"  # the event, for `inbox.is_newer`


class VoterCases:
    """Counts registrations, and keeps what the review of fraud compares."""

    def __init__(self, ballots: Ballots, counts: Registrations, review: Review) -> None:
        self._ballots, self._registrations, self._review = ballots, counts, review

    @subscribe("accounts", "account_confirmed", prefetch=1)
    def on_account_confirmed(self, event: Input) -> None:
        """Note the country, for turnout."""
        if not self._erased_since(event):
            account, country = event["data"]["account"], event["data"].get("country") or UNKNOWN_COUNTRY
            before = self._ballots.put_voter(account, country, clock.parse(event["time"]))
            self._registrations.change("country", before, country)

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: Input) -> None:
        """The tally does not change: votes name no account, and participation keeps the opaque id alone. Nobody is
        shown these votes any more, nor whoever registers this mailbox again and gets the same id."""
        erasure = Erasure.of(event)
        inbox.is_newer(self._ballots.db, ERASED, event["data"]["account"], event["sequence"])
        self._registrations.change("country", self._ballots.forget(erasure), None)
        self._forget_signals(erasure)

    @subscribe("accounts", "voter_signals", prefetch=1)  # all add to the row of this hour
    def on_voter_signals(self, event: Input) -> None:
        """Keep what an account shows, and count it."""
        if self._erased_since(event):
            return
        signals = event["data"] | {name: clock.parse(event["data"][name]) for name in ("registered_at", "confirmed_at")}
        self._count(self._review.put_signals(signals["account"], signals), signals)

    def _forget_signals(self, erasure: Erasure) -> None:
        """The account is erased: it is not counted any more, and its signals go once no review can need them."""
        self._count(self._review.forget_signals(erasure, clock.now() + SIGNALS_KEPT), None)

    def _erased_since(self, event: Input) -> bool:
        """Was the account of this event erased after it? Events of a kind come in order, those of two need not."""
        return inbox.is_superseded(self._review.db, ERASED, event["subject"], event["sequence"])

    def _count(self, before: Input | None, after: Input | None) -> None:
        hours = [its and to_the_hour(its["confirmed_at"]) for its in (before, after)]
        domains = [its and its["domain"] for its in (before, after)]
        self._registrations.change("hour", *hours)
        self._registrations.change("domain", *domains)

    @every(10)
    def show_registrations(self) -> None:
        """For all processes: it is a look at all domains."""
        self._registrations.show(registrations)


def compose(parts: Parts) -> VoterCases:
    """The use cases with their collaborators; called once per process."""
    return VoterCases(of_process(parts.db), Registrations(parts.db), Review(parts.db))
