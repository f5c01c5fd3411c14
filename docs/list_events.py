"""Write the tables of docs/events.md and docs/agencies.md anew, from the manifests that are installed and have a folder
under services/, and from the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from wsis_shared.events import EventKey
from wsis_shared.plugin import Plugin, discover

from wsis_agencies.deliveries.rules.policy import Policy
from wsis_agencies.deliveries.store.attempts import KEPT
from wsis_agencies.event_log.events import public_types
from wsis_agencies.event_log.rules.log import KEPT_DAYS
from wsis_agencies.event_log.schemas import EventsQuery
from wsis_agencies.event_subscriptions.management import CHANNELS, CONNECTIONS
from wsis_agencies.event_subscriptions.rules.subscriptions import MAX_PER_OWNER, ROTATION
from wsis_agencies.event_subscriptions.store.secrets import MAX_SECRETS
from wsis_agencies.settings import Settings, WebhookSettings
from wsis_agencies.webhooks.subscriptions import HANDSHAKES

HERE = Path(__file__).parent
SERVICES = HERE.parent / "services"
HOUR = 3600


def plugins() -> list[Plugin]:
    """Those of this repository."""
    return [plugin for plugin in discover() if (SERVICES / plugin.name).is_dir()]


def all_events() -> list[str]:
    """The rows of docs/events.md, one per event."""
    readers: dict[EventKey, set[str]] = {}
    for plugin in plugins():
        for dependency in plugin.depends_on:
            readers.setdefault(dependency.key, set()).add(plugin.name)
    rows = ["| event | what happened | | read by | mail to |", "| --- | --- | --- | --- | --- |"]
    for plugin in plugins():
        for event in sorted(plugin.publishes, key=lambda event: event.type):
            read_by = ", ".join(sorted(readers.get(event.key(plugin.name), ())))
            kind = "public" if event.public else "internal"
            recipients = ", ".join(sorted({notification.to for notification in event.notifications}))
            name = f"{plugin.name}.{event.key(plugin.name).routing_key}"
            rows.append(f"| `{name}` | {event.summary} | {kind} | {read_by} | {recipients} |")
    return rows


def types() -> list[str]:
    """The rows of docs/agencies.md, one per public event, under the type that agencies see."""
    rows = ["| type | what happened | filters that select it |", "| --- | --- | --- |"]
    for key, event in sorted(public_types(plugins()).items()):
        facets = ", ".join(f"`{facet}`" for facet in sorted(event.facets))
        rows.append(f"| `{key.cloudevents_type}` | {event.summary} | {facets} |")
    return rows


def limits() -> list[str]:
    """The limits of what agencies use, with the settings as they are delivered."""
    policy, settings, webhooks = Policy(), Settings(), WebhookSettings()
    query = EventsQuery().fields["limit"].validators[0]
    hours = sum(policy.delays) / HOUR
    found = {
        "An event is kept in the log": f"{KEPT_DAYS} days",
        "Attempts are kept": f"{KEPT / 86_400:.0f} days",
        "Subscriptions of an account": MAX_PER_OWNER,
        "A page of the feed": f"{query.max} events",
        "Events in a queue; what follows waits in the log": f"{settings.agencies_queue_length:,}",
        "Connections of the login of a queue, and channels in all": f"{CONNECTIONS}, {CHANNELS}",
        "A webhook answers within": f"{webhooks.webhooks_timeout:.0f} s",
        "A webhook is asked whether it agrees": f"{HANDSHAKES} times",
        "An event that a webhook refuses is tried": f"{policy.max_attempts} times in {hours:.0f} hours",
        "Failures in a row after which only probes come": policy.breaker_after,
        "Between two probes": f"{policy.probe_min:.0f} s to {policy.probe_max / 60:.0f} min",
        "`Retry-After` that is kept to": f"at most {policy.max_retry_after / HOUR:.0f} hour",
        "A subscription that takes nothing is disabled after": f"{policy.disable_after / 86_400:.0f} days",
        "The former secret of a webhook is valid for": f"{ROTATION.total_seconds() / HOUR:.0f} hours",
        "Secrets of a webhook that are valid at a time": MAX_SECRETS,
    }
    return ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in found.items())]


PAGES: dict[str, dict[str, Callable[[], list[str]]]] = {
    "events.md": {"events": all_events},
    "agencies.md": {"limits": limits, "types": types},
}


def main() -> None:
    """Put them between their marks."""
    for page, tables in PAGES.items():
        text = (HERE / page).read_text("utf-8")
        for mark, table in tables.items():
            between = re.compile(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", re.DOTALL)
            rows = "\n".join(table()) + "\n"
            text = between.sub(lambda _, rows=rows: rows, text)
        (HERE / page).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
