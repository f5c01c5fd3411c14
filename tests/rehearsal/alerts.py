"""Alerts reach people: of each kind one is provoked, and a mail comes by Prometheus, Alertmanager and the relay.

Not here: what no rule knows (a public log that nginx does not serve), what takes a stream of votes and a recorder that
hangs (PublicLogLate), and errors of six hours (ServerErrorsGoOn). promtool shows those that have rules
(deploy/prometheus/rules_test.yml).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
import yaml
from tests.load.figures import Figure
from tests.rehearsal.engine import FOLDER, INSTALLATION, ROOT, Failed, run
from tests.rehearsal.failures import _cut
from tests.rehearsal.project import ON_CALL, WATCH, Project
from wsis_local.patience import Deadline

from wsis_demo.mailbox import Mailbox

RULES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text("utf-8"))
# A mail each minute, which Alertmanager gives up after one: of others it knows after five that the relay is away.
SETTINGS = {"WSIS_ALERTS_HEARTBEAT": "watch@wsis.example"}
SOONER = "1m"  # here, for those that wait until a state has lasted for longer than a rehearsal has time
LONG = ("ServerErrors", "CertificateEndsNow", "BackupLate")
GO_ON = ("AlertsNotSent", "ServerErrors", "BackupLate")  # they look back for minutes, or end with a backup
NEEDS = {"QueuesWithoutLeader": "rabbitmq_detailed_queue_info"}  # which RabbitMQ has from 4.1 on, and Debian's has not
AWAY_SECONDS, OVER_SECONDS = 300, 180
START = ("up", "-d", "--no-deps", "--no-build", "--no-recreate", "--wait")  # as they were, until they are healthy
LIMIT = re.compile(r"^vm_memory_high_watermark\.relative = (\S+)$", re.MULTILINE)


@contextmanager
def _cut_off(project: Project, name: str) -> Iterator[None]:
    begin, end = _cut(project, name)
    begin()
    try:
        yield
    finally:
        end()


@contextmanager
def _partition(project: Project) -> Iterator[None]:
    """Two brokers, and one that runs and reaches nobody."""
    with _cut_off(project, "rabbitmq-2"):
        yield


@contextmanager
def _memory_alarm(project: Project) -> Iterator[None]:
    """A broker that may use none."""
    [own] = LIMIT.findall((ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text("utf-8"))
    limit = ("rabbitmqctl", "-q", "set_vm_memory_high_watermark")
    project.inside("rabbitmq-1", *limit, "0")
    try:
        yield
    finally:
        project.inside("rabbitmq-1", *limit, own)


@contextmanager
def _certificate_ends(project: Project) -> Iterator[None]:
    """nginx shows one of the same key that is good for a day."""
    shown, ends = INSTALLATION / "tls/tls.crt", FOLDER / "ends.crt"
    former = shown.read_bytes()
    run("openssl", "x509", "-in", shown, "-signkey", INSTALLATION / "tls/tls.key", "-days", "1", "-out", ends)
    try:
        shown.write_bytes(ends.read_bytes())
        project.inside("nginx", "nginx", "-s", "reload")
        yield
    finally:
        shown.write_bytes(former)
        project.inside("nginx", "nginx", "-s", "reload")


@contextmanager
def _errors(project: Project) -> Iterator[None]:
    """Somebody asks a gateway each second for what a stopped service has."""
    address, over = f"http://{project.address('gateway-0')}:8000/v1/partnerships?edition=0000", threading.Event()

    def ask() -> None:
        while not over.wait(1):
            with suppress(httpx.HTTPError):
                httpx.get(address, timeout=30, trust_env=False)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


@contextmanager
def _relay_away(project: Project) -> Iterator[None]:
    """Until that is an alert, which is mailed when the relay is there again, as all that were raised meanwhile."""
    with _cut_off(project, "relay"):
        _until(lambda: "AlertsNotSent" in _firing(project), "no alert says that the relay is away", AWAY_SECONDS)
    yield


@dataclass(frozen=True)
class Round:
    """`stopped` are away and `causes` are in force until a mail has come about each of `alerts`, which says what is
    named beside it. Each mail has to come within `at_most` seconds."""

    stopped: tuple[str, ...]
    causes: tuple[Callable[[Project], AbstractContextManager[None]], ...]
    alerts: dict[str, str]
    at_most: float


# Nobody votes meanwhile. A rule waits for two minutes at most here, a figure is asked for each 15 s and judged each
# 15 s, a mail waits for 30 s.
ROUNDS = (
    Round(
        stopped=("partnerships", "mongo-2"),
        causes=(_partition, _memory_alarm, _certificate_ends, _errors),
        alerts={
            "PartDown": "partnerships",
            "BrokerBlocks": "",
            "BackupLate": "",  # its profile has not run yet
            "CertificateEndsNow": "",
            "ServerErrors": "",
            "NodeAlone": "",
            "StoreMemberAway": "",
        },
        at_most=240,
    ),
    Round(  # most members of the queues are away
        stopped=("nginx", "rabbitmq-1", "rabbitmq-2"),
        causes=(_relay_away,),
        alerts={"SiteDown": "", "BrokerDown": "", "QueuesWithoutLeader": "", "AlertsNotSent": "email"},
        at_most=300,
    ),
)
END = {alert for each in ROUNDS for alert in each.alerts} - {*GO_ON}


def alerts(project: Project, say: Callable[[str], None]) -> list[Figure]:
    """The seconds until the mail about each; all is whole afterwards. Raises Failed where a mail does not come."""
    waits = _judge_sooner()
    project.compose("--profile", "watch", "up", "-d", "--no-build", "--wait", *WATCH)
    suite = project.suite()
    figures = [figure for each in ROUNDS for figure in _provoke(each, project, suite.mailbox, waits, say)]
    suite.close()
    return figures


def wait_over(project: Project, ended: set[str]) -> None:
    """Until none of these is an alert any more, and each part finds itself ready. Raises Failed."""
    _until(
        lambda: not ended & _firing(project) and not _asked(project, "wsis_not_ready == 1"),
        f"one of {', '.join(sorted(ended))} does not end, or a part is not ready",
        OVER_SECONDS,
    )


def words(alert: str) -> list[str]:
    """What each mail about an alert says, whatever the figures and names in it. Raises KeyError without such a rule."""
    summary = str(by_name(RULES)[alert]["annotations"]["summary"])
    return [part.strip() for part in re.split(r"\{\{.*?\}\}", summary) if part.strip()]


def sooner(rules: dict[str, Any], chosen: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """A copy of the rules in which those that are chosen wait for SOONER, and for how long each of them waits as
    shipped."""
    copy = deepcopy(rules)
    cut = {alert: str(by_name(copy)[alert]["for"]) for alert in chosen}
    for alert in chosen:
        by_name(copy)[alert]["for"] = SOONER
    return copy, cut


def by_name(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The alerts in a file of rules."""
    return {rule["alert"]: rule for group in file["groups"] for rule in group["rules"] if "alert" in rule}


def _judge_sooner() -> dict[str, str]:
    """Prometheus reads the copy instead of what is shipped. Returns what is shipped."""
    rules, waits = sooner(RULES, LONG)
    (FOLDER / "rules.yml").write_text(yaml.safe_dump(rules, width=1000), "utf-8")
    more: dict[str, Any] = yaml.safe_load((FOLDER / "more.yaml").read_text("utf-8"))
    volumes = more["services"].setdefault("prometheus", {}).setdefault("volumes", [])
    volumes.append(f"{FOLDER / 'rules.yml'}:/etc/prometheus/rules.yml:ro")
    (FOLDER / "more.yaml").write_text(yaml.safe_dump(more), "utf-8")
    return waits


def _provoke(
    each: Round, project: Project, mailbox: Mailbox, waits: dict[str, str], say: Callable[[str], None]
) -> list[Figure]:
    figures, began = list[Figure](), time.monotonic()
    with ExitStack() as stack:
        stack.callback(project.compose, *START, *each.stopped)
        project.compose("stop", *each.stopped)
        for cause in each.causes:
            stack.enter_context(cause(project))
        for alert, what in each.alerts.items():
            if alert in NEEDS and not _asked(project, NEEDS[alert]):
                say(f"{alert} not provoked: this broker has no {NEEDS[alert]}")
                continue
            try:
                mailbox.wait(ON_CALL, seconds=2 * each.at_most, saying=[*words(alert), what])
            except TimeoutError as none:
                raise Failed(f"no mail about {alert}: {none}") from none
            shipped = f" (judged after {SOONER} here, as shipped after {waits[alert]})" if alert in waits else ""
            took = time.monotonic() - began
            figures.append(Figure(f"{alert} mailed after{shipped}", took, "s", at_most=each.at_most))
    ended = time.monotonic()
    wait_over(project, END)
    say(f"alerts about {', '.join(each.stopped)} over {time.monotonic() - ended:.0f} s after their causes")
    return figures


def _firing(project: Project) -> set[str]:
    return {*re.findall(r'alertname="(\w+)"', _asked(project, 'ALERTS{alertstate="firing"}'))}


def _asked(project: Project, query: str) -> str:
    """What Prometheus answers now; nothing where nothing is."""
    return project.inside("prometheus", "promtool", "query", "instant", "http://127.0.0.1:9090", query).strip()


def _until(condition: Callable[[], bool], otherwise: str, seconds: float) -> None:
    deadline = Deadline(seconds)
    while not condition():
        if deadline.passed:
            raise Failed(f"{otherwise}: not within {seconds:.0f} s")
        time.sleep(1)


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
        full[title] = full.get(title, False) or bool(_asked(project, query))
    empty = [title for title, has_data in full.items() if not has_data]
    say(f"panels without data: {'; '.join(empty) or 'none'}")
    return Figure(f"panels without data, of {len(full)}", len(empty), "panels")
