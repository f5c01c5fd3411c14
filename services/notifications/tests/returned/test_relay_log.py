"""Mails of unknown outcome are settled by what the log of the relay says of them, once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import actor, publish, wait_for

from wsis_notifications.returned import relay_log
from wsis_notifications.returned.rules import Report

from ..relay_lines import FATES, MAIL, OTHER, lines, message_key, settling, write
from ..sink import Sink


def read(*texts: str, wanted: str = MAIL) -> Report | None:
    return relay_log.read([text.encode() for text in texts], {wanted}).get(wanted)


@pytest.mark.parametrize(
    ("fates", "report"),
    [
        ((), Report("delayed")),
        (("sent",), Report("delivered")),
        (("away",), Report("delayed")),
        (("away", "sent"), Report("delivered")),
        (("nobody",), Report("hard", "5.1.1")),
        (("plain",), Report("hard", "5.0.0")),
        (("away", "full"), Report("soft", "5.2.2")),
    ],
)
@pytest.mark.parametrize("at", ["Dec  1 05:14:32", "2026-12-01T05:14:32.123456+00:00", "2026-12-01T05:14:32Z"])
def test_a_mail_is_found_by_its_message_id(fates: tuple[str, ...], report: Report, at: str) -> None:
    assert read(*lines(OTHER, "nobody", queue="A1B2C3D4E5"), *lines(MAIL, *fates, at=at)) == report


def test_a_mail_that_the_relay_did_not_accept_is_not_in_its_log() -> None:
    head, queue = "Dec  1 05:14:32 mail postfix", "4Xk2Lz1b3Zz9rT"
    client, message, *_ = lines(MAIL)
    assert read(client, message, f"{head}/smtpd[811]: lost connection after DATA from unknown[192.0.2.1]") is None
    # Its queue id is given to another mail.
    assert read(client, message, *lines(OTHER, "nobody", queue=queue)) is None


def test_a_mail_that_goes_through_a_filter_ends_as_its_second_queue_id_does() -> None:
    first, second = lines(MAIL, "sent", queue="AAAAA1"), lines(MAIL, "nobody", queue="BBBBB2")
    assert read(*first[:3], *second[:3], *first[3:], *second[3:]) == Report("hard", "5.1.1")


@pytest.mark.parametrize(
    "line",
    [
        "{head}/smtp[1]: {queue}: to=<a@b.example>, dsn=5.1.1, status=bounced (x)>, " + FATES["sent"],
        "{head}/smtp[1]: {queue}: to=<a>, dsn=5.1.1, status=bounced (@b.example>, relay=x, delay=1, delays=1, x",
        "{head}/smtpd[1]: NOQUEUE: reject: helo=<mail postfix/smtp[1]: {queue}: to=<a@b>, relay=x, delay=1, "
        "delays=1, dsn=5.1.1, status=bounced (x)>",
        "Dec  1 05:14:32 mail other: postfix/smtp[1]: {queue}: to=<a@b>, relay=x, delay=1, delays=1, dsn=5.1.1, "
        "status=bounced (x)",
        "{head}/smtp[1]: {queue}x: to=<a@b>, relay=x, delay=1, delays=1, dsn=5.1.1, status=bounced (x)",
    ],
)
def test_what_strangers_write_into_a_line_settles_nothing(line: str) -> None:
    hostile = line.format(head="Dec  1 05:14:32 mail postfix", queue="4Xk2Lz1b3Zz9rT")
    assert read(*lines(MAIL), hostile) == Report("delayed")


@given(st.lists(st.binary(max_size=300) | st.sampled_from([text.encode() for text in lines(MAIL, "nobody")])))
def test_any_bytes_are_read(some: list[bytes]) -> None:
    relay_log.read(some, {MAIL})


def test_a_rotated_log_is_read_in_its_order_and_no_more_than_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, log = lines(MAIL, "away", "sent"), tmp_path / "mail.log"
    write(log, *text[4:], at=300)
    write(tmp_path / "mail.log.1", *text[1:4], at=200)
    write(tmp_path / "mail.log.2.gz", *lines(OTHER, "sent"), at=100)
    write(tmp_path / "other.log", *lines(OTHER, "sent"), at=400)
    assert relay_log.search(log, {MAIL, OTHER}) == {MAIL: Report("delivered")}
    monkeypatch.setattr(relay_log, "CHUNK", 7)
    assert relay_log.search(log, {MAIL, OTHER}) == {MAIL: Report("delivered")}
    for size in (log.stat().st_size, log.stat().st_size + 30):  # the line of cleanup is beyond
        monkeypatch.setattr(relay_log, "BYTES", size)
        assert relay_log.search(log, {MAIL, OTHER}) == {}


def test_a_line_without_end_is_passed_over(tmp_path: Path) -> None:
    log, text = tmp_path / "mail.log", lines(MAIL, "sent")
    write(log, "x" * 3 * relay_log.CHUNK + text[1], *text[2:])
    assert relay_log.search(log, {MAIL}) == {}
    write(log, "x" * 3 * relay_log.CHUNK, *text)
    assert relay_log.search(log, {MAIL}) == {MAIL: Report("delivered")}


@pytest.mark.parametrize(("fate", "state"), [("sent", "sent"), ("nobody", "bounced")])
def test_a_mail_whose_sender_was_killed_before_the_answer_is_settled_once(
    accounts: Any, serve: Any, amqp_client: Any, sink: Sink, database: Any, relay_log_file: Path, fate: str, state: str
) -> None:
    settings = {"WSIS_SMTP_URI": sink.uri, "WSIS_SMTP_TIMEOUT": "2"}
    service, account, sink.mute = serve("notifications", **settings), accounts.add(), True
    db = database("notifications")
    data = {"account": account, "title": "Smart Villages", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    event = publish(amqp_client, "herald", "work_received", data)
    email = accounts.email(account)
    wait_for(lambda: sink.counts()[email], 30, "the mail to be taken")
    service.stop(signal.SIGKILL)
    again = serve("notifications", **settings)
    wait_for(lambda: db.deliveries.find_one({"event": event, "state": "unknown"}), 60, "an unknown outcome")

    unknown = settling(db, accounts)
    assert unknown.settle_unknown_mails() == 0  # there is no log
    write(relay_log_file, *lines(OTHER, "sent"))
    assert unknown.settle_unknown_mails() == 0
    write(relay_log_file, *lines(message_key(sink, email), fate))
    assert unknown.settle_unknown_mails() == 1
    assert unknown.settle_unknown_mails() == 0
    query = {"limit": 9, "after": None, "event": event, "account": None, "state": None}
    [row] = again.call("deliveries", actor("officer"), **query)["items"]
    assert row["state"] == state
    assert sink.counts()[email] == 1
    listed = again.call("deliveries", actor("officer"), **{**query, "state": "unknown"})["items"]
    assert listed == []
    assert "people.example" not in str(db.deliveries.find_one({"event": event}))
    again.stop(signal.SIGKILL)  # its relay ends with this test, and it would take the mail of the next one
