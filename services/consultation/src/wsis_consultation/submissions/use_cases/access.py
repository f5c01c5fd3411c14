"""Who writes a submission, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Forbidden, NotFound
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input

from wsis_consultation.people.use_cases import AccountContact, Links
from wsis_consultation.submissions.rules.contents import agencies_of
from wsis_consultation.submissions.rules.lifecycle import Draft, Linked, Submission, owns, receipt_number
from wsis_consultation.submissions.store import Drafts, Submissions

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class People:
    """The confirmed address and the profile of an account."""

    def __init__(self, accounts: ServiceProxy) -> None:
        self._accounts = accounts

    def contact(self, account: str) -> AccountContact:
        """Raises Forbidden where the account is gone."""
        found = self._accounts.contacts(ids=[account])
        if not found:
            raise Forbidden("consultation.link_needed")
        contact: AccountContact = found[0]
        return contact

    def known_answers(self, account: str) -> Input:
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

    def draft(self, ctx: Context, edition: str, draft: str, key: str | None) -> Draft:
        """A draft for its owner. Raises NotFound; Conflict where it was submitted."""
        found = self._drafts.find(edition, draft)
        if found is None:
            submitted = self._submissions.find(edition, draft)
            if submitted is not None and self.is_owner(ctx, submitted, key):
                raise Conflict("consultation.submitted_already", receipt=receipt_number(edition, submitted["number"]))
        if found is None or found["expires_at"] <= ctx.received_at or not self.is_owner(ctx, found, key):
            raise NotFound("consultation.draft_unknown")
        return found

    def submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> Submission:
        """A submission for its owner. Raises NotFound."""
        found = self._submissions.find(edition, submission)
        if found is None or not self.is_owner(ctx, found, key):
            raise NotFound("consultation.submission_unknown")
        return found

    def readable_submission(self, ctx: Context, edition: str, submission: str, key: str | None) -> Submission:
        """A submission for its owner or the secretariat. Raises NotFound."""
        if not ctx.actor.has("officer"):
            return self.submission(ctx, edition, submission, key)
        found = self._submissions.find(edition, submission)
        if found is None:
            raise NotFound("consultation.submission_unknown")
        return found

    def is_owner(self, ctx: Context, document: Linked, key: str | None) -> bool:
        """Whether the caller wrote it, by account or by the key of its mailed link."""
        return owns(document, ctx.actor.id, key_fits=self._links.open(document, key))


def about(event: EventType, submission: Submission) -> PendingEvent:
    """An event about a submission, with the slugs of the facilitators of its lines."""
    return new_event(
        event,
        subject=submission["_id"],
        edition=submission["edition"],
        submission=submission["_id"],
        number=submission["number"],
        version=submission["version_number"],
        kind=submission["kind"],
        action_lines=submission["action_lines"],
        sdgs=submission["sdgs"],
        region=submission["region"],
        stakeholder_type=submission["stakeholder_type"],
        agencies=agencies_of(submission["action_lines"]),
        requests=[{"kind": row["kind"], "session_type": row.get("session_type")} for row in submission["requests"]],
    )


def about_link(event: EventType, document: Linked) -> PendingEvent:
    """An event about the link to a draft or submission."""
    return new_event(event, subject=document["_id"], edition=document["edition"], draft=document["_id"])
