"""What owners do: ask somebody to edit or to own an entry, and end that."""

from __future__ import annotations

from wsis_shared import audit, keys
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound, TooMany
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mail_counts import MailCounts
from wsis_shared.mail_quotas import behind_tag
from wsis_shared.operations import rpc

from wsis_stocktaking.claims import mailboxes
from wsis_stocktaking.register.rules.entries import Entry, title_of
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.sharing import events, rules
from wsis_stocktaking.sharing.store import Shares
from wsis_stocktaking.sharing.use_cases import presenters

NOBODY: JsonObject = {"items": [], "next": None}


class Sharing:
    """Shares of own entries."""

    def __init__(self, shares: Shares, register: Register, mails: MailCounts) -> None:
        self._shares, self._register, self._mails = shares, register, mails

    @rpc(writes=True)
    def share_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Mail a code to the address, in place of a former one. Raises NotFound, Invalid, Conflict, TooMany."""
        found = self._own(ctx, entry)
        account, email = str(ctx.actor.id), mailboxes.normalised(body["email"])
        self._shares.drop_invitations(entry, account, email)
        if self._shares.count(entry, account, rules.MAX_SHARES) >= rules.MAX_SHARES:
            raise Conflict("stocktaking.too_many_shares", most=rules.MAX_SHARES)
        self._count_mail(ctx, account, email)
        share = rules.new_share(
            ctx.new_id("share"),
            entry,
            account,
            email,
            body["role"],
            whole=body["whole"],
            organization=presenters.organization_of(found),
            locale=ctx.locale,
            at=ctx.received_at,
        )
        mail = new_event(events.SHARE_OFFERED, subject=share["_id"], account=account, share=share["_id"])
        offered = {"role": share["role"], "whole": share["whole"], "share": share["_id"]}
        audited = audit.entry("stocktaking.entry_share_offered", f"entry/{entry}", None, offered)
        return presenters.of_owner(self._shares.put(share, mail, audited))

    def _count_mail(self, ctx: Context, account: str, address: str) -> None:
        counted = [f"to {address}", f"of {account}"]
        if (base := behind_tag(address)) is not None:
            counted.append(f"to tags of {base}")
        if not self._mails.take([keys.digest("stocktaking share mails", each) for each in counted], ctx.received_at):
            raise TooMany("stocktaking.claim_mails_exceeded", retry_after=3600)

    @rpc
    def write_share_code(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mail: its address and the code. Raises NotFound where the invitation ended meanwhile."""
        share = self._shares.find(data["share"])
        entry = self._shares.entries([share["entry"]]).get(share["entry"])
        if share["state"] != rules.INVITED or entry is None or entry["owner"] != share["by"]:
            raise NotFound("stocktaking.share_unknown")
        organization, title = presenters.offered(share, entry), title_of(presenters.said(entry))
        return {
            "contact": {"email": share["email"], "names": organization or share["email"], "locale": share["locale"]},
            "code": presenters.code_of(share),
            "share": share["_id"],
            "title": title,
            "organization": organization,
            "role": share["role"],
            "whole": share["whole"],
            "days": rules.LIFE.days,
        }

    @rpc
    def list_shares(self, ctx: Context, entry: str, limit: int, after: str | None = None) -> JsonObject:
        """Who edits an own entry, and who was asked to. Raises NotFound."""
        self._own(ctx, entry)
        return self._shares.of_entry(entry, str(ctx.actor.id), after, limit).response(presenters.of_owner)

    @rpc
    def list_editors(self, entry: str, limit: int, after: str | None = None) -> JsonObject:
        """The same of any entry, for officers; nobody edits one without an owner. Raises NotFound."""
        owner = self._register.find(entry)["owner"]
        return self._shares.of_entry(entry, owner, after, limit).response(presenters.of_owner) if owner else NOBODY

    @rpc(writes=True)
    def end_share(self, ctx: Context, entry: str, share: str) -> None:
        """Of an own entry. Raises NotFound."""
        self._own(ctx, entry)
        found = self._shares.find(share)
        if (found["entry"], found["by"]) != (entry, ctx.actor.id):
            raise NotFound("stocktaking.share_unknown")
        before = {"role": found["role"], "account": found["account"], "share": share}
        self._shares.remove(found, audit.entry("stocktaking.entry_share_ended", f"entry/{entry}", before, None))

    def _own(self, ctx: Context, entry: str) -> Entry:
        found = self._register.find(entry)
        if found["owner"] != ctx.actor.id:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return found
