"""What members do with entries of their own."""

from __future__ import annotations

from collections.abc import Callable

from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, subscribe
from wsis_shared.parts import Parts

from wsis_stocktaking.entries import completeness, events
from wsis_stocktaking.entries.rules import Contact, NewContact
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.store.invitations import Invitations
from wsis_stocktaking.entries.use_cases import presenters
from wsis_stocktaking.entries.use_cases.presenters import outside_matrix
from wsis_stocktaking.matrix.use_cases.reading import MatrixLinks, current_links
from wsis_stocktaking.register.events import withdrawn
from wsis_stocktaking.register.publishing import confirmation
from wsis_stocktaking.register.rules import codes, contents
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.settings import Settings

Problems = Callable[[contents.Content], dict[str, list[str]]]


class OwnEntries:
    """Drafts, their submission, and the end of own entries."""

    def __init__(
        self,
        register: Register,
        entries: Entries,
        invitations: Invitations,
        problems: Problems,
        links: MatrixLinks,
    ) -> None:
        self._register, self._entries, self._invitations = register, entries, invitations
        self._problems, self._links = problems, links

    @rpc(writes=True)
    def create_entry(self, ctx: Context, body: Input) -> JsonObject:
        """A new draft. Raises Conflict where the account has too many."""
        account = str(ctx.actor.id)
        self._require_room(account)
        entry = self._register.new_entry(ctx.new_id("entry"), rules.SUBMISSION, account, ctx.received_at)
        edited = rules.edit(entry, contents.normalise(body["content"]), ctx.received_at)
        return self._save(ctx, edited, body["contact"])

    @rpc
    def list_own_entries(
        self, ctx: Context, limit: int, after: str | None = None, state: str | None = None
    ) -> JsonObject:
        """Entries of the account, the last changed first."""
        page = self._entries.page_of_owner(str(ctx.actor.id), state, after, limit)
        return page.response(lambda row: presenters.row(row, ctx.received_at))

    @rpc
    def read_own_entry(self, ctx: Context, entry: str) -> JsonObject:
        """An own entry: its draft, what is public, and what the draft lacks. Raises NotFound."""
        found = self._own(ctx, entry)
        return self._response(ctx, found, self._entries.contact(entry))

    @rpc(writes=True)
    def change_own_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """The whole draft anew, beside what is public. Raises NotFound, Conflict."""
        found = self._own(ctx, entry, body["version"])
        if not found["draft"]:
            self._require_room(str(found["owner"]))
        edited = rules.edit(found, contents.normalise(body["content"]), ctx.received_at)
        return self._save(ctx, edited, body["contact"])

    @rpc(writes=True)
    def discard_own_draft(self, ctx: Context, entry: str) -> None:
        """Delete the draft; an entry that was never public is deleted with it. Raises NotFound, Conflict."""
        found = self._owned(ctx, entry)
        if found["visibility"] == rules.UNPUBLISHED:
            self._entries.remove(found)
        elif not found["draft"]:
            raise Conflict("stocktaking.draft_missing", entry=entry)
        else:
            self._register.save("entries", rules.drop_draft(found, ctx.received_at))

    @rpc(writes=True)
    def submit_own_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Put the draft into the queue of the officers. Raises NotFound, Conflict, Invalid with what it lacks."""
        licence = Settings.current().stocktaking_licence
        submitted = rules.submit(self._own(ctx, entry, body["version"]), ctx.received_at, licence)
        rules.require_consent(body.get("licence"), licence)  # a former gateway sends none
        if problems := self._problems(rules.draft_of(submitted)["content"]):
            raise Invalid("stocktaking.entry_incomplete", fields=problems)
        event = new_event(events.ENTRY_SUBMITTED, subject=entry, account=str(ctx.actor.id), entry=entry)
        saved = self._register.save("entries", submitted, event)
        self._entries.keep_submission(saved, str(ctx.actor.id))
        return self._response(ctx, saved, self._entries.contact(entry))

    @rpc(writes=True)
    def take_back_own_entry(self, ctx: Context, entry: str) -> JsonObject:
        """Take the draft out of the queue, to change it. Raises NotFound, Conflict."""
        found = self._own(ctx, entry)
        saved = self._register.save("entries", rules.take_back(found, ctx.received_at))
        return self._response(ctx, saved, self._entries.contact(entry))

    @rpc(writes=True)
    def withdraw_own_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """End the publication of an own entry; its draft stays. Raises NotFound, Conflict."""
        found = self._owned(ctx, entry, body["version"])
        rules.require_public(found)
        saved = self._register.withdraw(found, ctx.received_at, announce=lambda gone: (withdrawn(gone),))
        return self._response(ctx, saved, self._entries.contact(entry))

    @rpc(writes=True)
    def confirm_own_entry(self, ctx: Context, entry: str, body: Input) -> JsonObject:
        """Say that what is public is still correct: a revision with the same content, dated now, which nobody reviews.
        The register of each moment keeps its own date. Raises NotFound, Conflict."""
        found = self._own(ctx, entry, body["version"])
        rules.require_public(found)
        account = str(ctx.actor.id)
        event = new_event(events.ENTRY_CONFIRMED, subject=entry, account=found["owner"], entry=entry)
        [confirmed] = self._register.publish([confirmation(found, account, event)], ctx.received_at)
        return self._response(ctx, confirmed, self._entries.contact(entry))

    @rpc
    def copy_submission(self, data: Input, account: str | None = None) -> JsonObject:
        """What the receipt says: the draft as it was submitted last, whatever became of it since. Raises NotFound."""
        found = self._entries.submission(data["entry"], data["account"])
        content = found["content"]
        language = content["original_language"]
        kinds = {row["code"]: row["title"] for row in codes.kind_rows()}
        return {
            "title": rules.title_of(content),
            "submitted_at": found["at"],
            "kind": kinds[content["kind"]],
            "description": content["description"][language],
            "organization": content["organization"]["name"],
            "action_lines": contents.lines_of(content),
            "sdgs": content["sdgs"],
            "countries": content["countries"],
            "is_update": found["is_update"],
        }

    @subscribe("accounts", "account_erased", name="forget_owner")
    @subscribe("accounts", "address_erased", name="forget_contact")
    def forget(self, erasure: Erasure) -> None:
        """A person is erased: what they did not publish goes, what is public stays without them."""
        self._entries.forget(erasure)
        self._invitations.forget(erasure)

    def _own(self, ctx: Context, entry: str, version: int | None = None) -> Entry:
        """An entry that the account owns, or edits for its owner."""
        found, account = self._register.find(entry), str(ctx.actor.id)
        if found["owner"] != account and not self._entries.is_editor(found, account):
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        if version is not None:
            rules.require_version(found, version)
        return found

    def _owned(self, ctx: Context, entry: str, version: int | None = None) -> Entry:
        found = self._own(ctx, entry, version)
        if found["owner"] != ctx.actor.id:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return found

    def _require_room(self, account: str) -> None:
        if self._entries.drafts_of(account, rules.MAX_DRAFTS) >= rules.MAX_DRAFTS:
            raise Conflict("stocktaking.too_many_drafts", limit=rules.MAX_DRAFTS)

    def _save(self, ctx: Context, entry: Entry, contact: NewContact | Contact | None) -> JsonObject:
        saved = self._register.save("entries", entry)
        self._entries.set_contact(entry["_id"], contact)
        return self._response(ctx, saved, contact)

    def _response(self, ctx: Context, entry: Entry, contact: NewContact | Contact | None) -> JsonObject:
        draft = entry["draft"]
        content = draft["content"] if draft else entry["content"]
        return {
            **presenters.whole(entry, ctx.received_at),
            "contact": contact,
            "editor": entry["owner"] != ctx.actor.id,
            "licence": Settings.current().stocktaking_licence,
            "consent": entry.get("consent"),
            "missing": self._problems(draft["content"]) if draft else {},
            "outside_matrix": outside_matrix(content, self._links),
        }


def compose(parts: Parts) -> OwnEntries:
    """The use cases with their collaborators; called once per process."""
    return OwnEntries(
        Register(parts.db),
        Entries(parts.db),
        Invitations(parts.db),
        completeness.problems,
        current_links(parts),
    )
