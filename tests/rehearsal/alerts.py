"""Alerts reach people: parts are stopped, and of each a mail comes by Prometheus, Alertmanager and the relay."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from tests.load.figures import Figure
from tests.rehearsal.engine import ROOT, Failed
from tests.rehearsal.project import ON_CALL, WATCH, Project

# By what the mail says. Nobody votes meanwhile; the others keep a majority.
STOPPED = {
    "partnerships": ("PartDown", "partnerships does not respond"),
    "rabbitmq-2": ("NodeAlone", "does not reach 1 of the broker's nodes"),
    "mongo-2": ("StoreMemberAway", "The store lacks 1 of its members"),
    "nginx": ("SiteDown", "The site does not answer visitors"),
}
# Two minutes until a state is an alert; a figure is asked for each 15 s and judged each 15 s, a mail waits for 30 s.
MOST_SECONDS = 240


def alerts(project: Project) -> list[Figure]:
    """Stop them together; the seconds until the mail about each. Raises Failed where one does not come."""
    project.compose("--profile", "watch", "up", "-d", "--no-build", "--wait", *WATCH)
    suite = project.suite()
    suite.mailbox.begin()
    began = time.monotonic()
    project.compose("stop", *STOPPED)
    figures = []
    for alert, words in STOPPED.values():
        try:
            suite.mailbox.wait(ON_CALL, seconds=2 * MOST_SECONDS, saying=[words])
        except TimeoutError as none:
            raise Failed(f"no mail about {alert}: {none}") from none
        figures.append(Figure(f"{alert} mailed after", time.monotonic() - began, "s", at_most=MOST_SECONDS))
    project.compose("start", *STOPPED)
    suite.close()
    return figures


def panels(service: str = "voting") -> list[tuple[str, str]]:
    """The panels of Grafana, each title with a query; `service` is the one that is chosen where one is."""
    boards = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "deploy/grafana/dashboards").iterdir())]
    return [
        (f"{board['title']}: {panel['title']}", target["expr"].replace("$service", service))
        for board in boards
        for panel in board["panels"]
        for target in panel["targets"]
    ]


def empty_panels(project: Project, say: Callable[[str], None]) -> Figure:
    """Those of which no query has data, named: nothing may have come back, and no agency may be told."""
    full: dict[str, bool] = {}
    for title, query in panels():
        said = project.inside("prometheus", "promtool", "query", "instant", "http://127.0.0.1:9090", query)
        full[title] = full.get(title, False) or bool(said.strip())
    empty = [title for title, has_data in full.items() if not has_data]
    say(f"panels without data: {'; '.join(empty) or 'none'}")
    return Figure(f"panels without data, of {len(full)}", len(empty), "panels")
