"""Another user of the machine: every port on loopback is theirs to try, and command lines are theirs to read."""

from __future__ import annotations

import os
import smtplib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from wsis_local import broker
from wsis_local.stack import Stack
from wsis_local.store import Store

UNAUTHORIZED, AUTHENTICATION_FAILED = 13, 18  # codes of MongoDB
PASSWORDS = ("rabbitmq/password", "store/password", "mail/password", "secret")
FILES_WITH_SECRETS = ("environment", "supervisord.conf", "rabbitmq/rabbitmq.conf", "rabbitmq/.erlang.cookie")
# What reads, what writes, and what tells of others; a handshake is all that a stranger may do.
COMMANDS: list[dict[str, Any]] = [
    {"listDatabases": 1},
    {"find": "accounts"},
    {"aggregate": "accounts", "pipeline": [], "cursor": {}},
    {"count": "accounts"},
    {"getMore": 1, "collection": "accounts"},
    {"insert": "accounts", "documents": [{"_id": 1}]},
    {"delete": "accounts", "deletes": [{"q": {}, "limit": 0}]},
    {"dropDatabase": 1},
    {"createUser": "eve", "pwd": "eve", "roles": [{"role": "root", "db": "admin"}]},
    {"updateUser": "wsis", "pwd": "eve"},
    {"usersInfo": 1},
    {"getLog": "global"},
    {"currentOp": 1},
    {"fsync": 1},
]


@pytest.fixture(scope="module", autouse=True)
def a_mail_is_there(stack: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", stack.ports["smtp"]) as connection:
        connection.sendmail("suite@example.int", ["ana@example.org"], "Subject: Code\r\n\r\n482913")


def store_client(stack: Stack, login: str = "") -> MongoClient[dict[str, Any]]:
    address = f"mongodb://{login}127.0.0.1:{stack.ports['mongo']}/?directConnection=true"
    return MongoClient(address, serverSelectionTimeoutMS=5000)


def mail_page(stack: Stack) -> str:
    """Its address, as a port scan finds it."""
    return f"http://127.0.0.1:{stack.ports['mail_http']}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: next(iter(command)))
def test_the_store_does_nothing_without_its_password(stack: Stack, command: dict[str, Any]) -> None:
    for database in ("admin", "wsis_accounts"):
        with store_client(stack) as client, pytest.raises(OperationFailure) as refused:
            client[database].command(command)
        assert refused.value.code == UNAUTHORIZED


@pytest.mark.parametrize("login", ["wsis:wrong@", "eve:eve@", "admin:admin@"])
@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_the_store_refuses_a_wrong_password(stack: Stack, login: str, mechanism: str) -> None:
    address = f"mongodb://{login}127.0.0.1:{stack.ports['mongo']}/?directConnection=true&authMechanism={mechanism}"
    with MongoClient[dict[str, Any]](address) as client, pytest.raises(OperationFailure) as refused:
        client.admin.command("ping")
    assert refused.value.code == AUTHENTICATION_FAILED
    assert not Store(address).answers()


def test_the_store_asks_again_after_a_kill(stack: Stack) -> None:
    with MongoClient[dict[str, Any]](stack.store.uri) as client:
        client.kept.rows.insert_one({"_id": 1})
        [killed] = stack.kill("store")
        stack.wait_until(lambda: stack.pids().get("store", killed) != killed, "a new store")
        stack.wait_ready()
        assert client.kept.rows.find_one() == {"_id": 1}
    with store_client(stack) as client, pytest.raises(OperationFailure):
        client.kept.rows.find_one()


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/inbox.js", "/api/messages", "/api/messages/1", "/api/messages/1/raw", "/x"])
def test_mails_want_their_password_whatever_is_asked(stack: Stack, method: str, path: str) -> None:
    answer = httpx.request(method, mail_page(stack) + path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "482913" not in answer.text


@pytest.mark.parametrize("given", ["Basic", "Basic d3Npczo=", "Basic d3NpczpldmU=", "Bearer x", "é", "Basic é"])
def test_mails_refuse_a_wrong_password(stack: Stack, given: str) -> None:
    answer = httpx.get(f"{mail_page(stack)}/api/messages", headers={"Authorization": given.encode()})
    assert answer.status_code == 401


def test_mails_open_with_the_password_of_their_address(stack: Stack) -> None:
    shown = httpx.get(f"{stack.mail.web_uri}/api/messages/1")
    assert (shown.status_code, shown.json()["text"]) == (200, "482913\n")
    assert httpx.get(str(stack.mail.web_uri)).status_code == 200


def test_smtp_takes_mails_and_tells_of_none(stack: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", stack.ports["smtp"]) as connection:
        assert connection.verify("ana@example.org")[0] == connection.verify("nobody@example.org")[0] == 252
        answers = [connection.docmd(word)[0] for word in ("EXPN ana", "RETR 1", "ETRN example.org", "TURN")]
        assert all(answer >= 500 for answer in answers), answers


def test_the_broker_refuses_the_well_known_login(stack: Stack) -> None:
    assert not broker.accepts(f"amqp://guest:guest@127.0.0.1:{stack.ports['broker']}/")
    assert not broker.accepts(f"amqp://wsis:wsis@127.0.0.1:{stack.ports['broker']}/")
    management = f"http://127.0.0.1:{stack.ports['broker_http']}/api/overview"
    for auth in (None, ("guest", "guest"), ("wsis", "wsis")):
        assert httpx.get(management, auth=auth).status_code == 401


def test_each_has_a_password_of_its_own(stack: Stack) -> None:
    secrets = [(stack.run_dir / name).read_text() for name in PASSWORDS]
    uris = (str(stack.broker.amqp_uri), stack.store.uri, str(stack.mail.web_uri))
    assert [urlsplit(uri).password for uri in uris] == secrets[:3]
    assert len(set(secrets)) == 4
    assert min(map(len, secrets)) >= 32


def test_command_lines_and_logs_contain_no_password(stack: Stack) -> None:
    secrets = [(stack.run_dir / name).read_text() for name in PASSWORDS]
    family = [psutil.Process(os.getpid()), *psutil.Process(os.getpid()).children(recursive=True)]
    read = "".join(" ".join(process.cmdline()) for process in family)
    assert str(stack.run_dir / "store") in read
    read += "".join(log.read_text() for log in stack.logs.glob("*.log"))
    assert [secret for secret in secrets if secret in read] == []


def test_secrets_are_kept_and_readable_by_nobody_else(stack: Stack) -> None:
    assert stack.environment()["WSIS_SECRET"] == (stack.run_dir / "secret").read_text()
    for name in (*PASSWORDS, *FILES_WITH_SECRETS):
        assert (stack.run_dir / name).stat().st_mode & 0o077 == 0, name
    assert stack.environment()["WSIS_MONGO_URI"] not in repr(stack.store)
    assert str(stack.mail.web_uri) not in repr(stack.mail)


def test_nothing_of_the_run_directory_is_reached_by_others(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    with Stack(tmp_path / "run", parts=("mail",)) as stack:
        assert stack.run_dir.stat().st_mode & 0o777 == 0o700
