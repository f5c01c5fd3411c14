"""Rules of campaigns, without broker or store."""

from __future__ import annotations

import functools
import random
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from wsis_notifications.campaigns.rules import estimates, figures, rates, returns, states
from wsis_notifications.campaigns.rules.message import Personal, compose, encoded_words, to_line
from wsis_notifications.campaigns.rules.outcomes import BACKOFF, row_outcome, status_of
from wsis_notifications.campaigns.rules.prepared import SLOTS, prepare
from wsis_notifications.campaigns.rules.return_path import return_path, row_of
from wsis_notifications.campaigns.rules.segments import matches
from wsis_notifications.campaigns.schemas import Segment
from wsis_notifications.campaigns.use_cases.limits import limits_of
from wsis_notifications.mails.rules.deliveries import Outcome
from wsis_notifications.mails.rules.message import Mailbox
from wsis_notifications.settings import Settings

NOW, HOUR = datetime(2017, 7, 1, tzinfo=UTC), timedelta(hours=1)
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([f"%%{slot}%%" for slot in SLOTS]),
        st.sampled_from(["\n", ".\n", "\n.", "...", " \n", "=", "x" * 90, "société ", "прогресс ", "信息", "%%", "\t"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    ),
    max_size=12,
).map("".join)
VALUES = st.fixed_dictionaries({slot: st.text(st.characters(exclude_categories=["Cs"]), max_size=90) for slot in SLOTS})


def _filled(text: str, values: dict[str, str], escape: Any = str) -> str:
    for slot in SLOTS:
        text = text.replace(f"%%{slot}%%", f"\0{slot}\0")
    for slot in SLOTS:
        text = text.replace(f"\0{slot}\0", escape(values[slot]))
    return text


def _one_line(value: str) -> str:
    return "".join(" " if char < " " or "\x7f" <= char <= "\x9f" or char in "\u2028\u2029" else char for char in value)


@given(TEXTS, VALUES)
def test_a_prepared_part_is_what_it_would_be_without_preparation(text: str, values: dict[str, str]) -> None:
    prepared = prepare(text, None)
    content = prepared.head + b"\r\n" + b"".join(prepared.fill(values))
    assert content.endswith(b"\r\n")
    assert not any(line.startswith(b".") for line in content.split(b"\r\n"))
    assert max(map(len, content.split(b"\r\n"))) < 998
    mail = message_from_bytes(content, policy=policy.default)
    wanted = _filled(text.rstrip("\n") + "\n", values, _one_line).replace("\n", "\r\n")
    assert mail.get_payload(decode=True).decode() == wanted  # type: ignore[union-attr]


def test_values_are_escaped_in_html_and_are_no_templates() -> None:
    prepared = prepare("%%greeting_name%%", "<p>%%greeting_name%%</p>")
    name = "{{7*7}}<b>&%%unsubscribe_url%%\r\nBcc: x@y.z"
    mail = message_from_bytes(
        prepared.head + b"\r\n" + b"".join(prepared.fill({**dict.fromkeys(SLOTS, ""), "greeting_name": name})),
        policy=policy.default,
    )
    page = mail.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    assert "<p>{{7*7}}&lt;b&gt;&amp;%%unsubscribe_url%%  Bcc: x@y.z</p>" in page


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120))
def test_a_name_in_the_header_decodes_to_itself(name: str) -> None:
    header = to_line(Mailbox(name, "a@b.example"))
    assert all(len(line) <= 78 for line in header.split("\r\n")) or name.isascii()
    parsed = message_from_bytes(header.encode() + b"\r\n", policy=policy.default)["To"]
    assert [address.addr_spec for address in parsed.addresses] == ["a@b.example"]
    value = header.removeprefix("To: ").rpartition("<")[0].strip()
    # email.policy loses the joint of two encoded words in a phrase; `decode_header` reads them as RFC 2047 says.
    plain = value.startswith('"')
    assert (value[1:-1] if plain else str(make_header(decode_header(value)))) == name
    assert encoded_words(name).isascii()


def test_a_mail_has_each_header_once() -> None:
    personal = Personal(
        Mailbox("Ama Mensah", "ama@people.example"),
        "n.x@wsis.example",
        "<1@wsis.example>",
        dict.fromkeys(SLOTS, "x"),
        {"List-Unsubscribe": "<https://wsis.example/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    mail = compose(b"From: a@wsis.example\r\nSubject: x\r\n", prepare("x", "<p>x</p>"), personal, NOW, None)
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert sorted(parsed.keys()) == sorted(
        [
            "From",
            "Subject",
            "To",
            "Date",
            "Message-ID",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Content-Type",
        ]
    )
    assert not parsed.defects


@given(
    st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), max_size=80),
    st.sampled_from([0.0, 5.0, 50.0]),
    st.sampled_from([1.0, 3.0]),
    st.sampled_from([None, 0, 20]),
)
def test_no_rate_is_exceeded_and_no_mail_is_lost(
    domains: list[str], per_second: float, per_domain: float, left: int | None
) -> None:
    limits = rates.Limits(per_second, {"a.example": per_domain}, 0)
    mails = [(str(number), domain) for number, domain in enumerate(domains)]
    first = rates.plan(mails[:40], 1000.0, limits, {}, left)
    second = rates.plan(mails[40:], 1000.5, limits, first.next_at, None if left is None else left - len(first.starts))
    starts = first.starts | second.starts
    assert sorted([*starts, *first.later, *second.later]) == sorted(id for id, _ in mails)
    assert left is None or len(starts) <= left
    assert all(1000 <= at <= 1000.5 + rates.HORIZON for at in starts.values())
    limited = sorted(at for id, at in starts.items() if domains[int(id)] == "a.example")
    assert all(later - former > 0.99 / per_domain for former, later in zip(limited, limited[1:], strict=False))
    assert (first.due is None) == (not first.later)


def test_a_batch_is_due_when_its_first_row_is() -> None:
    tomorrow, tried = NOW + timedelta(days=1), {"_id": "tried", "state": "queued", "due": NOW + timedelta(minutes=5)}
    due = functools.partial(returns.next_due, planned={"dropped": 0}, later=tomorrow, lease=HOUR, now=NOW)
    held_back = {"_id": "held back", "state": "queued", "due": NOW - timedelta(minutes=5)}  # by the limit of the day
    assert due([held_back]) == tomorrow
    assert due([held_back, tried]) == tried["due"]
    assert due([held_back, {"_id": "dropped", "state": "queued"}]) == NOW
    assert due([held_back, {"_id": "dropped", "state": "sending"}]) == NOW + HOUR
    assert due([{"_id": "dropped", "state": "sent"}]) is None


def test_domains_with_rates_are_read_from_a_setting() -> None:
    assert rates.parse_domains(" Gmail.com=50, yahoo.com=2.5 ") == {"gmail.com": 50.0, "yahoo.com": 2.5}
    for wrong in ("gmail.com", "=5", "a=0", "a=-1", "a=x"):
        with pytest.raises(ValueError, match=r".+"):
            rates.parse_domains(wrong)


def test_an_estimate_heeds_each_rate() -> None:
    limits = rates.Limits(800.0)
    assert estimates.sentence(200_000, estimates.seconds(200_000, {}, limits, 1), 800) == (
        "200,000 at 800/s = 4 min 10 s"
    )
    slow = rates.Limits(800.0, {"gmail.com": 10.0})
    assert estimates.seconds(200_000, {"gmail.com": 36_000}, slow, 1) == 3600
    daily = rates.Limits(800.0, {}, 80_000)
    assert estimates.duration(estimates.seconds(200_000, {}, daily, 1)) == "2 d 50 s"


WARM_UP = rates.Limits(800.0, warm_up=rates.parse_warm_up("0=500, 1=1000,21=0"))


@pytest.mark.parametrize(("days", "per_hour"), [(0, 500), (0.9, 500), (1, 1000), (20.9, 1000), (21, 2_880_000)])
def test_a_new_sender_sends_more_from_day_to_day(days: float, per_hour: float) -> None:
    assert WARM_UP.after(days).per_second * 3600 == pytest.approx(per_hour)
    assert rates.Limits(0.1, warm_up=WARM_UP.warm_up).after(days).per_second == 0.1
    assert rates.Limits(0.0, warm_up=WARM_UP.warm_up).after(21).per_second == 0, "no limit at all"


@pytest.mark.parametrize("wrong", ["500", "0", "x=1", "0=-1", "1=500", "-1=5", "0=x"])
def test_a_warm_up_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rates.parse_warm_up(wrong)


def test_an_estimate_heeds_the_warm_up() -> None:
    assert estimates.seconds(500, {}, WARM_UP, 1, days=0) == pytest.approx(3600)
    assert estimates.seconds(12_000 + 24_000, {}, WARM_UP, 1, days=0) == pytest.approx(2 * 86_400)
    assert estimates.seconds(6_000 + 1_000, {}, WARM_UP, 1, days=0.5) == pytest.approx(43_200 + 3600)
    assert estimates.seconds(1_600, {}, WARM_UP, 1, days=30) == pytest.approx(2)
    assert estimates.seconds(1_600, {}, WARM_UP, 1) == pytest.approx(2)
    assert estimates.sentence(36_000, 2 * 86_400, 800) == "36,000 at 750/h = 2 d"


def test_settings_as_delivered_are_read() -> None:
    limits = limits_of(Settings())
    assert limits.per_domain["gmail.com"] == 20
    assert limits.warm_up[0] == (0, 500)
    assert limits.warm_up[-1] == (21, 0)


def test_the_relay_s_reply_decides() -> None:
    assert row_outcome(Outcome("retry", "rcpt 450"), 1).pause == BACKOFF[0]
    assert row_outcome(Outcome("retry", "rcpt 450"), len(BACKOFF) + 1).state == "failed"
    assert row_outcome(Outcome("failed", "rcpt 550 5.1.1"), 1).state == "bounced"
    assert status_of(row_outcome(Outcome("failed", "rcpt 550"), 1)) == "5.1.1"
    for ours in ("rcpt 550 5.7.1", "content 554 5.7.1", "rcpt 552 5.2.2", "smtputf8_not_offered"):
        assert row_outcome(Outcome("failed", ours), 1).state == "failed"
    assert row_outcome(Outcome("unknown", "no answer"), 1).state == "unknown"


def test_a_campaign_stops_by_itself_at_the_limits() -> None:
    assert states.pause_reason(499, 499, 0) is None
    assert states.pause_reason(500, 25, 0) is None
    assert states.pause_reason(500, 26, 0) == "hard_bounces"
    assert states.pause_reason(600, 0, 1) is None
    assert states.pause_reason(600, 0, 2) == "complaints"
    assert states.pause_reason(200_000, 0, 200) is None
    assert states.pause_reason(200_000, 0, 201) == "complaints"
    assert states.is_late(NOW - timedelta(minutes=61), NOW)
    assert not states.is_late(NOW - timedelta(minutes=60), NOW)


def test_a_segment_takes_who_has_one_of_each() -> None:
    reader, topics = {"language": "fr", "topics": ["forum"], "stakeholder_type": None, "region": "africa"}, ["forum"]
    assert matches(reader, {}, topics)
    assert matches(reader, {"languages": ["fr", "en"], "topics": ["forum", "prizes"], "regions": []}, topics)
    assert not matches(reader, {"languages": ["en"]}, topics)
    assert not matches(reader, {"stakeholder_types": ["government"]}, topics)
    assert not matches({**reader, "topics": []}, {"topics": ["forum"]}, topics)


def test_the_topics_of_an_issue_narrow_every_segment_but_that_of_all() -> None:
    reader = {"language": "fr", "topics": ["prizes"], "stakeholder_type": None, "region": None}
    assert not matches(reader, {}, ["forum"])
    assert not matches(reader, {"topics": ["prizes"]}, ["forum"])
    assert matches(reader, {}, ["forum", "prizes"])
    assert not matches(reader, {"topics": ["forum"]}, ["forum", "prizes"])
    assert matches(reader, {"topics": ["all"]}, ["forum"])
    assert matches(reader, {"topics": ["all", "prizes"]}, ["forum"])
    assert not matches(reader, {"topics": ["all"], "languages": ["en"]}, ["forum"])
    assert matches(reader, {}, None), "begun by a former version"


def test_figures_follow_each_change_of_a_row() -> None:
    dice = random.Random(1)
    rows = [
        {"state": "sent", "reason": None, "language": "fr", "domain": f"d{number % 3}.example"} for number in range(30)
    ]
    counted = figures.count(rows)
    for row in rows:
        after = {**row, "state": dice.choice(["sent", "bounced"]), "reason": dice.choice([None, "hard 5.1.1"])}
        counted = figures.moved(counted, row, after)
        row.update(after)
        assert counted == figures.count(rows)
    total = figures.total([counted])
    assert sum(item["count"] for item in total["states"]) == 30
    assert {item["name"] for item in total["domains"]} == {"d0.example", "d1.example", "d2.example"}
    hard = sum(row["state"] == "bounced" and row["reason"] is not None for row in rows)
    assert figures.tally(counted) == {"sent": 30, "hard": hard, "complaints": 0}


@given(st.binary(min_size=24, max_size=24))
def test_a_return_path_names_its_row_and_cannot_be_forged(raw: bytes) -> None:
    row = f"{raw[:8].hex()}|{raw[8:].hex()}"
    address = return_path(row, secret="s" * 32, domain="mail.wsis.example")
    assert len(address.partition("@")[0]) <= 64
    assert row_of(address.upper(), secret="s" * 32) == row
    assert row_of(address, secret="t" * 32) is None
    assert row_of(address.replace("n.", "b.", 1), secret="s" * 32) is None


def test_a_segment_names_topics_of_the_newsletter() -> None:
    assert Segment().load({"topics": ["prizes", "all"]})["topics"] == ["prizes", "all"]
    with pytest.raises(ValidationError, match="weather"):
        Segment().load({"topics": ["prizes", "weather"]})
