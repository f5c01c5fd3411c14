"""Who may see and change a draft or a submission."""

from __future__ import annotations

from typing import Any

from wsis_shared.context import Context

from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions import errors
from wsis_consultation.submissions.rules.ownership import owns
from wsis_consultation.submissions.rules.receipts import receipt_number
from wsis_consultation.submissions.store.drafts import Drafts
from wsis_consultation.submissions.store.submissions import Submissions


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
                raise errors.submitted_already(receipt_number(edition, submitted["number"]))
        if found is None or found["expires_at"] <= ctx.received_at or not self.is_owner(ctx, found, key):
            raise errors.draft_unknown()
        return found

    def submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> dict[str, Any]:
        """A submission for its owner. Raises NotFound."""
        found = self._submissions.find(edition, submission)
        if found is None or not self.is_owner(ctx, found, key):
            raise errors.submission_unknown()
        return found

    def readable_submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> dict[str, Any]:
        """A submission for its owner or the secretariat. Raises NotFound."""
        if not ctx.actor.has("officer"):
            return self.submission(ctx, edition, submission, key)
        found = self._submissions.find(edition, submission)
        if found is None:
            raise errors.submission_unknown()
        return found

    def is_owner(self, ctx: Context, document: dict[str, Any], key: str | None) -> bool:
        """Whether the caller wrote it, by account or by the key of its mailed link."""
        return owns(document, ctx.actor.id, key_fits=self._links.open(document, key))
