"""docs/scaling.md says what `make bench-scaling` printed, and what it computes from that."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from tests.load import flood, scaling

COSTS = {
    "gateway": 0.4,
    "voting-0": 0.2,
    "voting-1": 0.2,
    "broker-0": 0.3,
    "broker-1": 0.1,
    "store-0": 0.5,
    "prizes": 0.3,
}


def test_one_machine_holds_what_its_processors_carry() -> None:
    assert scaling.by_kind(COSTS) == pytest.approx(
        {"gateway": 0.4, "recorders": 0.4, "broker": 0.4, "store": 0.5, scaling.OTHERS: 0.3}
    )
    planned = scaling.size(COSTS, cores=16, machines=1)
    assert planned.rate == pytest.approx(1000 * 0.7 * 16 / 2.0)
    assert (planned.workers, planned.recorders) == (4, 4)  # 5,600 votes/s at 0.4 ms, on 70 % of a core each


def test_leader_and_primary_bound_what_many_machines_hold() -> None:
    assert scaling.size(COSTS, cores=16, machines=2).rate == pytest.approx(2 * 5600)
    assert scaling.size(COSTS, cores=16, machines=9).rate == pytest.approx(1000 * 0.7 * 16 / (0.3 + 0.5))


def test_the_page_computes_from_what_was_measured(project: Any) -> None:
    page = (project.root / "docs/scaling.md").read_text("utf-8")
    rows = re.findall(r"^ *(.+): ([\d,.e+]+) \S+.*$", page.partition("<!-- figures -->")[2], re.MULTILINE)
    if not rows:
        assert "Not measured yet" in page
        return
    last = {name: float(value.replace(",", "")) for name, value in rows}  # of three nodes, which stand last
    room = 1000 * scaling.SHARE * scaling.CORES
    bound = room / sum(last[f"processor, busiest node of the {kind}"] for kind in ("broker", "store"))
    one, all_of_it = room / last["processor, all"], scaling.MACHINES[-1]
    assert last[f"computed, {scaling.CORES} cores"] == pytest.approx(one, rel=0.02)
    assert last[f"computed, {all_of_it} machines of {scaling.CORES} cores"] == pytest.approx(
        min(all_of_it * one, bound), rel=0.02
    )
    kinds = [last[f"processor, {kind}"] for kind in scaling.by_kind(COSTS)]
    assert sum(kinds) == pytest.approx(last["processor, all"], rel=0.02)


def test_the_page_scales_as_the_chart_does(project: Any) -> None:
    page = " ".join((project.root / "docs/scaling.md").read_text("utf-8").split())
    values = yaml.safe_load((project.root / "services/voting/deploy/values.yaml").read_text("utf-8"))
    chart = values["parts"]["voting"]["scaling"]
    assert (
        f"{chart['minReplicas']} to {chart['maxReplicas']} recorders and {chart['messagesPerReplica']:,} mess" in page
    )
    assert f"short for {chart['cooldownSeconds']} s" in page
    assert chart["cpu"] == round(100 * scaling.SHARE)


def test_the_rule_of_the_chart_adds_at_once_and_takes_away_when_it_is_calm() -> None:
    rule = flood.scaler()
    assert (rule.wanted(0, 0), rule.wanted(2 * rule.each + 1, 15), rule.wanted(10**6, 30)) == (rule.least, 3, rule.most)
    calm = 30 + rule.calm
    assert [rule.wanted(0, now) for now in (45, calm, calm + 1)] == [rule.most, rule.most, rule.least]
