"""Save a draft and come back to it."""

from __future__ import annotations

import uuid

from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid, TooMany
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import PERIOD, Asker, Contacts, LinkMails, mailbox_key
from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions import errors, events
from wsis_consultation.submissions.rules import differences, lifecycle
from wsis_consultation.submissions.rules.answers import select_asked
from wsis_consultation.submissions.rules.lifecycle import BlankDraft, Draft, Submission
from wsis_consultation.submissions.store import Drafts, Forms, Submissions
from wsis_consultation.submissions.use_cases.access import Access, People, about_link


class DraftCases:
    """What can be done with a draft."""

    def __init__(
        self,
        editions: Editions,
        forms: Forms,
        drafts: Drafts,
        submissions: Submissions,
        contacts: Contacts,
        mails: LinkMails,
        people: People,
        links: Links,
    ) -> None:
        self._editions, self._forms, self._drafts, self._submissions = editions, forms, drafts, submissions
        self._contacts, self._mails, self._people = contacts, mails, people
        self._access = Access(drafts, submissions, links)

    @rpc(writes=True)
    def create_draft(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Save answers. Without an account a link is mailed to the address; a member's known data are filled in.

        Raises Conflict outside the window, Invalid for answers that no form takes, TooMany for too many drafts.
        """
        lifecycle.admit(self._editions.find(edition), ctx.received_at, None)
        answers, account = body["answers"], ctx.actor.id
        if account is not None:
            known = self._people.known_answers(account)
            answers, email = {**known, **answers}, known["email"]
        elif body["email"] is not None:
            email = body["email"]
        else:
            raise Invalid("consultation.email_needed", fields={"email": ["Missing data for required field."]})
        mailbox = mailbox_key(email)
        drafts = self._drafts.of_mailbox(edition, mailbox)
        if sum(row["account"] == account for row in drafts) >= lifecycle.MAX_DRAFTS:
            raise Conflict("consultation.too_many_drafts", limit=lifecycle.MAX_DRAFTS)
        if account is None:
            self._take_mail(ctx, email, Asker.STRANGER)
        draft: BlankDraft = {
            "_id": ctx.new_id("draft") if account is not None else uuid.uuid4().hex,
            "edition": edition,
            "account": account,
            "email": email,
            "email_key": mailbox,
            "language": body["language"] or ctx.locale,
            "attachments": [],
            "override": None,
            "created_at": ctx.received_at,
        }
        if account is None:
            # Nobody has proved yet that the mailbox is theirs: it is no contact of the edition.
            return self._save(ctx, draft, answers, about_link(events.DRAFT_LINK_REQUESTED, draft))
        return self._save(ctx, draft, answers, proved=True)

    @rpc(writes=True)
    def change_draft(self, ctx: Context, edition: str, draft: str, body: Input) -> JsonObject:
        """Save all answers anew. Raises NotFound, Conflict where it was submitted or saved meanwhile, Invalid as
        `create_draft`."""
        found = self._access.draft(ctx, edition, draft, body["key"])
        lifecycle.admit(self._editions.find(edition), ctx.received_at, found["override"])
        lifecycle.require_saved(found, body.get("base"))
        changed: Draft = {**found, "language": body["language"] or found["language"]}
        return self._save(ctx, changed, body["answers"], proved=True)

    @rpc
    def read_draft(self, ctx: Context, edition: str, draft: str) -> JsonObject:
        """A member's draft with what changed in the form since, and what submission would refuse. Raises NotFound."""
        return self._response(self._access.draft(ctx, edition, draft, None))

    @rpc(writes=True, store_response=False)
    def open_draft(self, ctx: Context, edition: str, draft: str, body: Input) -> JsonObject:
        """The same under the key of its link. Raises NotFound."""
        return self._response(self._access.draft(ctx, edition, draft, body["key"]))

    def _response(self, found: Draft) -> JsonObject:
        edition = found["edition"]
        form = self._forms.newest(edition)
        asked, dropped = select_asked(form, found["answers"])
        before = found["form_version"]
        return {
            **found,
            "draft": found["_id"],
            "form_version": form["number"],
            "answers": asked,
            "dropped": dropped,
            "missing": self._forms.validator(form).problems(asked),
            "changes": None
            if before == form["number"]
            else differences.of_forms(self._forms.version(edition, before), form),
            "late_until": found["override"]["expires_at"] if found["override"] else None,
        }

    @rpc(writes=True)
    def remove_draft(self, ctx: Context, edition: str, draft: str, body: Input) -> None:
        """Delete it. Raises NotFound."""
        self._drafts.remove(self._access.draft(ctx, edition, draft, body["key"])["_id"])

    @rpc
    def list_my_drafts(self, ctx: Context, limit: int = 20, after: str | None = None) -> JsonObject:
        """Drafts of the account that asks."""
        page = self._drafts.of_account(str(ctx.actor.id), after, limit)
        return page.response(lambda row: {**row, "id": row["_id"]})

    @rpc(writes=True)
    def mail_draft_links(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Mail the links to all submissions and drafts of an address. The response is the same for any address.

        One mail for all, counted apart from new drafts. So strangers keep its owner from no link: what they save for
        the address uses up no such mail, and what they ask for is this mail.
        """
        self._editions.find(edition)
        email = body["email"]
        mailbox = mailbox_key(email)
        stores: tuple[Submissions | Drafts, ...] = (self._submissions, self._drafts)
        first = next(((store, row) for store in stores for row in store.of_mailbox(edition, mailbox)), None)
        if first and self._mails.take_for(Asker.OWNER, email, ctx.received_at):
            store, row = first
            store.add_link(row, about_link(events.LINKS_REQUESTED, row))
        return {"message": "accepted"}

    @rpc(writes=True)
    def renew_draft_link(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Void the link to a draft or submission, for example one that was passed on, and mail another one.

        Raises NotFound, TooMany.
        """
        store, found = self._owned(ctx, edition, body["document"], body["key"])
        self._take_mail(ctx, lifecycle.email_of(found) or "", Asker.HOLDER)
        renewed = found.copy()
        renewed["link_number"] = found.get("link_number", 0) + 1
        store.add_link(renewed, about_link(events.DRAFT_LINK_REQUESTED, found))
        return {"message": "accepted"}

    def _owned(
        self, ctx: Context, edition: str, document: str, key: str | None
    ) -> tuple[Drafts | Submissions, Draft | Submission]:
        if self._submissions.find(edition, document) is not None:
            return self._submissions, self._access.submission(ctx, edition, document, key)
        return self._drafts, self._access.draft(ctx, edition, document, key)

    def _save(
        self, ctx: Context, draft: BlankDraft, answers: Input, *pending: PendingEvent, proved: bool = False
    ) -> JsonObject:
        form = self._forms.newest(draft["edition"])
        asked, dropped = select_asked(form, {**answers, "email": draft["email"]})
        validator = self._forms.validator(form)
        if problems := validator.problems(asked, draft=True):
            raise errors.answers_invalid(problems)
        expires = ctx.received_at + lifecycle.DRAFT_KEPT
        if draft["override"]:
            expires = max(expires, draft["override"]["expires_at"])
        saved = self._drafts.put(
            {
                **draft,
                "form_version": form["number"],
                "answers": asked,
                "saved_at": ctx.received_at,
                "expires_at": expires,
            },
            *pending,
        )
        if proved:
            names = asked.get("full_name", "")
            self._contacts.add(
                draft["edition"],
                draft["email"],
                names,
                draft["language"],
                "draft",
                at=ctx.received_at,
                account=draft["account"],
            )
        receipt = {name: saved[name] for name in ("form_version", "saved_at", "expires_at")}
        return {**receipt, "draft": saved["_id"], "dropped": dropped, "missing": validator.problems(asked)}

    def _take_mail(self, ctx: Context, email: str, asker: Asker) -> None:
        if not self._mails.take_for(asker, email, ctx.received_at):
            raise TooMany("consultation.too_many_links", retry_after=int(PERIOD.total_seconds()))


def compose(parts: Parts) -> DraftCases:
    """The use cases with their collaborators; called once per process."""
    accounts = parts.client("accounts")
    return DraftCases(
        Editions(parts.db),
        Forms(parts.db),
        Drafts(parts.db),
        Submissions(parts.db),
        Contacts(parts.db),
        LinkMails(parts.db),
        People(accounts),
        Links(accounts),
    )
