"""A new service brings a role, a rate class, a template filter, a reference set, a collection and a migration: all are
used through the other services and the gateway, none of which was edited."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.integration.guild_service import NAME, installed
from wsis_shared import mongo
from wsis_shared.context import Actor
from wsis_testkit import make_context, refused, serve
from wsis_testkit.gateway import running_gateway

ROOT = Path(__file__).parents[2]
WSIS = str(Path(sys.executable).with_name("wsis"))


@pytest.fixture(scope="module", autouse=True)
def guild(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The grown service, on the path as an installed distribution is."""
    with installed(tmp_path_factory.mktemp("services")):
        yield


def wsis(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, WSIS, *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def http(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The real gateway."""
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": f"{NAME},accounts"}
    with running_gateway(settings, tmp_path_factory.mktemp("gateway") / "log") as client:
        yield client


def test_the_check_passes_and_the_settings_name_the_rate(environment: dict[str, str]) -> None:
    wsis(environment, "check")
    assert "| `WSIS_LIMIT_GUILD_ENTRIES` | `3/minute` | Entries of the guild |" in wsis(environment, "settings")


def test_the_role_is_granted_by_an_officer_through_accounts(
    environment: dict[str, str], serve_accounts: Any, http: httpx.Client
) -> None:
    def appointed(name: str, role: str) -> Actor:
        typed = ("--email", f"{name}@example.org", "--given-name", name, "--family-name", "Mensah", "--role", role)
        return Actor(wsis(environment, "accounts", "officer", *typed).strip(), ("member", role))

    ama, steward, officer = appointed("ama", "steward"), appointed("esi", "steward"), appointed("kofi", "officer")
    body = {"roles": [], "reason": "The guild is closed"}
    with refused("accounts.authority_ended"):
        serve_accounts("set_roles", steward, account=ama.id, body=body)
    assert serve_accounts("set_roles", officer, account=ama.id, body=body)["roles"] == ["member"]
    schemas = http.get("/openapi.json").json()["components"]["schemas"]
    assert "steward" in schemas["Roles"]["properties"]["roles"]["items"]["enum"]


@pytest.fixture(scope="module")
def serve_accounts(
    environment: dict[str, str], amqp_client: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """`serve_accounts(method, actor, ...)`: a request to the accounts service, in a process of its own."""
    for command in ("migrate", "indexes"):
        wsis(environment, command, "accounts")
    served = serve("accounts", environment, amqp_client, tmp_path_factory.mktemp("accounts"))

    def request(method: str, who: Any, **arguments: Any) -> Any:
        return amqp_client.request("accounts", method, arguments, make_context(who), timeout=10)

    yield request
    served.stop()


def test_the_rate_class_counts_its_routes(http: httpx.Client) -> None:
    answers = [http.post("/v1/guild", json={"title": "Radio"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[0].headers["ratelimit-policy"] == '"guild_entries";q=3;w=60'


def test_the_reference_set_is_served(http: httpx.Client) -> None:
    assert "guild_badges" in {row["set"] for row in http.get("/v1/reference").json()["items"]}
    rows = http.get("/v1/reference/guild_badges", headers={"Accept-Language": "fr"}).json()["items"]
    assert rows == [{"code": "gold", "title": "Insigne d'or"}]


def test_the_filter_is_known_to_notifications(environment: dict[str, str]) -> None:
    program = (
        "from wsis_notifications.mails import templates\nfrom wsis_shared.plugin import discover\n"
        "print(templates.filters_of(discover())['badge']('gold', 'fr'))"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    said = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "Insigne d'or"


def test_the_migration_runs_by_the_command(environment: dict[str, str]) -> None:
    entries = mongo.database(NAME)["entries"]
    entries.insert_many([{"_id": str(number), "name": f"Radio {number}", "owner": "ada"} for number in range(3)])
    assert "entries 2: 3 documents would be expanded" in wsis(environment, "migrate", NAME, "--dry-run")
    assert "entries 2: 3 documents are expanded" in wsis(environment, "migrate", NAME)
    assert entries.count_documents({"name": "Radio 1", "title": "Radio 1"}) == 1
    assert "entries 2: not contracted" in wsis(environment, "migrate", NAME)
    assert "nothing left to migrate" in wsis(environment, "migrate", NAME, "--contract")
    assert entries.count_documents({"name": {"$exists": True}}) == 0


def test_the_collection_has_its_indexes(environment: dict[str, str]) -> None:
    wsis(environment, "indexes", NAME)
    assert "owner" in mongo.database(NAME)["entries"].index_information()
