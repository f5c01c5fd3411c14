"""What officers do with campaigns: create, estimate, test, schedule, pause, follow, resend."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Unpack

from wsis_shared import audit, clock, paging
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo_connection import Database
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_notifications.addresses.rules.mailable import mailable
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.campaigns.rules import estimates, figures, rates, states
from wsis_notifications.campaigns.rules.return_path import CAMPAIGN_BYTES
from wsis_notifications.campaigns.rules.segments import matches
from wsis_notifications.campaigns.rules.states import BatchOfRows, Campaign, Given, Move, RowOfReader
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries
from wsis_notifications.campaigns.use_cases.limits import Sender, limits_of, sender_of
from wsis_notifications.campaigns.use_cases.recipients import seal_recipients
from wsis_notifications.issues.rules.contents import Issue
from wsis_notifications.issues.store import Issues
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.rules.subscribers import ACTIVE, BUCKETS
from wsis_notifications.subscribers.store.subscribers import Subscribers

ASSUMED = 800.0  # mails per second where no limit is set; see `make bench-mails`
SAMPLE = 64  # buckets that an estimate reads of a long list
SMALL = 5000  # readers of a list that is counted


class CampaignsCases:
    """One per process. `contact_of` gives the address and language of an account."""

    def __init__(
        self,
        db: Database,
        issues: Issues,
        limits: rates.Limits,
        contact_of: Callable[[str], Input],
        *,
        smtputf8: bool,
        sender: Sender,
    ) -> None:
        self.campaigns, self.batches = Campaigns(db), Batches(db)
        self.deliveries, self._subscribers = NewsletterDeliveries(db), Subscribers(db)
        self._issues, self._limits, self._contact_of, self._smtputf8 = issues, limits, contact_of, smtputf8
        self._sender = sender

    # -- new ones ------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def create_campaign(self, ctx: Context, body: Input) -> JsonObject:
        """A draft of the sending of an issue that is ready. Raises NotFound, Conflict."""
        issue = self._issues.read(body["issue"])
        if issue["state"] != "ready":
            raise Conflict("notifications.issue_not_ready", state=issue["state"])
        made = self._new(ctx, "full", issue, segment=body["segment"])
        return self._save(made, "created", None, {"state": made["state"], "segment": made["segment"]})

    @rpc(writes=True)
    def test_campaign(self, ctx: Context, body: Input) -> JsonObject:
        """Send an issue, ready or not, to the officer's own address and some others, now. Raises NotFound, Invalid."""
        issue, own = self._issues.read(body["issue"]), self._contact_of(ctx.actor.id or "")
        languages = body["languages"] or [own["locale"]]
        others = [
            mailable(email, smtputf8=self._smtputf8, field=f"addresses.{position}")
            for position, email in enumerate(body["addresses"])
        ]
        recipients = [
            {
                "_id": uuid.uuid4().hex,
                "email": email,
                "first_name": "",
                "last_name": "",
                "language": language,
                "format": body["format"],
                "email_key": address_key(email),
                "state": ACTIVE,
                "bucket": 0,
            }
            for email in dict.fromkeys([own["email"], *others])
            for language in dict.fromkeys(languages)
        ]
        made = self._new(ctx, "test", issue, state="scheduled", scheduled_at=clock.now())
        made["recipients"] = seal_recipients(made["_id"], recipients)
        return self._save(made, "tested", None, {"mails": len(recipients)})

    @rpc(writes=True)
    def resend_campaign(self, ctx: Context, campaign: str, body: Input) -> JsonObject:
        """Send again, now, to those whom an ended campaign did not reach. Raises NotFound, Conflict."""
        former = self.campaigns.read(campaign)
        if former["state"] not in states.ENDED or former["kind"] == "test":
            raise Conflict("notifications.campaign_state", state=former["state"])
        made = self._new(
            ctx,
            "failed_only",
            self._issues.read(former["issue"]),
            of=campaign,
            segment=former["segment"],
            include_unknown=body["include_unknown"],
            state="scheduled",
            scheduled_at=clock.now(),
        )
        return self._save(made, "resent", {"of": campaign}, made["state"], body["reason"])

    def _new(self, ctx: Context, kind: str, issue: Issue, **more: Unpack[Given]) -> Campaign:
        title = issue["title"][issue["language"]]
        id = secrets.token_hex(CAMPAIGN_BYTES)
        given: Given = {**more, "by": ctx.actor.id}
        return states.new_campaign(id, kind, issue["_id"], title, clock.now(), **given)

    def _save(
        self, campaign: Campaign, action: str, before: object, after: object, reason: str | None = None
    ) -> JsonObject:
        told = audit.entry(f"notifications.campaign_{action}", f"campaign/{campaign['_id']}", before, after, reason)
        return to_response(self.campaigns.write(campaign, told))

    # -- moves ---------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def schedule_campaign(self, ctx: Context, campaign: str, body: Input) -> JsonObject:
        """Send it at a time, or now. Raises Conflict."""
        return self._move(campaign, "schedule", "scheduled", by=ctx.actor.id, scheduled_at=body["at"] or clock.now())

    @rpc(writes=True)
    def confirm_campaign(self, ctx: Context, campaign: str, body: Input) -> JsonObject:
        """Send now what waits for it. Raises Conflict."""
        change: Move = {"by": ctx.actor.id, "scheduled_at": clock.now()}
        return self._move(campaign, "confirm", "scheduled", why=body["reason"], **change)

    @rpc(writes=True)
    def pause_campaign(self, campaign: str, body: Input) -> JsonObject:
        """Mails that are under way still leave. Raises Conflict."""
        return self._move(campaign, "pause", "paused", why=body["reason"])

    @rpc(writes=True)
    def resume_campaign(self, ctx: Context, campaign: str, body: Input) -> JsonObject:
        """Go on, also where it was paused by itself; it does not pause for that reason again. Raises Conflict."""
        return self._move(campaign, "resume", "sending", why=body["reason"], by=ctx.actor.id)

    @rpc(writes=True)
    def cancel_campaign(self, campaign: str, body: Input) -> JsonObject:
        """Nobody gets it any more. Raises Conflict."""
        return self._move(campaign, "cancel", "canceled", why=body["reason"], ended_at=clock.now(), recipients=None)

    def _move(self, id: str, move: str, state: str, *, why: str | None = None, **change: Unpack[Move]) -> JsonObject:
        found = self.campaigns.read(id)
        states.check_move(found, move)
        overridden = [*found["overridden"], found["reason"]] if move == "resume" and found["reason"] else None
        moved: Campaign = {**found, **change, "state": state, "reason": None}
        if overridden is not None:
            moved["overridden"] = overridden
        return self._save(moved, state, found["state"], state, why)

    # -- looks ---------------------------------------------------------------------------------------------------

    @rpc
    def list_campaigns(self, limit: int, after: str | None, state: str | None, issue: str | None = None) -> JsonObject:
        """Newest first."""
        return self.campaigns.page(limit, after, state, issue).response(to_response)

    @rpc
    def read_campaign(self, campaign: str) -> JsonObject:
        """One campaign. Raises NotFound."""
        return to_response(self.campaigns.read(campaign))

    @rpc
    def estimate_campaign(self, campaign: str) -> JsonObject:
        """How many readers, and how long it takes. Of a long list a part is read: readers are spread evenly over its
        buckets. Raises NotFound."""
        found, whole = self.campaigns.read(campaign), self._subscribers.counts()["active.all"]
        topics = self._issues.read(found["issue"])["topics"]
        step = BUCKETS // SAMPLE if whole > SMALL else BUCKETS
        ranges = [(0, BUCKETS)] if step == BUCKETS else [(bucket, bucket + 1) for bucket in range(0, BUCKETS, step)]
        domains: Counter[str] = Counter()
        for first, end in ranges:
            for reader in self._subscribers.in_buckets(first, end):
                if matches(reader, found["segment"], topics):
                    domains[reader["email"].rpartition("@")[2].lower()] += 1
        factor = 1 if step == BUCKETS else step
        recipients = domains.total() * factor
        seconds = estimates.seconds(
            recipients,
            {name: count * factor for name, count in domains.items()},
            self._limits,
            ASSUMED,
            self._sender.days(clock.now().timestamp()),
        )
        return {
            "recipients": recipients,
            "exact": factor == 1,
            "seconds": round(seconds, 1),
            "text": estimates.sentence(recipients, seconds, self._limits.per_second or ASSUMED),
        }

    @rpc
    def campaign_figures(self, campaign: str) -> JsonObject:
        """Its rows by state, reason, language and domain. What a batch has sent counts when the batch is done."""
        found = self.campaigns.read(campaign)
        counted = figures.total(batch["figures"] for batch in self.batches.of(campaign))
        seen = round(found["next_bucket"] / BUCKETS, 3)
        return {**counted, "campaign": campaign, "state": found["state"], "readers_seen": seen}

    @rpc
    def list_campaign_deliveries(self, campaign: str, limit: int, after: str | None, state: str | None) -> JsonObject:
        """Its rows in the order in which they were claimed, without addresses. Raises NotFound, Invalid."""
        self.campaigns.read(campaign)
        bucket, offset = paging.decode(after) or (0, 0)
        items: list[JsonObject] = []
        for batch in self._batches_with(campaign, bucket, state):
            skipped = offset if batch["bucket"] == bucket else 0
            rows = sorted(self.deliveries.read(batch["ids"]), key=lambda row: row["_id"])
            for position, row in enumerate(rows[skipped:], start=skipped + 1):
                if state is None or row["state"] == state:
                    items.append(delivery_response(row))
                    if len(items) == limit:
                        return {"items": items, "next": paging.encode([batch["bucket"], position])}
        return {"items": items, "next": None}

    def _batches_with(self, campaign: str, bucket: int, state: str | None) -> Iterator[BatchOfRows]:
        """Batches from a bucket on, with their ids: those that may have a row of the state."""
        if state is None:
            while (batch := self.batches.next_after(campaign, bucket)) is not None:
                yield batch
                bucket = batch["end"]
            return
        for found in self.batches.of(campaign):
            if found["bucket"] >= bucket and figures.may_have(found, state):
                yield from filter(None, [self.batches.next_after(campaign, found["bucket"])])


def to_response(campaign: Campaign) -> JsonObject:
    """A campaign for officers: without the recipients of a test."""
    return {"id": campaign["_id"], **{name: value for name, value in campaign.items() if name != "recipients"}}


def delivery_response(row: RowOfReader) -> JsonObject:
    """A row for officers."""
    return {**row, "id": row["_id"], "subscriber": row["_id"].partition("|")[2]}


def compose(parts: Parts) -> CampaignsCases:
    """The use cases with their collaborators; called once per process."""
    accounts = parts.client("accounts")

    def contact_of(account: str) -> Input:
        [contact] = accounts.contacts(ids=[account])
        return dict(contact)

    settings = Settings.load()
    return CampaignsCases(
        parts.db,
        Issues(parts.db),
        limits_of(settings),
        contact_of,
        smtputf8=settings.mail_smtputf8,
        sender=sender_of(parts.db, settings),
    )
