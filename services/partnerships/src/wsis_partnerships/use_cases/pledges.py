"""Pledges: made by sponsors, decided and corrected by officers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc, subscribe

from wsis_partnerships import events, presenters
from wsis_partnerships.rules import funds, ledger, logos, pledges
from wsis_partnerships.store import Store
from wsis_partnerships.use_cases.offers import offer_place, step

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

LOGO_HEAD = 64  # bytes that tell the size of a PNG


class PledgeCases:
    """What can be done with pledges and logos."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc(writes=True)
    def make_pledge(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """A pledge of the caller. Raises NotFound, Invalid, Conflict for too many, also where they come at once."""
        account, fund = str(ctx.actor.id), self._store.fund(edition)
        funds.require_open(fund, ctx.received_at)
        number = pledges.account_number(edition, account, self._store.states_of(edition, account))
        pledge = pledges.made(ctx.new_id(), fund, body, account, number, ctx.received_at)
        return self._save_step(ctx, pledge, new_event(events.PLEDGE_MADE, subject=pledge["_id"], **step(pledge)))

    @rpc(writes=True)
    def change_pledge(self, ctx: Context, edition: str, pledge: str, body: Input) -> dict[str, object]:
        """The next state of a pledge. Raises NotFound, Conflict, also where a confirmation would publish another logo
        than was looked at."""
        former = self._store.pledge(edition, pledge)
        if body["state"] == pledges.CONFIRMED:
            logos.require_seen(former, body.get("proposed_logo"))
        changed = self._advanced(ctx, former, body, str(ctx.actor.id))
        audited = audit.entry(
            "partnerships.pledge_changed",
            f"fund/{edition}/pledge/{pledge}",
            {"state": former["state"]},
            {"state": changed["state"]},
            body["reason"],
        )
        response = self._save_step(ctx, changed, *_changed(former, changed), audited)
        self._offer_freed(ctx, former, changed)
        return response

    @rpc(writes=True)
    def correct_pledge(self, ctx: Context, edition: str, pledge: str, body: Input) -> dict[str, object]:
        """Correct what was written wrongly; nothing happens where nothing differs. Raises NotFound, Conflict,
        Invalid."""
        former, fund = self._store.pledge(edition, pledge), self._store.fund(edition)
        taken = self._store.taken_slots(edition, body.get("package", former["package"]))
        changed = pledges.corrected(former, body, ctx.received_at, str(ctx.actor.id), fund, taken)
        if changed is None:
            return presenters.pledge(former, ctx.locale)
        audited = audit.entry(
            "partnerships.pledge_corrected",
            f"fund/{edition}/pledge/{pledge}",
            pledges.corrigible(former),
            pledges.corrigible(changed),
            body["reason"],
        )
        for entry in ledger.correction(former, changed):
            self._store.append(entry)
        saved = self._store.save("pledges", changed, *_corrected(changed), audited)
        self._offer_freed(ctx, former, changed)
        return presenters.pledge(saved, ctx.locale)

    @rpc(writes=True)
    def withdraw_pledge(self, ctx: Context, edition: str, pledge: str, body: Input) -> dict[str, object]:
        """Withdraw one's own pledge that is not confirmed. Raises NotFound, Conflict."""
        former = self._visible(ctx, edition, pledge)
        if former["account"] != ctx.actor.id:
            raise NotFound("partnerships.pledge_unknown", pledge=pledge)
        if former["state"] != pledges.PLEDGED:
            raise Conflict("partnerships.wrong_state", state=former["state"], wanted=pledges.WITHDRAWN)
        changed = self._advanced(ctx, former, {**body, "state": pledges.WITHDRAWN}, pledges.SPONSOR)
        response = self._save_step(ctx, changed, *_changed(former, changed))
        self._offer_freed(ctx, former, changed)
        return response

    @rpc
    def read_pledge(self, ctx: Context, edition: str, pledge: str) -> dict[str, object]:
        """One's own pledge; any for officers. Raises NotFound."""
        return presenters.pledge(self._visible(ctx, edition, pledge), ctx.locale)

    @rpc
    def list_my_pledges(self, ctx: Context, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """The caller's pledges, the newest first."""
        page = self._store.pledges_page({"account": str(ctx.actor.id)}, after, limit)
        return page.response(lambda row: presenters.pledge(row, ctx.locale))

    @rpc
    def list_pledges(
        self,
        ctx: Context,
        edition: str,
        limit: int = 20,
        after: str | None = None,
        state: str | None = None,
        package: str | None = None,
    ) -> dict[str, object]:
        """Pledges of an edition, the newest first."""
        given = {"state": state, "package": package}
        query = {"edition": edition, **{name: value for name, value in given.items() if value is not None}}
        page = self._store.pledges_page(query, after, limit)
        fund = self._store.fund(edition) if page.rows else None
        return page.response(
            lambda row: {
                **presenters.pledge(row, ctx.locale),
                **(presenters.named(row, fund, ctx.locale) if fund else {}),
            }
        )

    @rpc(writes=True)
    def set_benefit(self, ctx: Context, edition: str, pledge: str, benefit: str, body: Input) -> dict[str, object]:
        """Check a benefit of a partner off, or not. Raises NotFound, Conflict."""
        changed = pledges.with_benefit(self._store.pledge(edition, pledge), benefit, body["done"], ctx.received_at)
        audited = audit.entry(
            "partnerships.benefit_set", f"fund/{edition}/pledge/{pledge}/benefit/{benefit}", after=body
        )
        return presenters.pledge(self._store.save("pledges", changed, audited), ctx.locale)

    @rpc(writes=True)
    def set_logo(self, ctx: Context, blobs: BlobStore, edition: str, pledge: str, upload: Input) -> dict[str, object]:
        """The logo of one's own pledge, of any for officers, in place of a former one; a partner's own waits for an
        officer. Raises NotFound, Invalid."""
        found = self._visible(ctx, edition, pledge)
        logos.check_logo(b"".join(blobs.open(upload["id"], 0, LOGO_HEAD)))
        blobs.keep(upload["id"], owner=f"logo/{pledge}")
        own = found["account"] == ctx.actor.id
        audited = [] if own else [audit.entry("partnerships.logo_set", f"fund/{edition}/pledge/{pledge}/logo")]
        return self._save_logo(ctx, blobs, found, logos.with_logo(found, upload["id"], own), *audited)

    @rpc(writes=True)
    def decide_logo(self, ctx: Context, blobs: BlobStore, edition: str, pledge: str, body: Input) -> dict[str, object]:
        """Publish or refuse the logo that a partner has proposed. Raises NotFound, Conflict."""
        found = self._store.pledge(edition, pledge)
        changed = logos.with_proposal_decided(found, body["accepted"], body.get("proposed_logo"))
        audited = audit.entry(
            "partnerships.logo_decided",
            f"fund/{edition}/pledge/{pledge}/logo",
            after={"accepted": body["accepted"]},
            reason=body["reason"],
        )
        return self._save_logo(ctx, blobs, found, changed, audited)

    @rpc
    def read_proposed_logo(self, edition: str, pledge: str) -> dict[str, object]:
        """The logo that waits for an officer. Raises NotFound."""
        return {"blob": logos.known_waiting_logo(self._store.pledge(edition, pledge))}

    def _save_logo(
        self, ctx: Context, blobs: BlobStore, former: pledges.Pledge, changed: pledges.Pledge, *pending: PendingEvent
    ) -> dict[str, object]:
        for gone in logos.blobs(former) - logos.blobs(changed):
            blobs.delete(gone)
        shown = changed["state"] in pledges.PARTNER and former["logo"] != changed["logo"]
        edition = changed["edition"]
        told = [new_event(events.FUND_CHANGED, subject=edition, edition=edition)] if shown else []
        return presenters.pledge(self._store.save("pledges", changed, *told, *pending), ctx.locale)

    @rpc
    def describe_pledge(self, data: Input, account: str | None = None) -> dict[str, object]:
        """For the mails, called by notifications: what was pledged, and what its state means, in each language."""
        found = self._store.pledge(data["edition"], data["pledge"])
        return presenters.pledge_mail(found, self._store.fund(data["edition"]), data["state"])

    @subscribe("accounts", "account_erased")
    def forget_account(self, erasure: Erasure) -> None:
        """The account is erased: pledges of its organization stay."""
        self._store.forget(erasure)

    def _visible(self, ctx: Context, edition: str, pledge: str) -> pledges.Pledge:
        found = self._store.pledge(edition, pledge)
        if found["account"] != ctx.actor.id and not ctx.actor.has("officer"):
            raise NotFound("partnerships.pledge_unknown", pledge=pledge)
        return found

    def _advanced(self, ctx: Context, pledge: pledges.Pledge, body: Input, by: str) -> pledges.Pledge:
        fund = self._store.fund(pledge["edition"])
        taken = self._store.taken_slots(pledge["edition"], pledge["package"])
        return pledges.advanced(pledge, body["state"], ctx.received_at, by, body["reason"], fund, taken)

    def _offer_freed(self, ctx: Context, former: pledges.Pledge, changed: pledges.Pledge) -> None:
        fund = self._store.fund(changed["edition"])
        if pledges.frees_place(former, changed, fund):
            offer_place(self._store, ctx, fund["_id"], funds.package(fund, former["package"]))

    def _save_step(self, ctx: Context, pledge: pledges.Pledge, *pending: PendingEvent) -> dict[str, object]:
        self._store.append(ledger.entry(pledge))
        return presenters.pledge(self._store.save("pledges", pledge, *pending), ctx.locale)


def _corrected(pledge: pledges.Pledge) -> list[PendingEvent]:
    """The sponsor gets a mail; of a partner everybody learns what is right."""
    told_step = {**step(pledge), "state": pledges.CORRECTED}
    told = [new_event(events.PLEDGE_CORRECTED, subject=pledge["_id"], **told_step)]
    return [*told, _partner(events.PARTNER_CONFIRMED, pledge)] if pledge["state"] in pledges.PARTNER else told


def _changed(former: pledges.Pledge, pledge: pledges.Pledge) -> list[PendingEvent]:
    """The sponsor gets a mail; everybody learns who has become a partner, or is none any more."""
    pending = [new_event(events.PLEDGE_CHANGED, subject=pledge["_id"], **step(pledge))]
    was, is_now = former["state"] in pledges.PARTNER, pledge["state"] in pledges.PARTNER
    if was != is_now:
        pending.append(_partner(events.PARTNER_CONFIRMED if is_now else events.PARTNER_WITHDRAWN, pledge))
    return pending


def _partner(kind: EventType, pledge: pledges.Pledge) -> PendingEvent:
    return new_event(
        kind,
        subject=pledge["_id"],
        edition=pledge["edition"],
        partner=pledge["_id"],
        organization=pledge["organization"],
        package=pledge["package"],
        activity=pledge["activity"],
    )
