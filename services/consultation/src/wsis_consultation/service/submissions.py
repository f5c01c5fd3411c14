"""Entrypoints of submissions."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc

from wsis_consultation.use_cases.submissions import drafts, forms, mails, overrides, submissions


class SubmissionsEntrypoints(Service):
    """Official submissions: the form, drafts, receipts, versions, requests."""

    forms = Composed(forms.compose)
    drafts = Composed(drafts.compose, calls=("accounts.contacts", "accounts.profile"))
    submissions = Composed(submissions.compose, calls=("accounts.contacts", "accounts.profile"))
    overrides = Composed(overrides.compose)
    submission_mails = Composed(mails.compose)

    @rpc
    def read_form(self, edition: str, stakeholder_type: str | None = None) -> dict[str, Any]:
        """The form in force."""
        return self.forms.read_form(context.current(), edition, stakeholder_type)

    @rpc
    def read_form_schema(self, edition: str, stakeholder_type: str, draft: bool = False) -> dict[str, Any]:
        """The form in force as JSON Schema."""
        return self.forms.read_schema(edition, stakeholder_type, draft=draft)

    @rpc
    def list_form_versions(self, edition: str) -> dict[str, Any]:
        """Versions of the form."""
        return self.forms.list_versions(edition)

    @rpc
    def read_form_version(self, edition: str, number: str) -> dict[str, Any]:
        """A version of the form."""
        return self.forms.read_version(edition, number)

    @rpc(writes=True)
    def publish_form(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Publish a new version."""
        return self.forms.publish(context.current(), edition, body)

    @rpc(writes=True)
    def create_draft(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Save a draft."""
        return self.drafts.create(context.current(), edition, body)

    @rpc(writes=True)
    def change_draft(self, edition: str, draft: str, body: dict[str, Any]) -> dict[str, Any]:
        """Save it anew."""
        return self.drafts.change(context.current(), edition, draft, body)

    @rpc
    def read_draft(self, edition: str, draft: str) -> dict[str, Any]:
        """A member's draft."""
        return self.drafts.read(context.current(), edition, draft)

    @rpc(writes=True, store_response=False)
    def open_draft(self, edition: str, draft: str, body: dict[str, Any]) -> dict[str, Any]:
        """The draft under the key of its link."""
        return self.drafts.read(context.current(), edition, draft, body["key"])

    @rpc(writes=True)
    def remove_draft(self, edition: str, draft: str, body: dict[str, Any]) -> None:
        """Delete it."""
        self.drafts.remove(context.current(), edition, draft, body)

    @rpc(writes=True)
    def mail_draft_links(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Links to the submissions and drafts of an address, in one mail."""
        return self.drafts.mail_links(context.current(), edition, body["email"])

    @rpc(writes=True)
    def renew_draft_link(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Void a link and mail another one."""
        return self.drafts.renew_link(context.current(), edition, body)

    @rpc
    def list_my_drafts(self, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """One's own drafts."""
        return self.drafts.list_own(context.current(), limit, after)

    @rpc(writes=True)
    def submit(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Submit a draft or a whole form."""
        return self.submissions.submit(context.current(), edition, body)

    @rpc
    def read_submission(self, edition: str, submission: str, version: int | None = None) -> dict[str, Any]:
        """A submission for its account or the secretariat."""
        return self.submissions.read(context.current(), edition, submission, None, version)

    @rpc(writes=True, store_response=False)
    def open_submission(self, edition: str, submission: str, body: dict[str, Any]) -> dict[str, Any]:
        """A submission under the key of its link."""
        return self.submissions.read(context.current(), edition, submission, body["key"], body["version"])

    @rpc
    def read_submission_difference(
        self, edition: str, submission: str, from_version: int | None = None, to_version: int | None = None
    ) -> dict[str, Any]:
        """What differs between two versions."""
        return self.submissions.difference(context.current(), edition, submission, None, (from_version, to_version))

    @rpc(writes=True, store_response=False)
    def open_submission_difference(self, edition: str, submission: str, body: dict[str, Any]) -> dict[str, Any]:
        """The same under the key of its link."""
        return self.submissions.difference(
            context.current(), edition, submission, body["key"], (body["from_version"], body["to_version"])
        )

    @rpc(writes=True)
    def amend_submission(self, edition: str, submission: str, body: dict[str, Any]) -> dict[str, Any]:
        """A new version."""
        return self.submissions.amend(context.current(), edition, submission, body)

    @rpc(writes=True)
    def withdraw_submission(self, edition: str, submission: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take it back."""
        return self.submissions.withdraw(context.current(), edition, submission, body)

    @rpc(writes=True)
    def allow_late_submission(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let one submission in after the deadline."""
        return self.overrides.allow_submission(context.current(), edition, body)

    @rpc(writes=True)
    def allow_late_amendment(self, edition: str, submission: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let one amendment in after the deadline."""
        return self.overrides.allow_amendment(context.current(), edition, submission, body)

    @rpc
    def list_my_submissions(self, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """One's own submissions."""
        return self.submissions.list_own(context.current(), limit, after)

    @rpc
    def draft_link_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """For the mail with a link."""
        return self.submission_mails.link(data)

    @rpc
    def all_links_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """For the mail with all links of an address."""
        return self.submission_mails.all_links(data)

    @rpc
    def late_link_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """For the mail of an override."""
        return self.submission_mails.late_link(data)

    @rpc
    def submission_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """For the receipt and what follows."""
        return self.submission_mails.submission(data)
