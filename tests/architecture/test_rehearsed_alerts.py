"""What `make rehearsal` provokes and waits for is what the rules say; the rehearsal itself takes root and podman."""

from __future__ import annotations

import re
from copy import deepcopy

from tests.rehearsal.alerts import LONG, ROUNDS, RULES, SOONER, by_name, sooner, words

PROVOKED = [alert for each in ROUNDS for alert in each.alerts]


def test_a_mail_is_known_by_what_its_rule_says() -> None:
    assert words("BrokerDown") == ["The broker confirms nothing:", "of its nodes respond"]
    assert [alert for alert in PROVOKED if not words(alert)] == []


def test_those_alone_are_judged_sooner_that_wait_for_more_than_two_minutes() -> None:
    minutes = {"s": 1 / 60, "m": 1, "h": 60}
    waits = {alert: re.findall(r"(\d+)([smh])", str(rule.get("for", ""))) for alert, rule in by_name(RULES).items()}
    long = {alert for alert in PROVOKED if sum(int(number) * minutes[unit] for number, unit in waits[alert]) > 2}
    assert long == {*LONG}


def test_the_copy_differs_in_how_long_these_wait_and_the_rules_stay_as_shipped() -> None:
    shipped = deepcopy(RULES)
    copy, cut = sooner(RULES, LONG)
    assert shipped == RULES
    assert cut == {"ServerErrors": "5m", "CertificateEndsNow": "10m", "BackupLate": "1h"}
    expected = {alert: rule | {"for": SOONER} if alert in LONG else rule for alert, rule in by_name(shipped).items()}
    assert by_name(copy) == expected
