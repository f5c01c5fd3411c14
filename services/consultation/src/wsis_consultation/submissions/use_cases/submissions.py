"""Submit, read, amend, withdraw."""

from __future__ import annotations

from wsis_shared.collection import existing
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Forbidden
from wsis_shared.events import EventType
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import Contacts, mailbox_key
from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions import errors, events
from wsis_consultation.submissions.rules import contents, differences, lifecycle
from wsis_consultation.submissions.rules.answers import select_asked
from wsis_consultation.submissions.rules.lifecycle import Submission
from wsis_consultation.submissions.store import Drafts, Forms, Submissions
from wsis_consultation.submissions.use_cases.access import Access, People, about


class SubmissionCases:
    """What can be done with a submission."""

    def __init__(
        self,
        editions: Editions,
        forms: Forms,
        drafts: Drafts,
        submissions: Submissions,
        contacts: Contacts,
        people: People,
        links: Links,
    ) -> None:
        self._editions, self._forms, self._drafts, self._submissions = editions, forms, drafts, submissions
        self._contacts, self._people = contacts, people
        self._access = Access(drafts, submissions, links)

    @rpc(writes=True)
    def submit(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Submit a draft, or a whole form of a member; the response is the numbered receipt, again on a repeat.

        Raises Conflict outside the window, Invalid with the fields that do not fit, Forbidden without account or key.
        """
        found = self._editions.find(edition)
        draft = None
        if body["draft"] is not None:
            submitted = self._submissions.find(edition, body["draft"])
            if submitted is not None and self._access.is_owner(ctx, submitted, body["key"]):
                return {**lifecycle.receipt(submitted), "dropped": []}
            draft = self._access.draft(ctx, edition, body["draft"], body["key"])
        elif not ctx.actor.known:
            raise Forbidden("consultation.link_needed")
        late = lifecycle.admit(found, ctx.received_at, draft["override"] if draft else None)
        if draft is not None:
            id, account, email = draft["_id"], draft["account"], draft["email"]
        else:
            id, account = ctx.new_id("submission"), str(ctx.actor.id)
            email = self._people.contact(account)["email"]
        answers = body["answers"] if body["answers"] is not None else draft["answers"] if draft else {}
        language = body["language"] or (draft["language"] if draft else ctx.locale)
        content, dropped = self._content(edition, answers, email, language, None)
        mailbox = mailbox_key(email)
        if self._submissions.count_of_mailbox(edition, mailbox) >= lifecycle.MAX_SUBMISSIONS:
            raise Conflict("consultation.too_many_submissions", limit=lifecycle.MAX_SUBMISSIONS)
        submission = lifecycle.receive(
            content,
            id=id,
            edition=edition,
            number=self._submissions.next_number(edition),
            at=ctx.received_at,
            account=account,
            email_key=mailbox,
            late=late,
            attachments=draft["attachments"] if draft else [],
            link_number=draft.get("link_number", 0) if draft else 0,
        )
        self._store(ctx, submission, events.SUBMISSION_RECEIVED, account)
        if draft is not None:
            self._drafts.remove(draft["_id"])
        return {**lifecycle.receipt(submission), "dropped": dropped}

    @rpc
    def read_submission(self, ctx: Context, edition: str, submission: str, version: int | None = None) -> JsonObject:
        """A version, by default the last, for its account or the secretariat. Raises NotFound."""
        return self._version(self._access.readable_submission(ctx, edition, submission, None), version)

    @rpc(writes=True, store_response=False)
    def open_submission(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """The same under the key of its link. Raises NotFound."""
        found = self._access.readable_submission(ctx, edition, submission, body["key"])
        return self._version(found, body["version"])

    def _version(self, found: Submission, version: int | None) -> JsonObject:
        content: contents.Content = found
        number = found["version_number"]
        if version is not None and version != number:
            content = stored = self._submissions.version(found["_id"], version or 1)
            number = stored["number"]
        return {
            **found,
            **contents.of(content),
            **lifecycle.receipt(found),
            "version": number,
            "answers": contents.to_answers(content),
            "public": lifecycle.is_public(found),
            **lifecycle.mergers(found),
            "versions": self._submissions.versions(found["_id"]),
        }

    @rpc
    def read_submission_difference(
        self,
        ctx: Context,
        edition: str,
        submission: str,
        from_version: int | None = None,
        to_version: int | None = None,
    ) -> JsonObject:
        """What differs between two versions, by default the last two. Raises NotFound."""
        found = self._access.readable_submission(ctx, edition, submission, None)
        return self._difference(found, from_version, to_version)

    @rpc(writes=True, store_response=False)
    def open_submission_difference(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """The same under the key of its link. Raises NotFound."""
        found = self._access.readable_submission(ctx, edition, submission, body["key"])
        return self._difference(found, body["from_version"], body["to_version"])

    def _difference(self, found: Submission, first: int | None, last: int | None) -> JsonObject:
        last = last or found["version_number"]
        first = first or max(1, last - 1)
        before, after = (
            contents.to_answers(self._submissions.version(found["_id"], number)) for number in (first, last)
        )
        return {"from_version": first, "to_version": last, "items": differences.between(before, after)}

    @rpc(writes=True)
    def amend_submission(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """A new version, until the deadline or under an officer's override; the receipt stays the same."""
        found = self._access.submission(ctx, edition, submission, body["key"])
        lifecycle.require_received(found, body.get("base"))
        late = lifecycle.admit(self._editions.find(edition), ctx.received_at, found["override"])
        email = lifecycle.email_of(found) or ""
        content, dropped = self._content(edition, body["answers"], email, body["language"] or found["language"], found)
        amended = lifecycle.amend(found, content, ctx.received_at, late)
        if amended is not found:
            self._store(ctx, amended, events.SUBMISSION_AMENDED, found["account"])
        return {**lifecycle.receipt(amended), "dropped": dropped}

    @rpc(writes=True)
    def withdraw_submission(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """Take it back until the deadline; its versions stay."""
        found = self._access.submission(ctx, edition, submission, body["key"])
        if found["state"] != lifecycle.WITHDRAWN:
            lifecycle.require_received(found)
            lifecycle.admit(self._editions.find(edition), ctx.received_at, found["override"])
            found = lifecycle.withdraw(found, ctx.received_at, body["reason"])
            self._submissions.put(found, None, about(events.SUBMISSION_WITHDRAWN, found))
        return lifecycle.receipt(found)

    @rpc
    def list_my_submissions(self, ctx: Context, limit: int = 20, after: str | None = None) -> JsonObject:
        """Submissions of the account that asks."""
        page = self._submissions.of_account(str(ctx.actor.id), after, limit)
        return page.response(lambda row: {**row, **lifecycle.receipt(row)})

    def _content(
        self, edition: str, answers: Input, email: str, language: str, before: contents.Content | None
    ) -> tuple[contents.Content, list[str]]:
        """The content of valid answers, and what was not asked. Raises Invalid with all fields that do not fit."""
        form = self._forms.newest(edition)
        asked, dropped = select_asked(form, {"email": email, **answers})
        problems = self._forms.validator(form).problems(asked) or contents.problems(asked, email, before)
        if problems:
            raise errors.answers_invalid(problems)
        return contents.from_answers(asked, form_version=form["number"], language=language), dropped

    def _store(self, ctx: Context, submission: Submission, event: EventType, account: str | None) -> None:
        by = "account" if account is not None and ctx.actor.id == account else "link"
        version = lifecycle.version_of(submission, ctx.received_at, by)
        self._submissions.put(submission, version, about(event, submission))
        contact = existing(submission["contact"])
        self._contacts.add(
            submission["edition"],
            contact["email"],
            contact["full_name"],
            submission["language"],
            "submission",
            at=ctx.received_at,
            account=account,
        )


def compose(parts: Parts) -> SubmissionCases:
    """The use cases with their collaborators; called once per process."""
    accounts = parts.client("accounts")
    return SubmissionCases(
        Editions(parts.db),
        Forms(parts.db),
        Drafts(parts.db),
        Submissions(parts.db),
        Contacts(parts.db),
        People(accounts),
        Links(accounts),
    )
