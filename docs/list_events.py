"""Write the table of docs/events.md anew from the manifests that are installed and have a folder under services/."""

from __future__ import annotations

import re
from pathlib import Path

from wsis_shared.events import EventKey
from wsis_shared.plugin import discover

PAGE = Path(__file__).with_name("events.md")
SERVICES = Path(__file__).parents[1] / "services"


def table() -> str:
    """The rows, one per event."""
    plugins = [plugin for plugin in discover() if (SERVICES / plugin.name).is_dir()]
    readers: dict[EventKey, set[str]] = {}
    for plugin in plugins:
        for dependency in plugin.depends_on:
            readers.setdefault(dependency.key, set()).add(plugin.name)
    rows = ["| event | what happened | | read by | mail to |", "| --- | --- | --- | --- | --- |"]
    for plugin in plugins:
        for event in sorted(plugin.publishes, key=lambda event: event.type):
            read_by = ", ".join(sorted(readers.get(event.key(plugin.name), ())))
            kind = "public" if event.public else "internal"
            recipients = ", ".join(sorted({notification.to for notification in event.notifications}))
            name = f"{plugin.name}.{event.key(plugin.name).routing_key}"
            rows.append(f"| `{name}` | {event.summary} | {kind} | {read_by} | {recipients} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Put it between the marks."""
    text = PAGE.read_text("utf-8")
    pattern = re.compile(r"(?<=<!-- events -->\n).*?(?=<!-- /events -->)", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: table(), text), "utf-8")


if __name__ == "__main__":
    main()
