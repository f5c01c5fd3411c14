"""Find similar submissions, for senders and officers; merge and separate them."""

from __future__ import annotations

from dataclasses import replace

from wsis_shared import audit
from wsis_shared.collection import existing
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import EventType, PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, subscribe
from wsis_shared.parts import Parts

from wsis_consultation.contributions.rules import row_of
from wsis_consultation.contributions.store import Endorsements
from wsis_consultation.merging import events, rules
from wsis_consultation.merging.rules import Brief, Similar
from wsis_consultation.merging.store import SimilarSubmissions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions.rules import contents
from wsis_consultation.submissions.rules.lifecycle import Draft, Submission, is_public, number_of, receipt_number
from wsis_consultation.submissions.store import Drafts, Submissions
from wsis_consultation.submissions.use_cases.access import Access, about
from wsis_consultation.submissions.use_cases.mails import link_of


class SimilarCases:
    """What looks like the same."""

    def __init__(self, store: SimilarSubmissions, submissions: Submissions, access: Access) -> None:
        self._store, self._submissions, self._access = store, submissions, access

    @rpc
    def list_similar_submissions(self, edition: str, submission: str) -> JsonObject:
        """Those that stand and look like this one. Raises NotFound."""
        found = find(self._submissions, edition, submission)
        rows = [row for row in self._store.of_edition(edition) if row["_id"] != submission]
        return {"items": [_for_officer(row) for row in self._similar(contents.to_answers(found), rows)]}

    @rpc
    def list_similar_of_draft(self, ctx: Context, edition: str, draft: str) -> JsonObject:
        """Those that look like a draft, of what its writer may know. Raises NotFound, Conflict."""
        return self._of_draft(self._access.draft(ctx, edition, draft, None))

    @rpc(writes=True, store_response=False)
    def find_similar_of_draft(self, ctx: Context, edition: str, draft: str, body: Input) -> JsonObject:
        """The same under the key of its link. Raises NotFound, Conflict."""
        return self._of_draft(self._access.draft(ctx, edition, draft, body["key"]))

    def _of_draft(self, draft: Draft) -> JsonObject:
        rows = self._store.visible_to(draft["edition"], draft["email_key"])
        return {"items": [_for_sender(draft, row) for row in self._similar(draft["answers"], rows)]}

    def _similar(self, answers: Input, rows: list[Brief]) -> list[Similar]:
        return rules.similar(answers, self._store.whole(rules.nearest(answers, rows)))


def _for_officer(found: Similar) -> JsonObject:
    return {
        **found.submission,
        "id": found.submission["_id"],
        "receipt": receipt_number(found.submission["edition"], found.submission["number"]),
        "score": found.score,
        "likely": found.score >= rules.LIKELY,
    }


def _for_sender(draft: Draft, found: Similar) -> JsonObject:
    return {
        **row_of(found.submission),
        "public": is_public(found.submission),
        "own": found.submission["email_key"] == draft["email_key"],
        "score": found.score,
        "likely": found.score >= rules.LIKELY,
    }


class MergingCases:
    """For officers: nothing is deleted, and each act can be undone."""

    def __init__(self, store: SimilarSubmissions, submissions: Submissions, endorsements: Endorsements) -> None:
        self._store, self._submissions, self._endorsements = store, submissions, endorsements

    @rpc(writes=True)
    def merge_submission(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """Merge it into the one of a receipt. Raises NotFound, Conflict, Invalid."""
        found, number = find(self._submissions, edition, submission), number_of(body["into"], edition)
        target = None if number is None else self._store.by_number(edition, number)
        merged, target = rules.merge(found, target, at=ctx.received_at, by=str(ctx.actor.id), reason=body["reason"])
        self._endorsements.copy(merged["_id"], target)
        return self._store_both(events.SUBMISSION_MERGED, merged, target, body["reason"])

    @rpc(writes=True)
    def separate_submission(self, edition: str, submission: str, body: Input) -> JsonObject:
        """Undo the merge. Raises NotFound, Conflict."""
        found = find(self._submissions, edition, submission)
        target = existing(self._submissions.find(edition, rules.require_merged(found)))
        separated, target = rules.separate(found, target)
        self._endorsements.take_back(separated["_id"], target["_id"])
        return self._store_both(events.SUBMISSION_SEPARATED, separated, target, body["reason"])

    @subscribe("consultation", "submission_withdrawn")
    def separate_from_withdrawn(self, event: Input) -> None:
        """What was merged into a submission that its owner takes back stands again, and its author is told."""
        edition = event["data"]["edition"]
        withdrawn = find(self._submissions, edition, event["data"]["submission"])
        rows = withdrawn.get("merged") or ()
        for row in rows:
            separated, withdrawn = rules.separate(find(self._submissions, edition, row["id"]), withdrawn)
            self._endorsements.take_back(separated["_id"], withdrawn["_id"])
            self._submissions.put(separated, None, _about(events.SUBMISSION_SEPARATED, separated, withdrawn))
        if rows:
            self._submissions.put(withdrawn, None)

    def _store_both(self, event: EventType, one: Submission, target: Submission, reason: str) -> JsonObject:
        other = receipt_number(target["edition"], target["number"])
        entry = audit.entry(f"consultation.{event.type}", f"submission/{one['_id']}", None, {"other": other}, reason)
        self._submissions.put(one, None, _about(event, one, target), entry)
        self._submissions.put(target, None)
        return {
            "id": one["_id"],
            "edition": one["edition"],
            "receipt": receipt_number(one["edition"], one["number"]),
            "state": one["state"],
            "other": other,
        }

    @rpc
    def merger_details(self, data: Input, account: str | None = None) -> JsonObject:
        """{contact, receipt, other_receipt, organization, reason, url} for the mail to its author. Raises NotFound
        where nobody is left to write to."""
        found = find(self._submissions, str(data["edition"]), str(data["submission"]))
        contact, merger = found["contact"], found.get("merger")
        if contact is None:
            raise NotFound("consultation.submission_unknown")
        return {
            "contact": {"email": contact["email"], "names": contact["full_name"], "locale": found["language"]},
            "receipt": receipt_number(found["edition"], found["number"]),
            "other_receipt": receipt_number(found["edition"], int(data["other"])),
            "organization": found["organization"],
            "reason": merger["reason"] if merger else None,
            "url": link_of(found),
        }


def _about(event: EventType, one: Submission, target: Submission) -> PendingEvent:
    made = about(event, one)
    return replace(made, data={**made.data, "other": target["number"]})


def find(submissions: Submissions, edition: str, submission: str) -> Submission:
    """A submission. Raises NotFound."""
    found = submissions.find(edition, submission)
    if found is None:
        raise NotFound("consultation.submission_unknown")
    return found


def compose(parts: Parts) -> tuple[SimilarCases, MergingCases]:
    """The use cases with their collaborators; called once per process."""
    store, submissions = SimilarSubmissions(parts.db), Submissions(parts.db)
    access = Access(Drafts(parts.db), submissions, Links(parts.client("accounts")))
    return SimilarCases(store, submissions, access), MergingCases(store, submissions, Endorsements(parts.db))
