"""Submissions, their files, list, counts and exports as clients use them: through the real gateway."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pikepdf
import pytest
from wsis_shared import clock
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_consultation.editions.rules import editions, reference

BASE = "/v1/consultations/2030"
ADDRESS = {"account": "ada", "email": "ada@ngo.example", "names": "Ada Umutoni", "locale": "en"}
PROFILE = {"account": "ada", "organization": "Health", "country": "RW", "stakeholder_type": "civil_society"}


def _open_edition() -> dict[str, Any]:
    """The consultation of 2017, moved so that submissions are open now."""
    edition = editions.from_seed(reference.edition_seed(2017))
    ahead = clock.now() - datetime(2016, 12, 1, tzinfo=UTC)
    phases = [{**phase, "start": phase["start"] + ahead, "end": phase["end"] + ahead} for phase in edition["phases"]]
    return {**edition, "_id": "2030", "phases": phases, "version": 1}


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner()


@pytest.fixture(scope="module")
def http(
    fake_service: Any,
    serve: Any,
    database: Any,
    signer: TokenSigner,
    open_gateway: Any,
) -> httpx.Client:
    fake_service("accounts", jwks=signer.jwks, profile=lambda account: PROFILE, contacts=lambda ids: [ADDRESS])
    serve("consultation", seed=True, wait=False)
    database("consultation")["editions"].insert_one(_open_edition())
    return open_gateway("consultation")


@pytest.fixture
def token(signer: TokenSigner) -> Callable[..., dict[str, str]]:
    """`token("officer")`: the header of an account with this role."""

    def make(*roles: str, sub: str = "", **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {signer.token(*roles, sub=sub or uuid.uuid4().hex, **claims)}"}

    return make


@pytest.fixture
def submission(http: httpx.Client, token: Any, make_answers: Any) -> dict[str, Any]:
    """The receipt of a submission of ada: civil society, Africa, C3 and C7.e-health, SDG 3, a workshop."""
    answers = make_answers(email=None, organization_name="Health")
    answers["requests"][0]["speakers"][0]["email"] = "wangari@ngo.example"
    sent = http.post(f"{BASE}/submissions", json={"answers": answers}, headers=token(sub="ada"))
    assert sent.status_code in (200, 201), sent.text
    receipt: dict[str, Any] = sent.json()
    return receipt


def _pdf(**root: Any) -> bytes:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    pdf.Root.update({f"/{name}": value for name, value in root.items()})
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_cached_coverage_follows_submissions_at_once(http: httpx.Client, token: Any, make_answers: Any) -> None:
    def total() -> int:
        return int(http.get(f"{BASE}/coverage").json()["total"])

    before = total()
    sent = http.post(
        f"{BASE}/submissions",
        json={"answers": make_answers(email=None, organization_name="Radio")},
        headers=token(sub="ada"),
    ).json()
    wait_for(lambda: total() == before + 1, 10, "the submission")
    taken_back = f"{BASE}/submissions/{sent['id']}/withdrawal"
    assert http.post(taken_back, json={"reason": None}, headers=token(sub="ada")).status_code == 200
    wait_for(lambda: total() == before, 10, "the withdrawal")


def test_who_may_read_the_list(http: httpx.Client, token: Any, submission: dict[str, Any]) -> None:
    assert http.get(f"{BASE}/submissions").status_code == 401
    assert http.get(f"{BASE}/submissions", headers=token()).status_code == 403
    who = token("agency", agency="who")
    assert submission["id"] in [each["id"] for each in http.get(f"{BASE}/submissions", headers=who).json()["items"]]
    read = http.get(f"{BASE}/submissions/{submission['id']}/input", headers=who)
    assert read.json()["requests"][0]["speakers"] == [
        {"name": "Wangari Otieno", "organization": "Health for All", "country": "KE"}
    ]
    assert "structure_programme" in read.json()["answers"]
    assert not any(word in read.text for word in ("ada@ngo.example", "Ada Umutoni", "wangari@"))
    other = token("agency", agency="unwto")
    assert http.get(f"{BASE}/submissions/{submission['id']}/input", headers=other).status_code == 404
    assert http.get(f"{BASE}/submissions", headers=other).json()["items"] == []
    assert http.get(f"{BASE}/submissions/contacts", headers=who).status_code == 403


def test_the_list_leaves_with_titles_beside_its_codes(
    http: httpx.Client, token: Any, submission: dict[str, Any]
) -> None:
    file = http.get(f"{BASE}/submissions?format=csv&lang=fr", headers=token("officer"))
    table = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    row = next(each for each in table if each["id"] == submission["id"])
    assert (row["stakeholder_type"], row["stakeholder_type.label"]) == ("civil_society", "Société civile")
    assert (row["kind.label"], row["request_kinds.label"]) == ("Contribution officielle", "Atelier")
    assert (row["country.label"], row["region.label"]) == ("Rwanda", "Afrique")
    assert row["sdgs.label"] == "Bonne santé et bien-être"
    public = http.get(f"{BASE}/contributions?format=csv").text.splitlines()[0].split(",")
    assert {"country.label", "stakeholder_type.label", "action_lines.label"} <= set(public)


def test_file_is_uploaded_published_and_never_shown_inline(
    http: httpx.Client, token: Any, submission: dict[str, Any]
) -> None:
    content = _pdf()
    path = f"{BASE}/submissions/{submission['id']}/attachments"
    named = {"Content-Disposition": 'attachment; filename="plan.pdf"'}
    made = http.post(path, content=content, headers={**token(sub="ada"), **named})
    assert made.status_code == 201, made.text
    file = f"{BASE}/attachments/{made.json()['id']}"
    assert http.get(file).status_code == 404
    shown = http.put(f"{file}/publication", json={"published": True}, headers=token("officer"))
    assert shown.status_code == 200, shown.text
    sent = http.get(file)
    assert sent.content == content
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert [each["filename"] for each in http.get(path).json()["items"]] == ["plan.pdf"]


def test_refused_file_says_why_in_the_language_of_its_owner(
    http: httpx.Client, token: Any, submission: dict[str, Any]
) -> None:
    path = f"{BASE}/submissions/{submission['id']}/attachments"
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    files = {"file": ("plan.pdf", _pdf(OpenAction=script), "application/pdf")}
    refused = http.post(path, files=files, headers={**token(sub="ada"), "Accept-Language": "fr"})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "consultation.attachment_refused"
    assert problem["title"] == "Le fichier est refusé"
    [error] = problem["errors"]
    assert (error["field"], error["messages"]) == (
        "file",
        ["Le fichier contient des scripts ou des macros : enregistrez-le sans eux."],
    )
    text = http.post(path, content=b"plain text", headers=token(sub="ada"))
    assert text.status_code == 415
    large = http.post(path, content=b"%PDF-1.7\n" + bytes(10_000_001), headers=token(sub="ada"))
    assert large.status_code == 413
