"""An officer lets one submission or amendment in after the deadline: by name, with a reason, once, for a time."""

from __future__ import annotations

import uuid

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import Contacts, mailbox_key
from wsis_consultation.submissions import events
from wsis_consultation.submissions.rules import lifecycle
from wsis_consultation.submissions.rules.lifecycle import Draft, Override
from wsis_consultation.submissions.store import Drafts, Forms, Submissions
from wsis_consultation.submissions.use_cases.access import about_link


class OverrideCases:
    """Overrides of the deadline."""

    def __init__(
        self,
        editions: Editions,
        forms: Forms,
        drafts: Drafts,
        submissions: Submissions,
        contacts: Contacts,
    ) -> None:
        self._editions, self._forms, self._drafts, self._submissions = editions, forms, drafts, submissions
        self._contacts = contacts

    @rpc(writes=True)
    def allow_late_submission(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A draft of this address may be submitted late: the one saved last, or a new one. Its link is mailed."""
        self._editions.find(edition)
        override = self._override(ctx, body)
        found = self._drafts.of_mailbox(edition, mailbox_key(body["email"]))
        draft = max(found, key=lambda row: row["saved_at"], default=None)
        whole = draft and self._drafts.find(edition, draft["_id"])
        changed = whole or self._new_draft(ctx, edition, body, override)
        changed["override"] = override
        changed["expires_at"] = max(changed["expires_at"], override["expires_at"])
        self._drafts.put(
            changed,
            about_link(events.LATE_SUBMISSION_ALLOWED, changed),
            _audited("consultation.late_submission_allowed", f"edition/{edition}/draft/{changed['_id']}", override),
        )
        self._contacts.add(
            edition,
            body["email"],
            body["name"],
            changed["language"],
            "draft",
            at=ctx.received_at,
            account=changed["account"],
        )
        return {"edition": edition, **override}

    @rpc(writes=True)
    def allow_late_amendment(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """The submission may be amended or withdrawn late, once; its owner gets the link. Raises NotFound, Conflict."""
        found = self._submissions.find(edition, submission)
        if found is None:
            raise NotFound("consultation.submission_unknown")
        lifecycle.require_received(found)
        override = self._override(ctx, {**body, "name": found["organization"]})
        entry = _audited("consultation.late_amendment_allowed", f"submission/{submission}", override)
        mails = [about_link(events.LATE_AMENDMENT_ALLOWED, found)] if found["contact"] else []
        self._submissions.put({**found, "override": override}, None, *mails, entry)
        return {"edition": edition, **override}

    def _override(self, ctx: Context, body: Input) -> Override:
        expires_at = body["expires_at"]
        if expires_at <= ctx.received_at:
            raise Invalid("consultation.override_expired", fields={"expires_at": ["Choose a moment ahead."]})
        return {"by": str(ctx.actor.id), "name": body["name"], "reason": body["reason"], "expires_at": expires_at}

    def _new_draft(self, ctx: Context, edition: str, body: Input, override: Override) -> Draft:
        return {
            "_id": uuid.uuid4().hex,
            "edition": edition,
            "account": None,
            "email": body["email"],
            "email_key": mailbox_key(body["email"]),
            "language": body["language"],
            "attachments": [],
            "override": override,
            "form_version": self._forms.newest(edition)["number"],
            "answers": {"email": body["email"]},
            "saved_at": ctx.received_at,
            "expires_at": ctx.received_at + lifecycle.DRAFT_KEPT,
        }


def _audited(action: str, object: str, override: Override) -> PendingEvent:
    # Not the name: the audit keeps what it has, and the object leads to the name until that is erased.
    after = {"expires_at": clock.iso(override["expires_at"])}
    return audit.entry(action, object, after=after, reason=override["reason"])


def compose(parts: Parts) -> OverrideCases:
    """The use cases with their collaborators; called once per process."""
    return OverrideCases(
        Editions(parts.db),
        Forms(parts.db),
        Drafts(parts.db),
        Submissions(parts.db),
        Contacts(parts.db),
    )
