"""Documents and indexes of campaigns.

campaigns               what goes to whom and when; how far the list of buckets is read; rates
newsletter_deliveries   a row for each reader, `_id` = campaign|reader, without an index
campaign_batches        rows that are worked on together: their ids, claim, lease, figures
send_rates              when the next mail of a rate may leave, by domain, and the mails of a day
claim_guards            what a claim of readers and the departure of a reader both write, so that one sees the other
"""

from __future__ import annotations

from wsis_shared.collection_specs import CollectionSpec, index, present

from wsis_notifications.campaigns.store.batches import Batches
from wsis_notifications.campaigns.store.campaigns import Campaigns
from wsis_notifications.campaigns.store.deliveries import NewsletterDeliveries
from wsis_notifications.campaigns.store.rates import SendRates

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "campaigns",
        indexes=(
            index("created_at", "-created_at", "-_id"),
            index("newest_of_state", "state", "-created_at", "-_id"),
            index("state", "state", "scheduled_at"),
            index("issue", "issue"),
            present("event", "event", unique=True),
        ),
    ),
    CollectionSpec("newsletter_deliveries"),
    CollectionSpec(
        "campaign_batches",
        indexes=(
            index("due", "campaign", "state", "due"),
            index("bucket", "campaign", "bucket"),
        ),
    ),
    CollectionSpec("send_rates"),
    CollectionSpec("claim_guards"),
)

__all__ = ["COLLECTIONS", "Batches", "Campaigns", "NewsletterDeliveries", "SendRates"]
