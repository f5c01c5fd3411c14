"""Entrypoints of the WSIS-SDG Matrix."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc, subscribe
from wsis_shared.erasure import Erasure

from wsis_stocktaking.use_cases.matrix import compose

Row = dict[str, Any]


class MatrixEntrypoints(Service):
    """The WSIS-SDG Matrix."""

    matrix = Composed(compose)

    # -- for everybody -------------------------------------------------------------------------------------------------

    @rpc
    def read_matrix(self, version: int | None = None, on: str | None = None) -> Row:
        """A version with all its links."""
        return self.matrix.reading.read(version, on)

    @rpc
    def read_matrix_evidence(self, version: int | None = None, on: str | None = None) -> Row:
        """A version with the evidence beside each link."""
        return self.matrix.evidence.read(version, on)

    @rpc
    def read_matrix_link(self, line: str, sdg: str, version: int | None = None, on: str | None = None) -> Row:
        """What supports a link."""
        return self.matrix.evidence.of_link(line, sdg, version, on)

    @rpc
    def list_matrix_entries(
        self, line: str, sdg: str, limit: int = 20, after: str | None = None, projects: bool = False
    ) -> Row:
        """Entries that support a link."""
        return self.matrix.evidence.list_entries(line, sdg, limit, after, projects)

    @rpc
    def list_matrix_sessions(self, line: str, sdg: str, limit: int = 20, after: str | None = None) -> Row:
        """Sessions that support a link."""
        return self.matrix.evidence.list_sessions(line, sdg, limit, after)

    @rpc
    def list_matrix_links(
        self, limit: int = 20, after: str | None = None, version: int | None = None, on: str | None = None,
        **filters: Any,
    ) -> Row:  # fmt: skip
        """Links of a version."""
        return self.matrix.reading.list_links(limit, after, version, on, filters)

    @rpc
    def list_matrix_versions(self, limit: int = 20, after: str | None = None) -> Row:
        """All versions, the newest first."""
        return self.matrix.reading.list_versions(limit, after)

    @rpc
    def read_matrix_version(self, version: str) -> Row:
        """A version by its number."""
        return self.matrix.reading.read_version(version)

    @rpc
    def read_matrix_differences(self, version: str, since: int | None = None) -> Row:
        """What differs between two versions."""
        return self.matrix.reading.differences(version, since)

    @rpc
    def read_matrix_line(self, line: str, version: int | None = None, on: str | None = None) -> Row:
        """From a line to its goals."""
        return self.matrix.reading.of_line(line, version, on)

    @rpc
    def read_matrix_goal(self, sdg: str, version: int | None = None, on: str | None = None) -> Row:
        """From a goal to its lines."""
        return self.matrix.reading.of_goal(sdg, version, on)

    # -- pictures ------------------------------------------------------------------------------------------------------

    @rpc
    def read_matrix_page(self, of: str = "targets") -> Row:
        """The matrix as a page."""
        return self.matrix.pictures.page(context.current(), self.bus.blobs, of)

    @rpc
    def read_matrix_heat_map(self, of: str = "targets") -> Row:
        """The heat map as SVG."""
        return self.matrix.pictures.svg(context.current(), self.bus.blobs, of)

    @rpc
    def read_matrix_picture(self, of: str = "targets", language: str | None = None) -> Row:
        """The heat map as PNG."""
        return self.matrix.pictures.png(context.current(), self.bus.blobs, of, language)

    # -- proposals -----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def propose_matrix_changes(self, body: Row) -> Row:
        """A new proposal."""
        return self.matrix.proposals.propose(context.current(), body)

    @rpc
    def list_matrix_proposals(
        self, limit: int = 20, after: str | None = None, line: str | None = None, state: str | None = None
    ) -> Row:
        """Proposals that the actor may know of."""
        return self.matrix.proposals.list_proposals(context.current(), limit, after, line, state)

    @rpc
    def read_matrix_proposal(self, proposal: str) -> Row:
        """A proposal."""
        return self.matrix.proposals.read(context.current(), proposal)

    @rpc(writes=True)
    def withdraw_matrix_proposal(self, proposal: str) -> Row:
        """Withdraw a proposal."""
        return self.matrix.proposals.withdraw(context.current(), proposal)

    @rpc(writes=True)
    def decide_matrix_proposal(self, proposal: str, body: Row) -> Row:
        """Accept or reject."""
        return self.matrix.proposals.decide(context.current(), proposal, body)

    @rpc(writes=True)
    def comment_matrix_proposal(self, proposal: str, body: Row) -> Row:
        """A comment on a proposal."""
        return self.matrix.proposals.comment(context.current(), proposal, body)

    @rpc
    def list_matrix_comments(self, proposal: str, limit: int = 20, after: str | None = None) -> Row:
        """Comments on a proposal."""
        return self.matrix.proposals.list_comments(context.current(), proposal, limit, after)

    @rpc(writes=True)
    def publish_matrix(self, body: Row) -> Row:
        """A new version."""
        return self.matrix.publication.publish(context.current(), body)

    @rpc
    def describe_matrix_decision(self, data: Row, account: str) -> Row:
        """What the mail about a decision says; called by notifications."""
        return self.matrix.proposals.describe_decision(data)

    @subscribe("accounts", "account_erased")
    def forget_proposer(self, event: Row) -> None:
        """Forget who has left."""
        return self.matrix.proposals.forget(Erasure.of(event))

    @subscribe("consultation", "session_outcome_filed")
    def keep_matrix_session(self, event: Row) -> None:
        """Keep the session as evidence."""
        return self.matrix.sessions.put(event)

    @subscribe("consultation", "session_removed")
    def remove_matrix_session(self, event: Row) -> None:
        """The session is no evidence any more."""
        return self.matrix.sessions.remove(event)
