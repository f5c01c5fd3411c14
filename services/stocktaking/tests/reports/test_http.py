"""A report through the real gateway: an officer builds it and publishes it, everybody reads it and asks its queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from wsis_shared.collection_specs import declare
from wsis_shared.mongo import in_transaction
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_stocktaking.plugin import plugin
from wsis_stocktaking.register.store.register import Publication, Register

from .. import generated
from ..chart_queries import differing

PERIOD = {"start": "2015-03-01", "end": "2016-03-31", "basis": "submitted"}
BODY = {"kind": "regional", "region": "arab_states", "period": PERIOD, "languages": ["en"]}
STORIES = {"kind": "success_stories", "edition": "2017", "languages": ["en"]}
REPORTS = "/v1/stocktaking-reports"


@pytest.fixture(scope="module")
def register(database: Any, make_content: Callable[..., Any]) -> Register:
    """Entries of before, in and after the period; one of before is updated in it, one of the period after it."""
    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    register = Register(db)
    made = list(generated.contents(120))
    moments = [datetime(year, 2, 1, tzinfo=UTC) for year in (2014, 2016, 2017)]
    for part, moment in enumerate(moments):
        works = [
            Publication(register.new_entry(f"e{number}", "submission", None, moment), content)
            for number, content in enumerate(made)
            if number % 3 == part
        ]
        in_transaction(lambda works=works, moment=moment: register.publish(works, moment))  # type: ignore[misc]
        again = "e0" if part == 1 else "e1"
        if part:
            content = make_content(countries=["EG"], title={"en": f"Updated {moment.year}"})
            in_transaction(
                lambda again=again, content=content, moment=moment: register.publish(  # type: ignore[misc]
                    [Publication(register.find(again), content)], moment
                )
            )
    return register


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner()


@pytest.fixture(scope="module")
def http(register: Register, fake_service: Any, serve: Any, signer: TokenSigner, open_gateway: Any) -> httpx.Client:
    fake_service("accounts", jwks=signer.jwks)
    serve("stocktaking", wait=False)
    return open_gateway("stocktaking")


@pytest.fixture
def officer(signer: TokenSigner) -> Callable[[], dict[str, str]]:
    """Headers of a request."""

    def headers() -> dict[str, str]:
        token = signer.token("officer", sub=uuid.uuid4().hex)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}

    return headers


def test_an_officer_publishes_a_report_whose_queries_everybody_can_ask(
    http: httpx.Client, officer: Callable[[], dict[str, str]]
) -> None:
    assert http.post(REPORTS, json=BODY).status_code == 401
    started = http.post(REPORTS, json=BODY, headers=officer())
    assert started.status_code == 202, started.text

    def ended() -> Any:
        job = http.get(started.headers["Location"], headers=officer()).json()
        return job if job["finished_at"] else None

    job = wait_for(ended, 120, "the end of the job")
    assert (job["state"], job["progress"]["done"]) == ("succeeded", 1)
    id = job["result"]["report"]
    draft = [f"{REPORTS}/{id}", f"{REPORTS}/{id}/page", f"{REPORTS}/{id}/file"]
    assert [http.get(address).status_code for address in draft] == [404] * 3
    published = http.put(
        f"/v1/stocktaking-report-versions/{id}/publication", json={"reason": "Agreed"}, headers=officer()
    )
    assert published.json()["status"] == "published"

    [listed] = wait_for(lambda: http.get(REPORTS).json()["items"], 30, "the list")
    report = http.get(f"{REPORTS}/{id}").json()
    assert (listed["id"], listed["total"]) == (id, report["statistics"]["total"])
    page = http.get(f"{REPORTS}/{id}/page")
    assert page.headers["content-type"].startswith("text/html")
    assert ("Updated 2016" in page.text, "Updated 2017" in page.text) == (True, False)
    assert http.get(f"{REPORTS}/{id}/file", params={"format": "pdf"}).content.startswith(b"%PDF-")
    assert report["statistics"]["total"] > 5

    def ask(address: str) -> Any:
        response = http.get(httpx.URL(address).raw_path.decode())
        assert response.status_code == 200, response.text
        return response.json()

    assert differing(page.text, "regional", report["statistics"], ask) == []


def test_success_stories_wait_for_the_announcement(http: httpx.Client, officer: Callable[[], dict[str, str]]) -> None:
    refused = http.post(REPORTS, json=STORIES, headers=officer())
    assert (refused.status_code, refused.json()["code"]) == (409, "stocktaking.winners_not_announced")
