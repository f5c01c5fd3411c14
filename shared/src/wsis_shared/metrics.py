"""Prometheus metrics. Labels are names of code, never of people or projects."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

HANDLED = Counter("wsis_messages_handled_total", "Messages by handler and outcome", ["service", "handler", "outcome"])
SECONDS = Histogram(
    "wsis_handler_seconds",
    "Time in a handler",
    ["service", "handler"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UNKNOWN_ARGUMENTS = Counter(
    "wsis_unknown_arguments_total", "Arguments of newer callers that a handler dropped", ["service", "handler"]
)
BATCH = Histogram(
    "wsis_command_batch", "Commands in one batch", ["service", "call"], buckets=(1, 5, 20, 50, 100, 200, 500)
)
RELAY = Gauge("wsis_outbox_relay", "Does this process publish the events of its service: 1, else 0", ["service"])
# Of the process that does: others have no sample.
OUTBOX = Gauge("wsis_outbox_waiting", "Unsent events, without those set aside", ["service"])
OUTBOX_AGE = Gauge("wsis_outbox_oldest_seconds", "Age of the oldest of them", ["service"])
OUTBOX_SET_ASIDE = Gauge("wsis_outbox_set_aside", "Events that cannot be sent", ["service"])
JOBS = Counter("wsis_jobs_ended_total", "Jobs that ended, by kind and state", ["service", "kind", "state"])
DEAD_LETTERED = Counter(
    "wsis_messages_dead_lettered_total", "Messages moved to a dead-letter queue", ["service", "handler"]
)
NOT_SIGNED = Counter(
    "wsis_messages_not_signed_total", "Commands and calls without the signature of the suite", ["service", "handler"]
)
DROPPED = Counter(
    "wsis_requests_dropped_total",
    "Requests that were not run, since their caller had left: before they arrived, or while they waited for a worker",
    ["service", "reason"],
)
NOT_SENT = Counter("wsis_messages_not_sent_total", "Refusals to send a message", ["exchange", "reason"])
WAITED = Counter("wsis_messages_waited_total", "Messages that waited for a broker that did not read", ["exchange"])
NOT_READY = Gauge("wsis_not_ready", "Parts of a service that are not ready: 1, else 0", ["service", "check"])
STORE_AWAY = Gauge("wsis_store_members_away", "Members of the store that this process finds neither serving nor voting")
