"""Entrypoints: each passes one call or event to the use cases, and nothing else."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc, subscribe
from wsis_shared.erasure import Erasure

from wsis_partnerships.use_cases import compose


class PartnershipsService(Service):
    """Sponsors of the Forum."""

    name = "partnerships"
    partnerships = Composed(compose)

    @rpc(writes=True)
    def open_fund(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """The packages of an edition."""
        return self.partnerships.open_fund(context.current(), edition, body)

    @rpc
    def list_packages(self, edition: str) -> dict[str, Any]:
        """Packages and activities."""
        return self.partnerships.list_packages(context.current(), edition)

    @rpc(writes=True)
    def change_package(
        self, edition: str, package: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Amount, title or benefits of a package."""
        return self.partnerships.change_package(context.current(), edition, package, body, if_match)

    @rpc(writes=True)
    def set_activity(self, edition: str, activity: str, body: dict[str, Any]) -> dict[str, Any]:
        """An activity to earmark contributions to."""
        return self.partnerships.set_activity(context.current(), edition, activity, body)

    @rpc(writes=True)
    def make_pledge(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """A pledge of the caller."""
        return self.partnerships.make_pledge(context.current(), edition, body)

    @rpc
    def list_my_pledges(self, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """The caller's pledges."""
        return self.partnerships.list_my_pledges(context.current(), limit, after)

    @rpc
    def list_pledges(
        self,
        edition: str,
        limit: int = 20,
        after: str | None = None,
        state: str | None = None,
        package: str | None = None,
    ) -> dict[str, Any]:
        """Pledges of an edition."""
        return self.partnerships.list_pledges(context.current(), edition, limit, after, state, package)

    @rpc
    def read_pledge(self, edition: str, pledge: str) -> dict[str, Any]:
        """One's own pledge; any for officers."""
        return self.partnerships.read_pledge(context.current(), edition, pledge)

    @rpc(writes=True)
    def change_pledge(self, edition: str, pledge: str, body: dict[str, Any]) -> dict[str, Any]:
        """Confirm, receive or withdraw."""
        return self.partnerships.change_pledge(context.current(), edition, pledge, body)

    @rpc(writes=True)
    def withdraw_pledge(self, edition: str, pledge: str, body: dict[str, Any]) -> dict[str, Any]:
        """Withdraw one's own."""
        return self.partnerships.withdraw_pledge(context.current(), edition, pledge, body)

    @rpc(writes=True)
    def set_logo(self, edition: str, pledge: str, upload: dict[str, Any]) -> dict[str, Any]:
        """The logo of a sponsor."""
        return self.partnerships.set_logo(context.current(), self.bus.blobs, edition, pledge, upload)

    @rpc(writes=True)
    def decide_logo(self, edition: str, pledge: str, body: dict[str, Any]) -> dict[str, Any]:
        """Publish or refuse the logo that a partner has proposed."""
        return self.partnerships.decide_logo(context.current(), self.bus.blobs, edition, pledge, body)

    @rpc
    def read_proposed_logo(self, edition: str, pledge: str) -> dict[str, Any]:
        """The logo that waits for an officer."""
        return self.partnerships.read_proposed_logo(edition, pledge)

    @rpc(writes=True)
    def set_benefit(self, edition: str, pledge: str, benefit: str, body: dict[str, Any]) -> dict[str, Any]:
        """A line of a partner's checklist."""
        return self.partnerships.set_benefit(context.current(), edition, pledge, benefit, body)

    @rpc
    def list_partners(self, edition: str) -> dict[str, Any]:
        """Partners in public."""
        return self.partnerships.list_partners(context.current(), edition)

    @rpc
    def read_logo(self, edition: str, pledge: str) -> dict[str, Any]:
        """The logo of a partner."""
        return self.partnerships.read_logo(edition, pledge)

    @rpc
    def read_report(self, edition: str) -> dict[str, Any]:
        """Sums of the fund."""
        return self.partnerships.read_report(edition)

    @rpc
    def list_report_lines(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """Sums by package, earmark and form."""
        return self.partnerships.list_report_lines(edition, limit, after)

    @rpc
    def list_ledger(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """The ledger of an edition."""
        return self.partnerships.list_ledger(context.current(), edition, limit, after)

    @rpc
    def describe_pledge(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What mails say of a pledge. No route: notifications asks."""
        return self.partnerships.describe_pledge(data)

    @subscribe("accounts", "account_erased")
    def forget_account(self, event: dict[str, Any]) -> None:
        """Forget who has left."""
        return self.partnerships.forget(Erasure.of(event))
