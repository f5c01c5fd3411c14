"""The mail catcher, over real SMTP and HTTP."""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from wsis_local.mail.mailbox import Mailbox, Query
from wsis_local.mail.smtp import listen
from wsis_local.ports import LOOPBACK, Ports
from wsis_local.stack import Stack
from wsis_testkit.tls import write_certificates


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("mail"), parts=("mail",)) as stack:
        yield stack


@pytest.fixture
def inbox(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=str(stack.mail.web_uri)) as client:
        client.delete("/api/messages").raise_for_status()
        yield client


def mail(to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "WSIS Prizes <prizes@example.int>", to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def send(stack: Stack, *messages: EmailMessage, to: list[str] | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", stack.ports["smtp"]) as connection:
        for message in messages:
            connection.send_message(message, to_addrs=to)


def listed(inbox: httpx.Client, **query: str | int) -> list[str]:
    answer = inbox.get("/api/messages", params=query)
    answer.raise_for_status()
    return [message["subject"] for message in answer.json()["messages"]]


def test_a_confirmation_code_is_read_by_recipient(stack: Stack, inbox: httpx.Client) -> None:
    send(stack, mail("ana@example.org", "Confirm", "Code 482913"), mail("li@example.org", "Confirm", "Code 1"))
    found = inbox.get("/api/messages", params={"to": "ANA@example.org"}).json()
    assert found["total"] == 1
    message = inbox.get(f"/api/messages/{found['messages'][0]['id']}").json()
    assert (message["to"], message["text"], message["html"]) == (["ana@example.org"], "Code 482913\n", None)


SUBJECTS = ["تأكيد تصويتك لمشروع WSIS", "确认您的电子邮件地址", "Подтвердите адрес ✓", "Confirmação"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_language_arrives_as_written(stack: Stack, inbox: httpx.Client, subject: str) -> None:
    message = mail("فاطمة <fatima@example.org>", subject, f"{subject}\n482913")
    message.add_alternative(f'<p dir="auto">{subject}</p>', subtype="html")
    send(stack, message)
    assert listed(inbox, subject=subject[2:7].upper()) == [subject]
    number = inbox.get("/api/messages").json()["messages"][0]["id"]
    shown = inbox.get(f"/api/messages/{number}").json()
    assert shown["text"] == f"{subject}\n482913\n"
    assert shown["html"] == f'<p dir="auto">{subject}</p>\n'
    assert shown["headers"]["To"] == "فاطمة <fatima@example.org>"


def test_headers_blind_copies_and_the_original_are_kept(stack: Stack, inbox: httpx.Client) -> None:
    headers = {"Message_ID": "<7@example.int>", "List_Unsubscribe": "<https://example.int/u>"}
    message = mail("ana@example.org", "Issue 7", "News", **headers)
    send(stack, message, to=["ana@example.org", "blind@example.org"])
    [found] = inbox.get("/api/messages", params={"message_id": "<7@example.int>"}).json()["messages"]
    assert found["to"] == ["ana@example.org", "blind@example.org"]
    assert found["headers"]["List-Unsubscribe"] == "<https://example.int/u>"
    raw = inbox.get(f"/api/messages/{found['id']}/raw")
    assert raw.headers["content-disposition"].startswith("attachment")
    assert b"Message-ID: <7@example.int>" in raw.content


def test_pages_go_backwards_and_after_gives_only_what_is_new(stack: Stack, inbox: httpx.Client) -> None:
    send(stack, *(mail("ana@example.org", f"Mail {number}", "x") for number in range(5)))
    newest = inbox.get("/api/messages", params={"limit": 2}).json()
    assert [message["subject"] for message in newest["messages"]] == ["Mail 4", "Mail 3"]
    assert newest["total"] == 5
    assert listed(inbox, limit=2, before=newest["messages"][-1]["id"]) == ["Mail 2", "Mail 1"]
    send(stack, mail("ana@example.org", "Mail 5", "x"))
    assert listed(inbox, after=newest["messages"][0]["id"]) == ["Mail 5"]


def test_many_senders_at_once_lose_nothing(stack: Stack, inbox: httpx.Client) -> None:
    def burst(sender: int) -> None:
        send(stack, *(mail(f"voter{sender}@example.org", f"{sender}/{number}", "x") for number in range(50)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(burst, range(8)))
    assert inbox.get("/api/messages", params={"limit": 1}).json()["total"] == 400
    assert sorted(listed(inbox, to="voter3@example.org")) == sorted(f"3/{number}" for number in range(50))


def test_mails_survive_a_killed_catcher(stack: Stack, inbox: httpx.Client) -> None:
    send(stack, mail("ana@example.org", "Kept", "x"))
    stack.stop_program("mail")
    stack.resume("mail")
    assert listed(inbox) == ["Kept"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "after=x", "colour=red"])
def test_a_query_that_makes_no_sense_is_refused(inbox: httpx.Client, query: str) -> None:
    answer = inbox.get(f"/api/messages?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_unknown_messages_and_addresses_are_not_found(inbox: httpx.Client) -> None:
    assert [inbox.get(path).status_code for path in ("/api/messages/999999", "/api/x", "/../etc/passwd")] == [404] * 3


def test_the_page_shows_html_where_no_script_runs(inbox: httpx.Client) -> None:
    page = inbox.get("/")
    assert 'sandbox=""' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert inbox.get("/inbox.js").status_code == inbox.get("/inbox.css").status_code == 200


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is in Debian's package chromium")
def test_a_browser_opens_the_address_with_the_password(stack: Stack, inbox: httpx.Client, tmp_path: Path) -> None:
    send(stack, mail("ana@example.org", "Confirm", "Code 482913"))
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        "--dump-dom",
        f"--user-data-dir={tmp_path}",
        str(stack.mail.web_uri),
    ]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert "1 message" in shown
    assert "ana@example.org" in shown


def test_wrong_and_missing_charsets_are_still_readable(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    unknown = b"Content-Type: text/plain; charset=no-such\r\n\r\nCode 482913\r\n"
    number = box.add("a@example.org", ["b@example.org"], unknown)
    bare = box.add("a@example.org", ["b@example.org"], b"no headers at all")
    assert "482913" in box.read(number)["text"]
    assert box.read(bare) is not None
    assert box.search(Query())["total"] == 2


def test_with_a_certificate_it_takes_mails_by_tls_alone(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    mailbox = Mailbox(tmp_path / "mails")
    receiver = listen(mailbox, LOOPBACK, Ports.free()["smtp"], str(tmp_path / "good.pem"))
    receiver.start()
    try:
        with smtplib.SMTP("localhost", receiver.port) as connection:
            with pytest.raises(smtplib.SMTPResponseException, match="STARTTLS"):
                connection.send_message(mail("ana@example.org", "In plain", "Code 482913"))
            connection.starttls(context=ssl.create_default_context(cafile=str(tmp_path / "ca.pem")))
            connection.send_message(mail("ana@example.org", "By TLS", "Code 482913"))
        assert [kept["subject"] for kept in mailbox.search(Query())["messages"]] == ["By TLS"]
    finally:
        receiver.stop()
        mailbox.close()
