"""Entrypoints of entries: own drafts, review by officers, public reading, the call for updates."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc, subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases.entries import invitations, own, public, review


class EntriesEntrypoints(Service):
    """Entries of the register."""

    own_entries = Composed(own.compose)
    reviews = Composed(review.compose, calls=("accounts.profile",))
    public_entries = Composed(public.compose)
    invitations = Composed(invitations.compose)

    # -- own entries --------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def create_entry(self, body: dict[str, Any]) -> dict[str, Any]:
        """A new draft."""
        return self.own_entries.create(context.current(), body)

    @rpc
    def list_own_entries(self, limit: int, after: str | None = None, state: str | None = None) -> dict[str, Any]:
        """Entries of the account."""
        return self.own_entries.list_own(context.current(), after, limit, state)

    @rpc
    def read_own_entry(self, entry: str) -> dict[str, Any]:
        """An own entry."""
        return self.own_entries.read(context.current(), entry)

    @rpc(writes=True)
    def change_own_entry(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """The draft anew."""
        return self.own_entries.change(context.current(), entry, body)

    @rpc(writes=True)
    def discard_own_draft(self, entry: str) -> None:
        """Delete the draft."""
        self.own_entries.discard(context.current(), entry)

    @rpc(writes=True)
    def submit_own_entry(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put the draft into the queue."""
        return self.own_entries.submit(context.current(), entry, body)

    @rpc(writes=True)
    def take_back_own_entry(self, entry: str) -> dict[str, Any]:
        """Take the draft out of the queue."""
        return self.own_entries.take_back(context.current(), entry)

    @rpc(writes=True)
    def withdraw_own_entry(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """End the publication."""
        return self.own_entries.withdraw(context.current(), entry, body)

    @rpc
    def copy_submission(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the receipt of a submission says."""
        return self.own_entries.copy_submission(data)

    @subscribe("accounts", "account_erased")
    def forget_owner(self, event: dict[str, Any]) -> None:
        """Remove an account from its entries."""
        self.own_entries.forget(Erasure.of(event))

    @subscribe("accounts", "address_erased")
    def forget_contact(self, event: dict[str, Any]) -> None:
        """Forget who was the contact of entries, imported ones too."""
        self.own_entries.forget(Erasure.of(event))

    # -- review -------------------------------------------------------------------------------------------------------

    @rpc
    def list_reviews(self, limit: int, after: str | None = None, **filters: Any) -> dict[str, Any]:
        """The queue."""
        return self.reviews.list_queue(context.current(), after, limit, **filters)

    @rpc
    def read_review(self, entry: str) -> dict[str, Any]:
        """Any entry as officers see it."""
        return self.reviews.read(context.current(), entry)

    @rpc
    def list_revision_authors(self, entry: str, limit: int, after: str | None = None) -> dict[str, Any]:
        """Revisions with who wrote them."""
        return self.reviews.list_revisions(entry, after, limit)

    @rpc(writes=True)
    def decide_review(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """Approve, return or withdraw."""
        return self.reviews.decide(context.current(), entry, body)

    @rpc(writes=True)
    def merge_entries(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """Merge an entry into another one."""
        return self.reviews.merge(context.current(), entry, body)

    @rpc(writes=True)
    def correct_entry(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change what is public."""
        return self.reviews.correct(context.current(), entry, body)

    @rpc(writes=True)
    def assign_entry(self, entry: str, body: dict[str, Any]) -> dict[str, Any]:
        """Give an entry to an account."""
        return self.reviews.assign(context.current(), entry, body)

    # -- public -------------------------------------------------------------------------------------------------------

    @rpc
    def read_entry(self, entry: str) -> dict[str, Any]:
        """The card of an entry."""
        return self.public_entries.read(context.current(), entry)

    @rpc
    def list_revisions(self, entry: str, limit: int, after: str | None = None) -> dict[str, Any]:
        """Revisions of an entry."""
        return self.public_entries.list_revisions(entry, after, limit)

    @rpc
    def read_revision(self, entry: str, number: str) -> dict[str, Any]:
        """A revision."""
        return self.public_entries.read_revision(entry, number)

    @rpc
    def compare_revisions(self, entry: str, **revisions: int | None) -> dict[str, Any]:
        """What differs between two revisions, `from` and `to`."""
        return self.public_entries.compare(entry, revisions.get("from"), revisions.get("to"))

    # -- the call for updates -----------------------------------------------------------------------------------------

    @rpc(writes=True)
    def start_invitations(self, body: dict[str, Any]) -> dict[str, Any]:
        """Start the call."""
        return self.job_response(self.invitations.start(context.current(), self.bus.jobs.enqueue, body))

    @job()
    def invite_owners(self, run: Run) -> Next | Finish:
        """One step of the call."""
        return self.invitations.run(run)

    @rpc
    def list_invited(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the mail to an owner lists."""
        return self.invitations.list_invited(data, account)

    @rpc
    def list_entries_without_owner(self, limit: int, years: float, after: str | None = None) -> dict[str, Any]:
        """Old entries that nobody owns."""
        return self.invitations.list_without_owner(context.current(), years, after, limit)
