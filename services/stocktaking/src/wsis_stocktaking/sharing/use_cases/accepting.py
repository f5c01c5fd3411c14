"""What people do who were asked: accept by the mailed code, and leave."""

from __future__ import annotations

import hmac
from functools import partial

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Invalid, NotFound, SuiteError
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking.register.rules.entries import Entry, title_of
from wsis_stocktaking.sharing import events, rules
from wsis_stocktaking.sharing.rules import Share
from wsis_stocktaking.sharing.store import Shares
from wsis_stocktaking.sharing.use_cases import presenters


class Accepting:
    """Shares with an account."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares

    @rpc
    def list_own_shares(self, ctx: Context, limit: int, after: str | None = None) -> JsonObject:
        """Those by which the account edits, the last first; of an entry that changed hands otherwise there is none."""
        page = self._shares.of_editor(str(ctx.actor.id), after, limit)
        entries = self._shares.entries([row["entry"] for row in page.rows])
        rows = [row for row in page.rows if _is_of(row, entries.get(row["entry"]))]
        return {"items": [presenters.of_invited(row, entries[row["entry"]]) for row in rows], "next": page.next}

    @rpc
    def read_own_share(self, ctx: Context, share: str) -> JsonObject:
        """An invitation, or a share of the account. Raises NotFound."""
        return presenters.of_invited(*self._offered(ctx, share))

    def _offered(self, ctx: Context, share: str) -> tuple[Share, Entry]:
        found = self._shares.find(share)
        entry = self._shares.entries([found["entry"]]).get(found["entry"])
        if entry is None or not _is_of(found, entry) or found["account"] not in (None, ctx.actor.id):
            raise NotFound("stocktaking.share_unknown")
        return found, entry

    @rpc(writes=True, store_response=False)
    def accept_share(self, ctx: Context, share: str, body: Input) -> JsonObject:
        """The code of the mail. A wrong one counts, so it is stored before it is refused. Raises NotFound, Invalid,
        Conflict where the entry is the account's own."""
        outcome = in_transaction(partial(self._accept, ctx, share, body["code"]))
        if isinstance(outcome, SuiteError):
            raise outcome
        return presenters.of_invited(*outcome)

    def _accept(self, ctx: Context, id: str, code: str) -> tuple[Share, Entry] | SuiteError:
        share, entry = self._offered(ctx, id)
        account = str(ctx.actor.id)
        if share["account"] == account:  # twice is as once
            return share, entry
        if share["by"] == account:
            return Conflict("stocktaking.share_own")
        if not rules.is_open(share, ctx.received_at):
            return Invalid("stocktaking.share_code_wrong", fields={"code": ["Ask for another code."]})
        if not hmac.compare_digest(code, presenters.code_of(share)):
            self._shares.put({**share, "tries": share["tries"] + 1})
            return Invalid("stocktaking.share_code_wrong", fields={"code": ["Not the code of the last mail."]})
        return self._apply(ctx, share, entry, account), entry

    def _apply(self, ctx: Context, share: Share, entry: Entry, account: str) -> Share:
        done = rules.accepted(share, account, ctx.received_at)
        count = 0
        if share["role"] == rules.OWNER:
            entries = self._shares.to_hand_over(share, presenters.offered(share, entry))
            count = self._shares.hand_over(share, entries, account, ctx.received_at)
        else:
            self._shares.drop_former(share, account)
        told = new_event(
            events.SHARE_ACCEPTED,
            subject=share["_id"],
            account=share["by"],
            entry=share["entry"],
            title=title_of(presenters.said(entry)),
            role=share["role"],
            entries=count,
        )
        after = {"role": share["role"], "account": account, "entries": count}
        audited = audit.entry("stocktaking.entry_share_accepted", f"entry/{share['entry']}", {"by": share["by"]}, after)
        return self._shares.put(done, told, audited)

    @rpc(writes=True)
    def leave_entry(self, ctx: Context, share: str) -> None:
        """Edit it no longer. Raises NotFound."""
        found = self._shares.find(share)
        if found["account"] != ctx.actor.id or found["role"] != rules.EDITOR:
            raise NotFound("stocktaking.share_unknown")
        before = {"role": found["role"], "account": found["account"], "share": share}
        audited = audit.entry("stocktaking.entry_share_ended", f"entry/{found['entry']}", before, None)
        self._shares.remove(found, audited)

    @subscribe("accounts", "account_erased", name="forget_shares")
    @subscribe("accounts", "address_erased", name="forget_shares_by_address")
    def forget(self, erasure: Erasure) -> None:
        """A person is erased."""
        self._shares.forget(erasure)


def _is_of(share: Share, entry: Entry | None) -> bool:
    """Does who shares it still own it, or who took it over?"""
    owner = share["account"] if share["state"] == rules.DONE else share["by"]
    return entry is not None and entry["owner"] == owner
