"""Submissions as clients use them: through the real gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_shared import clock, mongo
from wsis_testkit import wait_for
from wsis_testkit.gateway import running_gateway
from wsis_testkit.tokens import TokenSigner

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import link_key

OPEN = "/v1/consultations/2098"


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway") / "log"


@pytest.fixture(scope="module")
def http(
    environment: dict[str, str], fake_service: Any, serve: Any, signer: TokenSigner, logs: Path
) -> Iterator[tuple[httpx.Client, Any]]:
    fake_service(
        "accounts",
        jwks=signer.jwks,
        contacts=lambda ids: [
            {"account": id, "email": f"{id}@ngo.example", "names": "Ada", "locale": "fr"} for id in ids
        ],
    )
    served = serve("consultation", seed=True)
    _open_edition()
    settings = {
        **environment,
        "WSIS_GATEWAY_PLUGINS": "consultation",
        "WSIS_KEYS_FROM": "accounts.jwks",
        "WSIS_LIMIT_DRAFT": "20/hour",
        "WSIS_LIMIT_NETWORK_FACTOR": "1",
    }
    with running_gateway(settings, logs) as client:
        wait_for(lambda: client.get("/readyz").json()["services"].get("consultation", {}).get("ready"), 30, "ready")
        yield client, served


def _open_edition() -> None:
    """An edition whose deadline is next week."""
    edition = editions.from_seed(reference.edition_seed(2017))
    edition["_id"] = OPEN.rpartition("/")[2]
    move = clock.now() + timedelta(days=7) - editions.submissions_close_at(edition)
    for phase in edition["phases"]:
        phase["start"], phase["end"] = phase["start"] + move, phase["end"] + move
    mongo.in_transaction(lambda: Editions(mongo.database("consultation")).save("editions", edition))


@pytest.fixture
def client(http: tuple[httpx.Client, Any]) -> httpx.Client:
    return http[0]


@pytest.fixture
def token(signer: TokenSigner) -> Callable[..., dict[str, str]]:
    return lambda who="ada", role="member": {"Authorization": f"Bearer {signer.token(role, sub=who)}"}


def test_stranger_comes_back_by_the_link_and_no_log_has_its_key(
    http: tuple[httpx.Client, Any], logs: Path, make_answers: Any
) -> None:
    client, served = http
    saved = client.post(f"{OPEN}/drafts", json={"email": "eve@ngo.example", "answers": {"full_name": "Eve"}})
    assert saved.status_code == 201, saved.text
    draft = saved.json()["draft"]
    key = link_key(draft)
    assert key not in saved.text
    opened = client.post(f"{OPEN}/drafts/{draft}/reading", json={"key": key})
    assert opened.json()["answers"] == {"full_name": "Eve", "email": "eve@ngo.example"}
    assert client.get(f"{OPEN}/drafts/{draft}").status_code == 401
    sent = client.post(
        f"{OPEN}/submissions", json={"draft": draft, "key": key, "answers": make_answers(email=None), "language": "ru"}
    )
    assert sent.status_code == 201, sent.text
    receipt = sent.json()
    assert receipt["receipt"].startswith("OCP-2098-")
    read = client.post(f"{OPEN}/submissions/{draft}/reading", json={"key": key}).json()
    assert (read["language"], read["answers"]["email"]) == ("ru", "eve@ngo.example")
    withdrawn = client.post(f"{OPEN}/submissions/{draft}/withdrawal", json={"key": key})
    assert withdrawn.json()["state"] == "withdrawn"
    wrong = client.post(f"{OPEN}/drafts/{draft}/reading", json={"key": "0" * 40})
    assert wrong.status_code == 404
    for log in (logs, served.log):
        assert key not in log.read_text("utf-8", "replace")


def test_new_version_of_the_form_is_read_at_once(client: httpx.Client, token: Any) -> None:
    officer = token("officer", "officer")
    former = client.get(f"{OPEN}/form?stakeholder_type=academia")
    assert former.headers["Cache-Control"].startswith("public")
    version = client.get(f"{OPEN}/form/versions/{former.json()['version']}", headers=officer).json()
    for section in version["sections"]:
        section["title"]["en"] = section["title"]["en"].upper()
    body = {"base": version["version"], "sections": version["sections"], "reason": "Louder"}
    published = client.post(f"{OPEN}/form/versions", json=body, headers=officer)
    assert published.status_code == 201, published.text
    wait_for(
        lambda: (
            client.get(f"{OPEN}/form?stakeholder_type=academia").json()["sections"][0]["title"] == "YOUR INFORMATION"
        ),
        15,
        "the new version",
    )
    assert client.post(f"{OPEN}/form/versions", json=body, headers=token()).status_code == 403
    assert client.get(f"{OPEN}/form/schema?stakeholder_type=other").status_code == 422


def test_strangers_use_up_their_network_and_nothing_of_those_who_are_signed_in_or_have_a_link(
    client: httpx.Client, token: Any
) -> None:
    body = {"email": "nobody@ngo.example"}
    responses = [client.post(f"{OPEN}/draft-links", json=body) for _ in range(21)]
    assert responses[0].status_code == 202
    assert responses[-1].status_code == 429
    assert client.post(f"{OPEN}/draft-links", json=body, headers=token()).status_code == 202
    renewal = client.post(f"{OPEN}/link-renewals", json={"document": "0" * 32, "key": "0" * 40})
    assert (renewal.status_code, renewal.json()["code"]) == (404, "consultation.draft_unknown")
    assert "Retry-After" in responses[-1].headers
