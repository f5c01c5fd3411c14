"""Contributions: consent, the public list, and endorsements."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.contributions import events, rules
from wsis_consultation.contributions.store import Contributions, Endorsements
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.submissions.rules import lifecycle
from wsis_consultation.submissions.rules.lifecycle import Submission, number_of, receipt_number
from wsis_consultation.submissions.store import Drafts, Submissions
from wsis_consultation.submissions.use_cases.access import Access, People, about


class ContributionCases:
    """What everybody reads, and what its author says to it."""

    def __init__(
        self,
        editions: Editions,
        contributions: Contributions,
        endorsements: Endorsements,
        submissions: Submissions,
        access: Access,
    ) -> None:
        self._editions, self._contributions, self._endorsements = editions, contributions, endorsements
        self._submissions, self._access = submissions, access

    @rpc
    def list_contributions(
        self,
        edition: str,
        limit: int = 20,
        after: str | None = None,
        sort: str = rules.NEWEST,
        **filters: object,
    ) -> JsonObject:
        """A page of those that match. Raises NotFound."""
        self._editions.find(edition)
        page = self._contributions.page(edition, filters, sort, after, limit)
        counts = self._endorsements.counts(row["_id"] for row in page.rows)
        return page.response(lambda row: {**rules.row_of(row), "endorsements": counts.get(row["_id"], 0)})

    @rpc
    def read_contribution(self, edition: str, receipt: str) -> JsonObject:
        """What it says, by its receipt. Raises NotFound, which does not say whether there is such a submission."""
        found = find(self._contributions, edition, receipt)
        return {
            **rules.entry_of(found),
            **self._mergers(found),
            "endorsements": self._endorsements.counts([found["_id"]]).get(found["_id"], 0),
            "organizations": self._endorsements.organizations(found["_id"]),
        }

    def _mergers(self, found: Submission) -> JsonObject:
        """What it was merged with, as far as that is public."""
        edition, numbers = found["edition"], rules.numbers_of_mergers(found)
        public = set(self._contributions.public_numbers(edition, numbers)) if numbers else set()
        receipts = {receipt_number(edition, number) for number in public}
        made = lifecycle.mergers(found)
        return {
            "merged_into": made["merged_into"] if made["merged_into"] in receipts else None,
            "merged": [receipt for receipt in made["merged"] if receipt in receipts],
        }

    @rpc(writes=True)
    def change_consent(self, ctx: Context, edition: str, submission: str, body: Input) -> JsonObject:
        """Make it public or no longer; a repeat changes nothing. Raises NotFound, Conflict where it was withdrawn, and
        where one that was merged is to be public."""
        found = self._access.submission(ctx, edition, submission, body["key"])
        if body["public"] or found["state"] != lifecycle.MERGED:
            lifecycle.require_received(found)
        if lifecycle.is_public(found) != body["public"]:
            by = "account" if found["account"] is not None and ctx.actor.id == found["account"] else "link"
            found = lifecycle.with_consent(found, public=body["public"], at=ctx.received_at, by=by)
            event = events.CONTRIBUTION_PUBLISHED if body["public"] else events.CONTRIBUTION_UNPUBLISHED
            self._submissions.put(found, None, about(event, found))
        consent = found.get("consent")
        return {
            "id": found["_id"],
            "edition": edition,
            "receipt": receipt_number(edition, found["number"]),
            "public": body["public"],
            "at": consent["at"] if consent else ctx.received_at,
        }


class EndorsementCases:
    """Endorsements of members."""

    def __init__(self, contributions: Contributions, endorsements: Endorsements, people: People) -> None:
        self._contributions, self._endorsements, self._people = contributions, endorsements, people

    @rpc
    def read_endorsement(self, ctx: Context, edition: str, receipt: str) -> JsonObject:
        """Whether the caller endorses it. Raises NotFound."""
        return self._own(ctx, find(self._contributions, edition, receipt))

    @rpc(writes=True)
    def endorse_contribution(self, ctx: Context, edition: str, receipt: str, body: Input) -> JsonObject:
        """Endorse it, for the organization of the profile or for oneself. Raises NotFound, Conflict, Invalid."""
        found, account = find(self._contributions, edition, receipt), str(ctx.actor.id)
        named = body["for_organization"]
        profile = self._people.known_answers(account) if named else {}
        self._endorsements.put(rules.endorse(found, account, profile, for_organization=named, at=ctx.received_at))
        return self._own(ctx, found)

    @rpc(writes=True)
    def withdraw_endorsement(self, ctx: Context, edition: str, receipt: str) -> JsonObject:
        """Take it back; a repeat changes nothing. Raises NotFound."""
        found = find(self._contributions, edition, receipt)
        self._endorsements.remove(found["_id"], str(ctx.actor.id))
        return self._own(ctx, found)

    def _own(self, ctx: Context, found: Submission) -> JsonObject:
        own = self._endorsements.find(found["_id"], str(ctx.actor.id))
        return {
            "receipt": receipt_number(found["edition"], found["number"]),
            "endorsed": own is not None,
            "own": found["account"] == ctx.actor.id,
            "organization": own and own["organization"],
            "endorsements": self._endorsements.counts([found["_id"]]).get(found["_id"], 0),
        }


def find(contributions: Contributions, edition: str, receipt: str) -> Submission:
    """A contribution by its receipt. Raises NotFound."""
    number = number_of(receipt, edition)
    found = None if number is None else contributions.find(edition, number)
    if found is None:
        raise NotFound("consultation.contribution_unknown")
    return found


def compose(parts: Parts) -> tuple[ContributionCases, EndorsementCases]:
    """The use cases with their collaborators; called once per process."""
    accounts, submissions = parts.client("accounts"), Submissions(parts.db)
    contributions, endorsements = Contributions(parts.db), Endorsements(parts.db)
    access = Access(Drafts(parts.db), submissions, Links(accounts))
    return (
        ContributionCases(Editions(parts.db), contributions, endorsements, submissions, access),
        EndorsementCases(contributions, endorsements, People(accounts)),
    )
