"""What officers do with accounts. Each change is audited in the write that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from wsis_shared import audit, auth, clock, roles
from wsis_shared.context import Actor, Context
from wsis_shared.errors import Forbidden, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import every, rpc

from wsis_accounts import events
from wsis_accounts.rules import people, proposals
from wsis_accounts.rules.mailbox import canonical
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.proposals import Asking, Granter, Pending
from wsis_accounts.store import Store, hashing
from wsis_accounts.use_cases.access import Access, Notify, account_response, pending_proposals
from wsis_accounts.use_cases.identities import Identities

MANAGE = "accounts:manage"

Grants = Mapping[str, Iterable[str]]


class Officers:
    """Needs `accounts:read` and `accounts:manage`: for what gives or takes power now, whatever the token says."""

    def __init__(self, store: Store, access: Access, identities: Identities) -> None:
        self._store, self._access, self._identities = store, access, identities

    @rpc
    def list_accounts(
        self,
        ctx: Context,
        limit: int,
        after: str | None,
        role: str | None = None,
        country: str | None = None,
        stakeholder_type: str | None = None,
        state: str | None = None,
        q: str | None = None,
    ) -> dict[str, object]:
        """Accounts, the last confirmed first. `q`: beginnings of words of names and organization, or an address."""
        mailbox = _mailbox(q)
        page = self._store.search(
            limit=limit,
            after=after,
            mailbox=mailbox,
            roles=role,
            country=country,
            state=state,
            words=() if mailbox else people.split(q or ""),
            stakeholder_type=stakeholder_type,
        )
        return page.response(partial(_for_officers, now=ctx.received_at))

    @rpc
    def read_account(self, ctx: Context, account: str) -> dict[str, object]:
        """One account, with what awaits another officer, and its identities at providers."""
        found = self._store.account(account)
        pending = proposals.pending(found, ctx.received_at)
        names = {
            row["_id"]: people.full_name(row) for row in self._store.accounts(each.by for each in pending if each.by)
        }
        return {
            **_for_officers(found, ctx.received_at),
            "proposals": [_proposal_response(each, names, ctx.actor.id) for each in pending],
            "identities": [_by_day(each) for each in self._identities.of_account(account)],
        }

    @rpc(writes=True)
    def set_roles(self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input) -> dict[str, object]:
        """Give and take roles. What is taken ends at once, with the access tokens; what is given counts from the next
        refresh on. Sessions that are longer than the roles allow end earlier."""
        asked = self._asking(ctx, grants, account, body["reason"])
        return self._change_roles(ctx, notify, asked, body["roles"], body.get("agency"))

    @rpc(writes=True)
    def block(self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input) -> dict[str, object]:
        """Nobody signs in to it, and its sessions are over; that of an officer when a second officer asks for it."""
        return self._block(ctx, notify, self._asking(ctx, grants, account, body["reason"]))

    @rpc(writes=True)
    def remove_their_authenticator(
        self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input
    ) -> dict[str, object]:
        """For whoever has lost app and recovery codes; that of an officer when a second officer asks for it."""
        return self._remove_authenticator(ctx, notify, self._asking(ctx, grants, account, body["reason"]))

    @rpc(writes=True)
    def remove_their_identity(
        self, ctx: Context, notify: Notify, grants: Grants, account: str, identity: str, body: Input
    ) -> None:
        """For one that others have got hold of, or whose provider is theirs no more. One officer suffices, for anybody:
        the mailed code and the authenticator still open the account, and its owner can add the identity again."""
        granter, found = self._granter(ctx, grants), self._store.account(account)
        people.not_oneself(found, granter.account)
        removed = self._identities.remove(ctx, notify, account, identity)
        was, became = {"identity": removed["provider"]}, {"identity": None}
        entry = audit.entry("accounts.identity_removed", f"account/{account}", was, became, body["reason"])
        self._store.save("accounts", found, events.identity_removed(account), entry)

    @rpc(writes=True)
    def approve_proposal(
        self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input
    ) -> dict[str, object]:
        """Do what another officer has proposed, all of it. Raises `accounts.own_proposal`, `proposal_unknown`."""
        asking = self._asking(ctx, grants, account, body["reason"])
        pending = proposals.pending_at(asking.account, body["proposed_at"], ctx.received_at)
        proposals.require_another(pending, asking)
        if pending.act == proposals.BLOCK:
            return self._block(ctx, notify, asking)
        if pending.act == proposals.REMOVE:
            return self._remove_authenticator(ctx, notify, asking)
        return self._change_roles(ctx, notify, asking, pending.wanted, asking.account["agency"])

    @rpc(writes=True)
    def refuse_proposal(
        self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input
    ) -> dict[str, object]:
        """Drop what an officer has proposed. Raises `accounts.proposal_unknown`."""
        asking = self._asking(ctx, grants, account, body["reason"])
        pending = proposals.pending_at(asking.account, body["proposed_at"], ctx.received_at)
        after = people.refuse(pending, actor=asking.granter.account)
        return self._save(ctx, notify, asking.account, after, "accounts.proposal_refused", body["reason"])

    @every(600)
    def forget_lapsed_proposals(self) -> None:
        """Else the desk would say for ever that they wait for a second officer, who can do nothing about them."""
        self._store.forget_proposals(clock.now() - proposals.LIFE)

    @rpc(writes=True)
    def unblock(self, ctx: Context, notify: Notify, grants: Grants, account: str, body: Input) -> dict[str, object]:
        """Its holder may sign in again."""
        granter, before = self._granter(ctx, grants), self._store.account(account)
        after = people.unblock(before, actor=granter.account)
        return self._save(ctx, notify, before, after, "accounts.unblocked", body["reason"])

    def _change_roles(
        self, ctx: Context, notify: Notify, asking: Asking, wanted: Iterable[str], agency: str | None
    ) -> dict[str, object]:
        before = asking.account
        after = people.change_roles(asking, wanted, agency, other_officers=self._store.other_officers(before["_id"]))
        if (hours := roles.installed().session_hours(after["roles"])) is not None:
            self._store.limit_sessions(before["_id"], ctx.received_at + timedelta(hours=hours))
        if (before["roles"], before["agency"]) == (after["roles"], after["agency"]):
            return self._save(ctx, notify, before, after, "accounts.roles_proposed", asking.reason)
        told = new_event(events.ROLES_CHANGED, before["_id"], account=before["_id"], roles=people.roles_of(after))
        return self._save(ctx, notify, before, after, "accounts.roles_changed", asking.reason, told)

    def _block(self, ctx: Context, notify: Notify, asking: Asking) -> dict[str, object]:
        before = asking.account
        after = people.block(asking, other_officers=self._store.other_officers(before["_id"]))
        if after["state"] != people.State.BLOCKED:
            return self._save(ctx, notify, before, after, "accounts.block_proposed", asking.reason)
        self._store.end_sessions(before["_id"], ctx.received_at)
        return self._save(ctx, notify, before, after, "accounts.blocked", asking.reason)

    def _remove_authenticator(self, ctx: Context, notify: Notify, asking: Asking) -> dict[str, object]:
        before, after = asking.account, people.remove_authenticator(asking)
        if after.get("authenticator"):
            return self._save(ctx, notify, before, after, "accounts.removal_proposed", asking.reason)
        self._store.forget_authenticator(before["_id"])
        self._store.end_sessions(before["_id"], ctx.received_at)
        told = events.authenticator_removed(before["_id"])
        return self._save(ctx, notify, before, after, "accounts.authenticator_removed", asking.reason, told)

    def _asking(self, ctx: Context, grants: Grants, account: str, reason: str) -> Asking:
        granter, found = self._granter(ctx, grants), self._store.account(account)
        return Asking(found, granter, self._proposers(found), roles.installed(), ctx.received_at, reason)

    def _granter(self, ctx: Context, grants: Grants) -> Granter:
        """Who asks, with the roles that they hold now. Raises `accounts.authority_ended`."""
        id = ctx.actor.id or ""
        found = self._active([id])
        if not found or not auth.is_allowed(Actor(id, found[0].roles), MANAGE, grants):
            raise Forbidden("accounts.authority_ended")
        return found[0]

    def _proposers(self, account: Account) -> list[Granter]:
        return self._active(row["by"] for row in account.get("proposals", ()) if row["by"])

    def _active(self, ids: Iterable[str]) -> list[Granter]:
        return [
            Granter(account["_id"], tuple(people.roles_of(account)))
            for account in self._store.accounts(ids)
            if account["state"] == people.State.ACTIVE
        ]

    def _save(
        self,
        ctx: Context,
        notify: Notify,
        before: Account,
        after: Account,
        action: str,
        reason: str,
        *pending: PendingEvent,
    ) -> dict[str, object]:
        was, became = _powers(before, ctx.received_at), _powers(after, ctx.received_at)
        if was != became or proposals.askers(before) != proposals.askers(after):
            if people.has_lost(before, after):
                after = self._access.revoke_all(after, notify)
            if people.powers_of(before) != (roles := people.powers_of(after)):
                pending = (*pending, events.power_changed(after["_id"], roles))
            entry = audit.entry(action, f"account/{before['_id']}", was, became, reason)
            self._store.save("accounts", after, *pending, entry)
        return {"account": before["_id"], **became}


def _powers(account: Account, now: datetime) -> dict[str, object]:
    """What an officer's action may change. Nothing personal: the audit outlives the account."""
    return {
        "state": account["state"],
        "roles": people.roles_of(account),
        "agency": account["agency"],
        "authenticator": account.get("authenticator", False),
        **pending_proposals(account, now),
    }


def _proposal_response(pending: Pending, names: Mapping[str, str], reader: str | None) -> dict[str, object]:
    return {
        "proposed_at": pending.at,
        "lapses_at": pending.at + proposals.LIFE,
        "by": pending.by,
        "by_names": names.get(pending.by or ""),
        "own": pending.by == reader,
        "reason": pending.reason,
        "granted": pending.roles(proposals.GRANT),
        "withdrawn": pending.roles(proposals.WITHDRAW),
        "block": pending.act == proposals.BLOCK,
        "removal": pending.act == proposals.REMOVE,
        "roles": [] if pending.act else pending.wanted,
    }


def _for_officers(account: Account, now: datetime) -> dict[str, object]:
    """By the day: most confirm in order to vote, and the public log tells when votes came into it."""
    return {
        **account_response(account, now),
        "confirmed_at": _day(account["confirmed_at"]),
        "updated_at": _day(account["updated_at"]),
    }


def _by_day(identity: Mapping[str, object]) -> dict[str, object]:
    """As `_for_officers`: who signs in often does so in order to vote."""
    times = {name: at for name, at in identity.items() if isinstance(at, datetime)}
    return {**identity, **{name: _day(at) for name, at in times.items()}}


def _day(at: datetime) -> str:
    return clock.iso(clock.to_day(at))


def _mailbox(q: str | None) -> str | None:
    try:
        return hashing.mailbox(canonical(q)) if q and "@" in q else None
    except Invalid:
        return None
