"""Entrypoints of High-Level Track Facilitators."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc

from wsis_consultation.use_cases.facilitators import nominations, selection


class FacilitatorsEntrypoints(Service):
    """Nominations of High-Level Track Facilitators."""

    nominations = Composed(nominations.compose, calls=("accounts.contacts",))
    selection = Composed(selection.compose)

    # -- nominations --------------------------------------------------------------------------------------------------

    @rpc
    def read_facilitator_call(self, edition: str) -> dict[str, Any]:
        """The call for facilitators."""
        return self.nominations.read_call(context.current(), edition)

    @rpc(writes=True)
    def change_facilitator_call(
        self, edition: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Change the call."""
        return self.nominations.change_call(context.current(), edition, body, if_match)

    @rpc
    def list_mechanisms(self, edition: str) -> dict[str, Any]:
        """The coordination mechanisms of an edition."""
        return self.nominations.list_mechanisms(context.current(), edition)

    @rpc
    def read_mechanism(self, edition: str, mechanism: str) -> dict[str, Any]:
        """A mechanism with its coordinators."""
        return self.nominations.read_mechanism(context.current(), edition, mechanism)

    @rpc(writes=True)
    def set_mechanism(self, edition: str, mechanism: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or change a mechanism."""
        return self.nominations.set_mechanism(context.current(), edition, mechanism, body)

    @rpc(writes=True)
    def nominate(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """A coordinator nominates for their mechanism."""
        return self.nominations.nominate(context.current(), edition, body)

    @rpc(writes=True)
    def accept_nomination(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """An officer files a nomination."""
        return self.nominations.accept(context.current(), edition, body)

    @rpc
    def list_own_nominations(self, edition: str, limit: int, after: str | None = None) -> dict[str, Any]:
        """What the account has nominated."""
        return self.nominations.list_own(context.current(), edition, after, limit)

    @rpc
    def nomination_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the receipt of a nomination says."""
        return self.nominations.nomination_details(data)

    # -- candidates ---------------------------------------------------------------------------------------------------

    @rpc
    def read_consent(self, edition: str, candidate: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a candidate consents to."""
        return self.selection.read_consent(context.current(), edition, candidate, body)

    @rpc(writes=True)
    def decide_consent(self, edition: str, candidate: str, body: dict[str, Any]) -> dict[str, Any]:
        """The candidate consents or refuses."""
        return self.selection.decide_consent(context.current(), edition, candidate, body)

    @rpc
    def list_facilitators(self, edition: str) -> dict[str, Any]:
        """The confirmed facilitators."""
        return self.selection.list_facilitators(context.current(), edition)

    @rpc
    def list_candidates(self, edition: str, **filters: Any) -> dict[str, Any]:
        """Candidates in the order of their first nomination."""
        return self.selection.list_candidates(context.current(), edition, **filters)

    @rpc
    def read_candidate(self, edition: str, candidate: str) -> dict[str, Any]:
        """A candidate with each endorsement."""
        return self.selection.read_candidate(context.current(), edition, candidate)

    @rpc
    def list_duplicates(self, edition: str) -> dict[str, Any]:
        """Candidates who may be the same person."""
        return self.selection.list_duplicates(context.current(), edition)

    @rpc
    def read_balance(self, edition: str, confirmed: bool = False) -> dict[str, Any]:
        """Candidates by region, gender and constituency."""
        return self.selection.read_balance(context.current(), edition, confirmed)

    @rpc(writes=True)
    def merge_candidates(self, edition: str, candidate: str, body: dict[str, Any]) -> dict[str, Any]:
        """Merge another candidate into this one."""
        return self.selection.merge(context.current(), edition, candidate, body)

    @rpc(writes=True)
    def undo_merge(self, edition: str, merge: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take a merge back."""
        return self.selection.undo_merge(context.current(), edition, merge, body)

    @rpc(writes=True)
    def confirm_facilitators(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Confirm candidates as facilitators."""
        return self.selection.confirm(context.current(), edition, body)

    @rpc(writes=True)
    def withdraw_facilitator(self, edition: str, candidate: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take a facilitator off the list."""
        return self.selection.withdraw(context.current(), edition, candidate, body)

    @rpc
    def consent_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the mail that asks for consent says."""
        return self.selection.consent_details(data)

    @rpc
    def candidate_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the mail to a confirmed facilitator says."""
        return self.selection.candidate_details(data)

    @rpc
    def confirmation_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the mail to nominators says."""
        return self.selection.confirmation_details(data)
