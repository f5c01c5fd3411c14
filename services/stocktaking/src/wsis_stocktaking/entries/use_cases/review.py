"""What officers decide of entries: approve, return, withdraw, merge, correct, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound, Unavailable
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.duplicates import use_cases as duplicates
from wsis_stocktaking.duplicates.use_cases import FindingCases
from wsis_stocktaking.entries import events
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.use_cases import presenters
from wsis_stocktaking.entries.use_cases.presenters import outside_matrix
from wsis_stocktaking.matrix.use_cases.reading import MatrixLinks, current_links
from wsis_stocktaking.register.events import withdrawn
from wsis_stocktaking.register.publishing import publication
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class Reviews:
    """The queue and the decisions."""

    def __init__(
        self,
        register: Register,
        entries: Entries,
        links: MatrixLinks,
        finding: FindingCases,
        accounts: ServiceProxy,
    ) -> None:
        self._register, self._entries = register, entries
        self._links, self._finding, self._accounts = links, finding, accounts

    # -- read ---------------------------------------------------------------------------------------------------------

    @rpc
    def list_reviews(
        self, ctx: Context, limit: int, after: str | None = None, is_update: bool | None = None, **filters: object
    ) -> JsonObject:
        """What waits for review, the oldest first."""
        page = self._entries.queue(filters, is_update, after, limit)
        return page.response(lambda row: presenters.row(row, ctx.received_at))

    @rpc
    def read_review(self, ctx: Context, entry: str) -> JsonObject:
        """Any entry with its draft, what is public, what differs, and possible duplicates. Raises NotFound."""
        found = self._register.find(entry)
        return {**self._response(ctx, found), "duplicates": self._possible_duplicates(found)}

    def _possible_duplicates(self, found: Entry) -> list[JsonObject] | None:
        try:
            return self._finding.list_of(found)
        except Unavailable:  # the index is being filled: officers may read all the rest
            return None

    @rpc
    def list_revision_authors(self, entry: str, limit: int, after: str | None = None) -> JsonObject:
        """The revisions of an entry with who wrote each, the last one first. Raises NotFound."""
        self._register.find(entry)
        return self._entries.revisions(entry, after, limit).response()

    # -- decide -------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def decide_review(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Approve, return or withdraw. Raises NotFound, Conflict."""
        found = self._register.find(entry)
        rules.require_version(found, body["version"])
        decisions = {rules.APPROVE: self._approve, rules.RETURN: self._return, rules.WITHDRAW: self._withdraw}
        return self._response(ctx, decisions[body["decision"]](ctx, found, body))

    def _approve(self, ctx: Context, found: Entry, body: Input) -> Entry:
        rules.require_submitted(found)
        submitted = rules.draft_of(found)["content"]
        content = contents.normalise(body["content"]) if body["content"] else submitted
        amended = content != submitted
        mail = self._mail(events.ENTRY_APPROVED, found, rules.title_of(content), amended=amended, reason=body["reason"])
        after = {"revision": found["revision"] + 1, "changes": contents.differences(submitted, content)}
        entry = self._audit("entry_approved", found, {"revision": found["revision"]}, after, body["reason"])
        source, by = (rules.OFFICER, ctx.actor.id) if amended else (rules.SUBMISSION, found["owner"])
        [approved] = self._register.publish(
            [
                publication(
                    rules.with_consent(rules.drop_draft(found, ctx.received_at), rules.draft_of(found)),
                    content,
                    source=source,
                    by=by,
                    prize=found.get("prize"),
                    last_updated_at=found["submitted_at"],
                    pending=(*mail, entry),
                    theirs=(submitted,),
                )
            ],
            ctx.received_at,
        )
        return approved

    def _return(self, ctx: Context, found: Entry, body: Input) -> Entry:
        returned = rules.send_back(found, body["reason"], ctx.received_at)
        title = rules.title_of(rules.draft_of(found)["content"])
        mail = self._mail(events.ENTRY_RETURNED, found, title, reason=body["reason"])
        entry = self._audit(
            "entry_returned", found, {"state": rules.SUBMITTED}, {"state": rules.RETURNED}, body["reason"]
        )
        return self._register.save("entries", returned, *mail, entry)

    def _withdraw(self, ctx: Context, found: Entry, body: Input) -> Entry:
        rules.require_public(found)
        mail = self._mail(
            events.ENTRY_CLOSED, found, rules.title_of(found["content"]), reason=body["reason"], merged_into=None
        )
        entry = self._audit(
            "entry_withdrawn", found, {"visibility": rules.PUBLIC}, {"visibility": rules.WITHDRAWN}, body["reason"]
        )
        waits = rules.state_of(found) == rules.SUBMITTED
        left = rules.send_back(found, body["reason"], ctx.received_at) if waits else found
        return self._register.withdraw(left, ctx.received_at, *mail, entry, announce=lambda gone: (withdrawn(gone),))

    # -- merge --------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def merge_entries(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Merge an entry into another one, which is about the same activity. Raises NotFound, Conflict.

        The survivor keeps its owner and contact; without them it takes those of the other entry
        (`takes_contact`).
        """
        found, into = self._register.find(entry), self._register.find(body["into"])
        rules.require_mergeable(found, into)
        rules.require_version(found, body["version"])
        rules.require_version(into, body["into_version"])
        self._end(ctx, found, into["_id"], body["reason"])
        owner = into["owner"] or found["owner"]
        public = rules.content_of(into)
        content = contents.normalise(body["content"]) if body["content"] else public
        changes = contents.differences(public, content)
        audited = self._audit(
            "entry_merge_received",
            into,
            {"owner": into["owner"]},
            {"merged": entry, "owner": owner, "changes": changes},
            body["reason"],
        )
        survivor: Entry = {**into, "owner": owner, "changed_at": ctx.received_at}
        if owned_at := (into if into["owner"] else found).get("owned_at"):
            survivor["owned_at"] = owned_at
        else:  # of an owner who was erased
            survivor.pop("owned_at", None)
        if changes:
            [survivor] = self._register.publish(
                [
                    publication(
                        survivor,
                        content,
                        source=rules.OFFICER,
                        by=ctx.actor.id,
                        prize=into.get("prize"),
                        last_updated_at=into["last_updated_at"],
                        pending=(audited,),
                        theirs=(found["content"] or rules.draft_of(found)["content"],),
                    )
                ],
                ctx.received_at,
            )
        else:
            survivor = self._register.save("entries", survivor, audited)
        self._move_contact(found, into)
        return self._response(ctx, survivor)

    def _end(self, ctx: Context, found: Entry, into: str, reason: str) -> None:
        title = rules.title_of(found["content"] or rules.draft_of(found)["content"])
        pending = (
            *self._mail(events.ENTRY_CLOSED, found, title, reason=reason, merged_into=into),
            self._audit("entry_merged", found, {"visibility": found["visibility"]}, {"merged_into": into}, reason),
        )
        left = rules.drop_draft(found, ctx.received_at)
        if found["visibility"] == rules.PUBLIC:
            self._register.withdraw(
                left, ctx.received_at, *pending, merged_into=into, announce=lambda gone: (withdrawn(gone),)
            )
        else:  # nobody ever saw it: the sequence of the register does not count it
            self._register.save("entries", {**left, "visibility": rules.MERGED, "merged_into": into}, *pending)

    def _move_contact(self, entry: Entry, into: Entry) -> None:
        contacts = self._entries.contacts([entry["_id"], into["_id"]])
        if entry["_id"] in contacts:
            self._entries.set_contact(entry["_id"], None)
            if into["_id"] not in contacts and rules.takes_contact(entry, into):
                self._entries.set_contact(into["_id"], contacts[entry["_id"]])

    # -- correct ------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def correct_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Change what is public, as a revision of the officer; a draft stays. Raises NotFound, Conflict."""
        found = self._register.find(entry)
        rules.require_version(found, body["version"])
        rules.require_public(found)
        content = contents.normalise(body["content"])
        changes = contents.differences(rules.content_of(found), content)
        if not changes:
            return self._response(ctx, found)
        audited = self._audit(
            "entry_corrected",
            found,
            {"revision": found["revision"]},
            {"revision": found["revision"] + 1, "changes": changes},
            body["reason"],
        )
        [corrected] = self._register.publish(
            [
                publication(
                    found,
                    content,
                    source=rules.OFFICER,
                    by=ctx.actor.id,
                    prize=found.get("prize"),
                    last_updated_at=found["last_updated_at"],
                    pending=(audited,),
                )
            ],
            ctx.received_at,
        )
        return self._response(ctx, corrected)

    @rpc(writes=True)
    def assign_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Give an entry to an account, which gets a mail; for example an imported one to its organization. None: to
        nobody. The contact of a former owner does not go along. Raises NotFound, Conflict, Invalid for an unknown
        account."""
        found, account = self._register.find(entry), body["account"]
        rules.require_version(found, body["version"])
        if account is not None:
            self._require_account(account)
        audited = self._audit("entry_assigned", found, {"owner": found["owner"]}, {"owner": account}, body["reason"])
        changed = rules.assigned(found, account, ctx.received_at)
        if rules.leaves(found, account):
            self._entries.set_contact(entry, None)
        title = rules.title_of(changed["draft"]["content"] if changed["draft"] else changed["content"])
        mail = self._mail(events.ENTRY_ASSIGNED, changed, title) if account != found["owner"] else ()
        return self._response(ctx, self._register.save("entries", changed, *mail, audited))

    def _require_account(self, account: str) -> None:
        try:
            self._accounts.profile(account=account)
        except NotFound:
            raise Invalid("stocktaking.account_unknown", fields={"account": ["No such account."]}) from None

    # -- shared -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _mail(event: EventType, entry: Entry, title: str, **data: object) -> Sequence[PendingEvent]:
        """The event whose mail goes to the owner; none where nobody owns the entry."""
        if entry["owner"] is None:
            return ()
        return (
            new_event(event, subject=entry["_id"], account=entry["owner"], entry=entry["_id"], title=title, **data),
        )

    @staticmethod
    def _audit(action: str, entry: Entry, before: JsonObject, after: JsonObject, reason: str | None) -> PendingEvent:
        return audit.entry(f"stocktaking.{action}", f"entry/{entry['_id']}", before, after, reason)

    def _response(self, ctx: Context, entry: Entry) -> JsonObject:
        draft, public = entry["draft"], entry["content"]
        content = draft["content"] if draft else public
        return {
            **presenters.whole(entry, ctx.received_at),
            "owner": entry["owner"],
            "contact": self._entries.contact(entry["_id"]),
            "differences": contents.differences(public, draft["content"]) if draft and public else [],
            "outside_matrix": outside_matrix(content, self._links),
        }


def compose(parts: Parts) -> Reviews:
    """The use cases with their collaborators; called once per process."""
    finding, *_ = duplicates.compose(parts)
    return Reviews(
        Register(parts.db),
        Entries(parts.db),
        current_links(parts),
        finding,
        parts.client("accounts"),
    )
