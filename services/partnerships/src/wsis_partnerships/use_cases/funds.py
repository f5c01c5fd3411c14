"""The fund of an edition: its call, its packages and activities, its partners, its report."""

from __future__ import annotations

from wsis_shared import audit, paging, revisions
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch

from wsis_partnerships import events, presenters
from wsis_partnerships.rules import funds, ledger
from wsis_partnerships.store import Store
from wsis_partnerships.use_cases.offers import offer_place


class FundCases:
    """What can be done with the fund of an edition."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def list_funds(self, edition: str | None = None) -> dict[str, object]:
        """The edition that is asked for, the newest without one, among all that have a fund. Raises NotFound."""
        editions = self._store.editions()
        if edition is not None and edition not in editions:
            raise NotFound("partnerships.fund_unknown", edition=edition)
        return {"edition": edition or next(iter(editions), None), "editions": editions}

    # -- packages -----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def open_fund(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """The packages of an edition as announced. Raises Conflict, NotFound for an edition that is no year."""
        if self._store.find_fund(edition) is not None:
            raise Conflict("partnerships.fund_exists", edition=edition)
        audited = audit.entry("partnerships.fund_opened", f"fund/{edition}", reason=body["reason"])
        return self._save_fund(ctx, funds.opened(edition), audited)

    @rpc
    def list_packages(self, ctx: Context, edition: str) -> dict[str, object]:
        """Packages and activities. Raises NotFound."""
        return self._packages(ctx, self._store.fund(edition))

    @rpc(writes=True)
    def change_package(
        self, ctx: Context, edition: str, package: str, body: Input, if_match: IfMatch = None
    ) -> dict[str, object]:
        """Change some fields of a package. Raises NotFound, PreconditionFailed."""
        fund = self._store.fund(edition)
        wanted = {name: value for name, value in body.items() if name != "reason"}
        former, partners = funds.package(fund, package), len(self._store.taken_slots(edition, package))
        revisions.require(fund, funds.edited_package(former), if_match, part=f"{package}/")
        before = {name: value for name, value in former.items() if name in wanted}
        changed = f"fund/{edition}/package/{package}"
        audited = audit.entry("partnerships.package_changed", changed, before, wanted, body["reason"])
        changed_fund = funds.with_package(fund, package, wanted, partners)
        wider = funds.package(changed_fund, package)
        for _ in range(funds.freed_places(former, wider, partners)):
            offer_place(self._store, ctx, edition, wider)
        return self._save_fund(ctx, changed_fund, audited)

    @rpc(writes=True)
    def add_activity(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Add an activity, with a code of its own. Raises NotFound."""
        activity = ctx.new_id("activity")
        fund = funds.with_activity(self._store.fund(edition), activity, body["title"])
        return self._save_activity(ctx, fund, activity, body)

    @rpc(writes=True)
    def set_activity(self, ctx: Context, edition: str, activity: str, body: Input) -> dict[str, object]:
        """Add or rename an activity. Raises NotFound."""
        fund = funds.with_activity(self._store.fund(edition), activity, body["title"])
        return self._save_activity(ctx, fund, activity, body)

    def _save_activity(self, ctx: Context, fund: funds.Fund, activity: str, body: Input) -> dict[str, object]:
        changed = f"fund/{fund['_id']}/activity/{activity}"
        return self._save_fund(ctx, fund, audit.entry("partnerships.activity_set", changed, after=body["title"]))

    @rpc
    def read_call(self, ctx: Context, edition: str) -> dict[str, object]:
        """The call for contributions. Raises NotFound."""
        return presenters.call(self._store.fund(edition), ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def set_call(self, ctx: Context, edition: str, body: Input, if_match: IfMatch = None) -> dict[str, object]:
        """The call for contributions in place of a former one. Raises NotFound, PreconditionFailed."""
        fund = self._store.fund(edition)
        before = funds.edited_call(fund)
        revisions.require(fund, before, if_match, part=f"{funds.CALL}/")
        changed = funds.with_call(fund, body["text"], body["deadline"])
        audited = audit.entry(
            "partnerships.call_set", f"fund/{edition}/call", before, funds.edited_call(changed), body["reason"]
        )
        told = new_event(events.FUND_CHANGED, subject=edition, edition=edition)
        return presenters.call(self._store.save("funds", changed, told, audited), ctx.received_at, ctx.locale)

    def _save_fund(self, ctx: Context, fund: funds.Fund, audited: PendingEvent) -> dict[str, object]:
        edition = fund["_id"]
        changed = new_event(events.FUND_CHANGED, subject=edition, edition=edition)
        return self._packages(ctx, self._store.save("funds", fund, changed, audited))

    def _packages(self, ctx: Context, fund: funds.Fund) -> dict[str, object]:
        return presenters.packages(fund, self._store.partners(fund["_id"]), ctx.locale)

    # -- partners and the report --------------------------------------------------------------------------------------

    @rpc
    def list_partners(self, ctx: Context, edition: str) -> dict[str, object]:
        """Partners in public: by package, then who confirmed first. Raises NotFound."""
        fund = self._store.fund(edition)
        rows = [presenters.partner(row, fund, ctx.locale) for row in self._store.partners(edition)]
        return {"items": rows, "next": None}

    @rpc
    def read_logo(self, edition: str, pledge: str) -> dict[str, object]:
        """The logo of a partner. Raises NotFound."""
        found = self._store.find_partner(edition, pledge)
        if found is None or found["logo"] is None:
            raise NotFound("partnerships.logo_unknown")
        return {"blob": found["logo"]}

    @rpc
    def read_report(self, edition: str) -> dict[str, object]:
        """Sums by state; in kind apart. Raises NotFound."""
        self._store.fund(edition)
        return {"edition": edition, **ledger.report(self._store.ledger(edition))}

    @rpc
    def list_report_lines(
        self, ctx: Context, edition: str, limit: int = 20, after: str | None = None
    ) -> dict[str, object]:
        """Sums by package, earmark and form. Raises NotFound."""
        fund = self._store.fund(edition)
        position = paging.decode(after)
        lines = ledger.lines(self._store.ledger(edition))
        rest = [
            {**line, **presenters.named(line, fund, ctx.locale), "key": key}
            for key, line in lines
            if position is None or key > tuple(position[0])
        ]
        return paging.page(rest, limit, "key")

    @rpc
    def list_ledger(self, ctx: Context, edition: str, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """The ledger, the newest entry first. Raises NotFound."""
        fund = self._store.fund(edition)
        page = self._store.ledger_page(edition, after, limit)
        return page.response(lambda row: {**row, **presenters.named(row, fund, ctx.locale), "id": row["_id"]})
