"""Who writes a submission, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wsis_shared import reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Forbidden, NotFound

from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions.rules.lifecycle import owns, receipt_number
from wsis_consultation.submissions.store import Drafts, Submissions

if TYPE_CHECKING:
    from wsis_shared.bus.service import ServiceProxy


class People:
    """The confirmed address and the profile of an account."""

    def __init__(self, accounts: ServiceProxy) -> None:
        self._accounts = accounts

    def contact(self, account: str) -> dict[str, Any]:
        """{account, email, names, locale}. Raises Forbidden where the account is gone."""
        found = self._accounts.contacts(ids=[account])
        if not found:
            raise Forbidden("consultation.link_needed")
        contact: dict[str, Any] = found[0]
        return contact

    def known_answers(self, account: str) -> dict[str, Any]:
        """What the form need not ask again of a member."""
        profile, contact = self._accounts.profile(account=account), self.contact(account)
        kind = profile.get("stakeholder_type")
        answers = {
            "full_name": contact["names"],
            "email": contact["email"],
            "organization_name": profile.get("organization"),
            "organization_country": profile.get("country"),
            "stakeholder_type": kind if reference.is_stakeholder_type(kind, "consultation") else None,
        }
        return {code: value for code, value in answers.items() if value}


class Access:
    """Finds documents for those who may have them; for others they do not exist."""

    def __init__(self, drafts: Drafts, submissions: Submissions, links: Links) -> None:
        self._drafts, self._submissions, self._links = drafts, submissions, links

    def draft(self, ctx: Context, edition: str, draft: str, key: str | None) -> dict[str, Any]:
        """A draft for its owner. Raises NotFound; Conflict where it was submitted."""
        found = self._drafts.find(edition, draft)
        if found is None:
            submitted = self._submissions.find(edition, draft)
            if submitted is not None and self.is_owner(ctx, submitted, key):
                raise Conflict("consultation.submitted_already", receipt=receipt_number(edition, submitted["number"]))
        if found is None or found["expires_at"] <= ctx.received_at or not self.is_owner(ctx, found, key):
            raise NotFound("consultation.draft_unknown")
        return found

    def submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> dict[str, Any]:
        """A submission for its owner. Raises NotFound."""
        found = self._submissions.find(edition, submission)
        if found is None or not self.is_owner(ctx, found, key):
            raise NotFound("consultation.submission_unknown")
        return found

    def readable_submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> dict[str, Any]:
        """A submission for its owner or the secretariat. Raises NotFound."""
        if not ctx.actor.has("officer"):
            return self.submission(ctx, edition, submission, key)
        found = self._submissions.find(edition, submission)
        if found is None:
            raise NotFound("consultation.submission_unknown")
        return found

    def is_owner(self, ctx: Context, document: dict[str, Any], key: str | None) -> bool:
        """Whether the caller wrote it, by account or by the key of its mailed link."""
        return owns(document, ctx.actor.id, key_fits=self._links.open(document, key))
