"""Tables of the operator's manual say what the files of Compose, of the chart and of the code say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.architecture.compose_files import fragment
from wsis_shared.amqp import topology
from wsis_shared.destinations import PORTS
from wsis_shared.settings_page import read_by

from wsis_notifications.campaigns.rules import estimates, rates
from wsis_notifications.mails.mailer import CONNECTIONS
from wsis_notifications.settings import Settings as Mails

PUBLISHED = re.compile(r"(?:(127\.0\.0\.1):)?(?:\$\{(\w+):-(\d+)\}|(\d+)):\d+")
NODES = {"a node of the broker": "rabbitmq", "a member of the store": "mongo"}
ERLANG = {"4369", "25672"}  # of nodes among themselves, by default: no file of ours names them
UNITS = {"m": 20, "g": 30, "Mi": 20, "Gi": 30, "MiB": 20, "GiB": 30}
Parts = dict[str, dict[str, Any]]


def _page(project: Any, name: str) -> str:
    return str((project.root / "docs/operate" / name).read_text("utf-8"))


def _rows(text: str, head: str) -> Iterator[list[str]]:
    """The cells of the table whose first row begins so."""
    table = text.partition(f"\n| {head}")[2].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        if line.startswith("|"):
            yield [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _bytes(size: str) -> int:
    """Of `512m` (Compose), `512Mi` (Kubernetes) and `512 MiB` (the manual)."""
    number, unit = re.fullmatch(r"(\d+) ?(\w+)", size).groups()  # type: ignore[union-attr]
    return int(number) << UNITS[unit]


@pytest.fixture(scope="module")
def containers(project: Any) -> Parts:
    """Those that Compose keeps running."""
    files = [project.root / "deploy/compose.yaml", *project.root.glob("services/*/deploy/compose.yaml")]
    parts = {name: part for file in files for name, part in fragment(file).items()}
    return {name: part for name, part in parts.items() if part["restart"] != "no"}


@pytest.fixture(scope="module")
def chart(project: Any) -> Parts:
    """The parts of all releases."""
    files = [*sorted(project.root.glob("deploy/gateway*.values.yaml"), key=_length)]
    files += sorted(project.root.glob("services/*/deploy/values.yaml"))
    parts: Parts = {}
    for file in files:
        for name, part in yaml.safe_load(file.read_text("utf-8"))["parts"].items():
            parts[name] = {**parts.get(name, {}), **part}
    return parts


def _length(path: Path) -> int:
    """What changes another file of values comes after it, and has a longer name."""
    return len(path.name)


def test_the_index_has_each_page(project: Any) -> None:
    folder = project.root / "docs/operate"
    linked = {target for target in re.findall(r"\]\(([\w-]+\.md)\)", _page(project, "README.md"))}
    assert linked == {path.name for path in folder.glob("*.md")} - {"README.md"}


# -- ports.md ---------------------------------------------------------------------------------------------------------


def _ours(containers: Parts) -> set[str]:
    """Gateways, services and further processes."""
    images = {name for name, part in containers.items() if part["image"].startswith("wsis-")}
    return images - {"backup"}


def _listeners(project: Any, containers: Parts) -> set[tuple[str, str]]:
    """Container and port, wherever a file of the project says that somebody listens there."""
    deploy = project.root / "deploy"
    files = [path for path in project.files() if deploy in path.parents or path.match("services/*/deploy/compose.yaml")]
    aside = {deploy / name for name in ("local", "scaffold", "chart")}
    text = "".join(path.read_text("utf-8") for path in files if not aside & set(path.parents))
    found = {pair for pair in re.findall(r"(?<![\w-])([\w-]+):(\d{4,5})\b", text) if pair[0] in containers}
    tls = yaml.safe_load((deploy / "tls.yaml").read_text("utf-8"))["services"]
    for name, part in containers.items():
        checks = f"{part.get('healthcheck')}{tls.get(name, {}).get('healthcheck')}"
        found |= {(name, port) for port in re.findall(r"(?:tcp/[\w$.]+/|127\.0\.0\.1:)(\d{4,5})", checks)}
        found |= {(name, port) for port in re.findall(r"0\.0\.0\.0:(\d+)", str(part.get("environment")))}
    passwords = (deploy / "passwords.py").read_text("utf-8")
    management = re.findall(r'"(?:https?|amqps?)", (\d+)', passwords)
    found |= {(name, port) for name in containers if name.startswith("rabbitmq-") for port in management}
    [metrics] = re.findall(r"METRICS_PORT = (\d+)", passwords)
    found |= {(name, metrics) for name in _ours(containers)}
    nginx = (deploy / "nginx/nginx.conf").read_text("utf-8")
    return found | {("nginx", port) for port in re.findall(r"listen (\d+)", nginx)}


def test_ports_of_the_host_are_those_that_it_opens(project: Any, containers: Parts) -> None:
    opened = set()
    for name, part in containers.items():
        for port in part.get("ports", ()):
            host, setting, default, fixed = PUBLISHED.fullmatch(port).groups()  # type: ignore[union-attr]
            alone = f", on {host} alone" if host else ""
            opened.add((f"{default or fixed}{alone}", name, f"`{setting}`" if setting else ""))
    rows = list(_rows(_page(project, "ports.md"), "port | container"))
    assert sorted((port, name, setting) for port, name, _, setting in rows) == sorted(opened)


def test_ports_between_containers_are_those_that_somebody_listens_on(project: Any, containers: Parts) -> None:
    said: set[tuple[str, str]] = set()
    names: list[str] = []
    for who, ports, networks, askers in _rows(_page(project, "ports.md"), "containers | port | network"):
        if who != "the same":
            names = _names(who) or sorted(_ours(containers))
        said |= {(name, port) for name in names for port in re.findall(r"\d{4,5}", ports)}
        for name in [*names, *(each for each in _names(askers.partition(" but ")[0]) if each in containers)]:
            assert {*_names(networks)} & {*containers[name]["networks"]}, f"{name} is not in {networks}"
        assert {*_names(networks)} <= {each for name in names for each in containers[name]["networks"]}, names
    listeners = _listeners(project, containers)
    assert len(listeners) > 40
    assert listeners - said == set()
    assert {port for _, port in said - listeners} == ERLANG
    assert {name for name in _ours(containers) if "broker" not in containers[name]["networks"]} == {
        "notifications-sender"
    }


def test_ways_out_of_the_host_are_those_of_its_network(project: Any, containers: Parts) -> None:
    rows = list(_rows(_page(project, "ports.md"), "to | port | from"))
    assert {name for row in rows for name in _names(row[2])} == {
        name for name, part in containers.items() if "out" in part["networks"]
    }
    for to in ("webhooks of agencies", "identity providers"):
        [ports] = [row[1] for row in rows if row[0] == to]
        assert {int(port) for port in ports.split(", ")} == PORTS


def _of(cell: str, parts: Parts) -> set[str]:
    return {*parts} - {*_names(cell)} if cell.startswith("all but") else {*_names(cell)}


def test_the_policies_of_the_chart_are_those_of_the_manual(project: Any, chart: Parts) -> None:
    page = _page(project, "ports.md")
    values = yaml.safe_load((project.root / "deploy/chart/values.yaml").read_text("utf-8"))
    into = {(name, of, port) for name, part in chart.items() for of in part.get("from", ()) for port in _own(part)}
    ours = {name for name, part in chart.items() if "image" not in part}
    into |= {(name, "monitoring", values["probePort"]) for name in ours}
    rows = _rows(page, "parts | port | from")
    said = [(name, _names(of)[0], int(port)) for who, ports, of in rows for name in _of(who, chart)
            for port in ports.split(", ")]  # fmt: skip
    assert sorted(said) == sorted(into)
    out = {(name, to) for name in ours for to in ("dns", "collector", *chart[name].get("reaches", ()))}
    rows = list(_rows(page, "to | port | parts"))
    assert {(name, _names(to)[0]) for to, _, who in rows for name in _of(who, chart)} == out
    for to, ports, _ in rows:
        assert [int(port) for port in re.findall(r"\d+", ports)] == values["network"]["to"][_names(to)[0]]["ports"], to


def _own(part: dict[str, Any]) -> list[int]:
    return list(part["ports"].values())


# -- sizing.md --------------------------------------------------------------------------------------------------------


def _pods(part: dict[str, Any]) -> list[int]:
    """The least and the most; one number where they are the same."""
    scaling = part.get("scaling", {})
    return [scaling["minReplicas"], scaling["maxReplicas"]] if scaling else [part["replicas"]]


def _of_name(containers: Parts, name: str) -> Parts:
    return {each: part for each, part in containers.items() if re.fullmatch(rf"{name}(-\d)?", each)}


def _replicas(part: dict[str, Any]) -> int:
    return int(part.get("deploy", {}).get("replicas", 1))


def _added(project: Any) -> set[str]:
    """Parts of services that the manual does not know: whoever adds one edits nothing outside its folder."""
    page, services = _page(project, "sizing.md"), project.root / "services"
    files = [file for file in services.glob("*/deploy/*.yaml") if f"`{file.parts[-3]}`" not in page]
    loaded = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return {name for each in loaded for name in {**each.get("services", {}), **each.get("parts", {})}}


def _known(parts: Parts, added: set[str]) -> Parts:
    return {name: part for name, part in parts.items() if name not in added}


def test_sizes_are_those_of_compose_and_chart(project: Any, containers: Parts, chart: Parts) -> None:
    added = _added(project)
    containers, chart = _known(containers, added), _known(chart, added)
    seen = set()
    for cell, count, pods, processors, memory in _rows(_page(project, "sizing.md"), "part | containers"):
        name = NODES.get(cell) or _names(cell)[0]
        seen.add(name)
        running = _of_name(containers, name)
        assert int(count or 0) == sum(_replicas(part) for part in running.values()), name
        most = _bytes(memory.partition(";")[0])
        assert {most} >= {_bytes(part["mem_limit"]) for part in running.values()}, name
        if part := chart.get(name):
            assert [int(number) for number in re.findall(r"\d+", pods)] == _pods(part), name
            assert (processors, most) == (part["resources"]["requests"]["cpu"], _limit(part)), name
    assert seen == {re.sub(r"-\d$", "", name) for name in containers} | {*chart}


def _limit(part: dict[str, Any]) -> int:
    return _bytes(part["resources"]["limits"]["memory"])


def test_sums_of_sizes_are_right(project: Any, containers: Parts, chart: Parts) -> None:
    page, added = _page(project, "sizing.md"), _added(project)
    containers, chart = _known(containers, added), _known(chart, added)
    together = sum(_bytes(part["mem_limit"]) * _replicas(part) for part in containers.values()) / 2**30
    assert f"Compose: {together:.1f} GiB at most" in page
    assert f"are {together:.0f} GB together" in _page(project, "compose.md")
    always = [part for name, part in chart.items() if name != "gateway-pages"]
    asked, taken = [], []
    for which in (0, -1):
        asked.append(sum(_pods(each)[which] * int(each["resources"]["requests"]["cpu"][:-1]) for each in always) / 1000)
        taken.append(sum(_pods(each)[which] * _limit(each) for each in always) / 2**30)
    assert f"ask for {asked[0]:.1f} processors and may take {taken[0]:.1f} GiB" in page
    assert f"with all that scale, {asked[1]:.1f} and {taken[1]:.1f} GiB" in page


def test_bounds_of_disks_are_those_of_the_files(project: Any, chart: Parts) -> None:
    page, deploy = _page(project, "sizing.md"), project.root / "deploy"
    most = {kind: size / topology.GIB for kind, size in topology.MAX_BYTES.items()}
    assert most["events"] == most["mail"] == most["dead"]
    queues = f"{most['commands']:.0f} GiB of votes, {most['events']:.0f} GiB of events, mail or dead letters"
    assert f"{queues}, {most['jobs']} GiB of jobs" in page
    [free] = re.findall(r"disk_free_limit.absolute = (\d+)GB", (deploy / "rabbitmq/rabbitmq.conf").read_text("utf-8"))
    assert f"below {free} GB of free disk" in page
    logs = yaml.safe_load((deploy / "part.yaml").read_text("utf-8"))["services"]["part"]["logging"]["options"]
    size = int(logs["max-size"].removesuffix("m")) * int(logs["max-file"])
    assert f"| logs, each container of Compose | | {size} MB" in page
    assert f"({size} MB)" in _page(project, "incident.md")
    [claim] = [volume["size"] for volume in chart["voting"]["volumes"]]
    assert f"The chart's claim is {claim.removesuffix('Gi')} GiB" in page
    kept = re.search(r"`WSIS_BACKUP_KEEP` \| `(\d+)`", (project.root / "docs/settings.md").read_text("utf-8"))
    assert kept
    assert f"the newest {kept[1]} (`WSIS_BACKUP_KEEP`)" in page
    [index] = chart["stocktaking"]["scratch"]
    assert f"{index['size'].removesuffix('Gi')} GiB on Kubernetes" in page


# -- mail.md ----------------------------------------------------------------------------------------------------------


def test_the_warm_up_of_the_manual_is_what_the_estimate_says(project: Any) -> None:
    settings = Mails()
    warm_up = rates.parse_warm_up(settings.newsletter_warm_up)
    limits = rates.Limits(settings.newsletter_per_second, {}, settings.newsletter_per_day, warm_up)
    rows = list(_rows(_page(project, "mail.md"), "first campaign of the domain"))
    for since, said in rows:
        days = int((re.findall(r"\d+", since) or [0])[0])
        seconds = estimates.seconds(200_000, {}, limits, settings.newsletter_per_second, days)
        assert said == estimates.sentence(200_000, seconds, settings.newsletter_per_second), since
    assert len(rows) == 4
    by_domain = rates.Limits(settings.newsletter_per_second, rates.parse_domains(settings.newsletter_per_domain))
    half = estimates.seconds(200_000, {"gmail.com": 100_000}, by_domain, settings.newsletter_per_second)
    page = _page(project, "mail.md")
    assert f"the last one is {estimates.duration(half)}: " in page
    assert f"lets {by_domain.per_domain['gmail.com']:.0f} a second go there" in page
    assert f"up to {sum(CONNECTIONS.values())} connections from each process of `notifications`" in page
    assert f"{settings.newsletter_connections} from each of `notifications-sender`" in page
    assert f"up to {settings.newsletter_per_second:.0f} mails of campaigns a second" in page


def test_the_mailboxes_of_the_manual_are_all_that_need_no_signature(project: Any) -> None:
    boxes = [box for plugin in project.plugins for box in plugin.mailboxes]
    assert [box.pattern for box in boxes if not box.check] == ["complaints"]


# -- secrets.md -------------------------------------------------------------------------------------------------------


def test_every_secret_setting_has_a_row(project: Any) -> None:
    settings = (project.root / "docs/settings.md").read_text("utf-8")
    secret = set(re.findall(r"^\| `(WSIS_\w+)` \| `\(secret\)`", settings, re.MULTILINE))
    rows = list(_rows(_page(project, "secrets.md"), "secret, and"))
    assert secret - {name for row in rows for name in _names(row[0])} == set()
    assert [row[0] for row in rows if len(row) != 4 or not all(row)] == []
    files = {name for row in rows for name in _names(row[1]) if re.fullmatch(r"[a-z]+\.(env|json)|keyfile", name)}
    made = "".join((project.root / "deploy" / name).read_text("utf-8") for name in ("passwords.py", "compose"))
    assert len(files) > 6
    assert {name for name in files if name not in made} == set()


def test_settings_of_the_manual_are_read_by_somebody(project: Any) -> None:
    """Or by the scripts under deploy/."""
    known = set().union(*read_by(project.plugins).values())
    deploy = [path for path in project.files() if path.is_relative_to(project.root / "deploy")]
    deploy += project.root.glob("services/*/deploy/compose.yaml")
    known |= {name for path in deploy for name in re.findall(r"WSIS_\w+", path.read_text("utf-8"))}
    pages = (project.root / "docs/operate").glob("*.md")
    named = {(page.name, name) for page in pages for name in re.findall(r"WSIS_\w+[A-Z\d]", page.read_text("utf-8"))}
    assert {each for each in named if each[1] not in known} == set()
