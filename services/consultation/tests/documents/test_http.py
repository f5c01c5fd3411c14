"""A document from what people submit to what everybody downloads: through the real gateway."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import uuid
from typing import Any

import docx
import httpx
import pytest
from lxml import html
from wsis_testkit import actor, wait_for
from wsis_testkit.tokens import TokenSigner

BASE = "/v1/consultations/2017"
VERSIONS = f"{BASE}/document-versions"


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner()


@pytest.fixture(scope="module")
def http(
    fake_service: Any,
    consultation: Any,
    signer: TokenSigner,
    open_gateway: Any,
) -> httpx.Client:
    def contacts(ids: list[str]) -> list[dict[str, Any]]:
        return [{"account": id, "email": f"{id}@ngo.example", "names": id, "locale": "en"} for id in ids]

    fake_service(
        "accounts", jwks=signer.jwks, contacts=contacts, profile=lambda account: {"account": account, "names": account}
    )
    return open_gateway("consultation")


@pytest.fixture(scope="module")
def officer(signer: TokenSigner) -> dict[str, str]:
    return {"Authorization": f"Bearer {signer.token('officer', sub=uuid.uuid4().hex)}"}


@pytest.fixture(scope="module")
def document(http: httpx.Client, officer: dict[str, str], consultation: Any, make_answers: Any) -> dict[str, Any]:
    """Version 1.1 of two submissions, one of them amended and a third withdrawn; published."""
    ada = actor("member", id="ada")

    def submit(**changes: Any) -> dict[str, Any]:
        sent = {
            "draft": None,
            "key": None,
            "answers": make_answers(**changes),
            "language": changes.pop("language", "en"),
        }
        receipt: dict[str, Any] = consultation.call("submit", ada, edition="2017", body=sent)
        return receipt

    first = submit(structure_programme="Fewer statements. Write to me: ada@ngo.example.")
    submit(organization_name="منظمة النيل", organization_country="EG", structure_programme="جلسات أكثر تفاعلاً")
    gone = submit(organization_name="Gone with the Wind")
    consultation.call(
        "withdraw_submission", ada, edition="2017", submission=gone["id"], body={"key": None, "reason": None}
    )
    theme = {"title": {"en": "Captions for all"}, "description": {}, "submissions": [first["id"]], "requests": []}
    consultation.call("create_theme", consultation.officer, edition="2017", body=theme)
    built = run(
        http,
        officer,
        http.post(
            VERSIONS,
            headers=key(officer),
            json={
                "kind": "outcomes",
                "version": "1.1",
                "languages": ["en", "ar"],
            },
        ),
    )
    path = f"{VERSIONS}/{built['document']}"
    prose = {"executive_summary": {"en": "Two inputs.", "ar": "مساهمتان."}}
    read = {"If-Match": http.get(path, headers=officer).headers["ETag"]}
    assert http.put(f"{path}/prose", headers=key(officer) | read, json=prose).json()["outdated"] == ["en", "ar"]
    run(http, officer, http.post(f"{path}/files", headers=key(officer)))
    published = http.put(f"{path}/publication", headers=key(officer), json={})
    assert published.status_code == 200, published.text
    return built


def key(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Idempotency-Key": uuid.uuid4().hex}


def run(http: httpx.Client, officer: dict[str, str], started: httpx.Response) -> dict[str, Any]:
    """The result of a job that was started."""
    assert started.status_code in (200, 202), started.text

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = http.get(f"/v1/jobs/{started.json()['id']}", headers=officer).json()
        return job if job["state"] not in ("waiting", "queued", "running") else None

    job = wait_for(ended, 60, "the job")
    assert job["state"] == "succeeded", job
    result: dict[str, Any] = job["result"]
    return result


def test_everybody_finds_and_reads_a_published_document(http: httpx.Client, document: dict[str, Any]) -> None:
    [listed] = http.get(f"{BASE}/documents", headers={"Accept-Language": "fr"}).json()["items"]
    assert (listed["title"], listed["version"], listed["total"]) == ("Résultats et analyse", "1.1", 2)
    read = http.get(f"{BASE}/documents/{document['document']}").json()
    assert (read["sha256"], read["statistics"]["total"]) == (document["sha256"], 2)
    assert "prose" not in read


def test_page_is_shown_in_a_sandbox_in_the_language_of_the_link(http: httpx.Client, document: dict[str, Any]) -> None:
    shown = http.get(f"{BASE}/documents/{document['document']}/page?lang=ar")
    assert shown.headers["content-type"].startswith("text/html")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "attachment" not in shown.headers.get("content-disposition", "")
    page = html.fromstring(shown.content)
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    text = page.text_content()
    assert "مساهمتان." in text
    assert "Health for All" in text
    assert "Captions for all" in text
    assert [leak for leak in ("ada@", "Umutoni", "Wangari", "Gone with the Wind") if leak in text] == []


def test_files_are_downloads_with_the_digest_as_etag(http: httpx.Client, document: dict[str, Any]) -> None:
    path = f"{BASE}/documents/{document['document']}"
    for one in http.get(path).json()["files"]:
        file = http.get(f"{path}/file", params={"format": one["format"], "language": one["language"]})
        assert file.headers["content-disposition"].startswith("attachment"), one
        assert hashlib.sha256(file.content).hexdigest() == one["sha256"]
        assert len(file.content) == one["size"]
        if one["format"] == "docx":
            texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(file.content)).paragraphs]
            assert any("منظمة النيل" in text for text in texts)
    model = http.get(f"{path}/file", params={"format": "json"}).content
    assert hashlib.sha256(gzip.decompress(model)).hexdigest() == document["sha256"]
    assert json.loads(gzip.decompress(model))["submissions"][0]["organization"] == "Health for All"
    assert http.get(f"{path}/file", params={"format": "pdf", "language": "zh"}).status_code == 404
    assert http.get(f"{path}/file", params={"format": "exe"}).status_code == 422
