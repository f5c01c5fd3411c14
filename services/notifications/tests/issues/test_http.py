"""Issues through the real gateway: officers write, everybody reads the archive."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from lxml import etree
from wsis_shared.mongo import in_transaction
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.sending import set_state

from ..issue_kit import content, section
from .test_use_cases import png

DRAFTS, ISSUES = "/v1/newsletter/compositions", "/v1/newsletter/issues"
SIGNER = TokenSigner()


@pytest.fixture(scope="module")
def http(serve: Any, fake_service: Any, open_gateway: Any) -> httpx.Client:
    fake_service("accounts", jwks=SIGNER.jwks, contacts=lambda ids: [], contacts_page=lambda **_: {})
    serve("notifications", wait=False)
    return open_gateway("notifications")


@pytest.fixture
def ask(http: httpx.Client) -> Callable[..., Any]:
    """An officer's request; its body, or AssertionError."""

    def request(method: str, path: str, status: int = 200, **options: Any) -> Any:
        token = SIGNER.token("officer", sub="ama")
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        response = http.request(method, path, headers=headers, **options)
        assert response.status_code == status, response.text
        return response.json() if "json" in response.headers.get("content-type", "") else response

    return request


@pytest.fixture(scope="module")
def issues(http: httpx.Client, database: Any) -> Issues:
    return Issues(database("notifications"))


def send(issues: Issues, id: str) -> None:
    for state in ("sending", "sent"):
        in_transaction(lambda state=state: set_state(issues, id, state))  # type: ignore[misc]


def test_an_issue_from_the_first_draft_to_the_archive(
    http: httpx.Client, ask: Callable[..., Any], issues: Issues
) -> None:
    assert http.post(DRAFTS, json=content()).status_code == 401
    assert http.get(ISSUES).json()["items"] == []  # cached until the event
    made = ask("POST", DRAFTS, 201, json=content())
    one = f"{DRAFTS}/{made['id']}"
    of_png = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="hall.png"'}
    image = ask("POST", f"{one}/images", 201, content=png(), headers=of_png)
    sections = [*made["content"]["sections"]]
    sections[0] = {**sections[0], "image": {"id": image["id"], "alt": {"en": "The hall"}}}
    version = ask("GET", one)["version"]
    changed = ask("PUT", one, json={**made["content"], "sections": sections, "version": version})
    refused = ask("PUT", one, 409, json={**made["content"], "version": version})
    assert refused["code"] == "notifications.issue_changed"

    page = ask("GET", f"{one}/page?lang=ar")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert ("ليلى حداد" in page.text, "%%" in page.text) == (True, False)
    text = ask("GET", f"{one}/text?lang=zh")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "尊敬的王芳：" in text.text
    report = ask("GET", f"{one}/check")
    assert report["ready"] is True
    codes = {row["code"] for row in report["findings"]}
    assert codes == {"link_not_https", "language_missing", "alt_untranslated", "title_long"}
    assert max(report["html_bytes"].values()) < 30_000
    ready = ask("PUT", f"{one}/state", json={"state": "ready", "version": changed["version"]})
    assert ready["state"] == "ready"
    assert http.get(f"{ISSUES}/{made['id']}/page").status_code == 404
    send(issues, made["id"])

    [listed] = wait_for(lambda: http.get(ISSUES).json()["items"], 15, "the archive")
    assert (listed["id"], listed["number"], listed["month"]) == (made["id"], made["number"], "2017-07")
    read = http.get(f"{ISSUES}/{made['id']}", headers={"Accept-Language": "fr"}).json()
    assert [row["language"] for row in read["sections"]] == ["fr", "fr", "en"]
    assert "<strong>Forum du SMSI 2017</strong>" in read["sections"][0]["html"]
    public = http.get(f"{ISSUES}/{made['id']}/page?lang=ru")
    assert (public.status_code, "Ама" in public.text, "%%" in public.text) == (200, False, False)
    assert "sandbox" in public.headers["content-security-policy"]
    assert "set-cookie" not in public.headers

    # Programs of readers and the sandboxed page load images from another origin.
    shown = http.get(f"/v1/newsletter/images/{image['id']}")
    assert shown.content == png()
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    again = http.get(f"/v1/newsletter/images/{image['id']}", headers={"If-None-Match": shown.headers["etag"]})
    assert again.status_code == 304

    feed = http.get("/v1/newsletter/feed?lang=es")
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    name = {"a": "http://www.w3.org/2005/Atom"}
    titles = etree.fromstring(feed.content).xpath("a:entry/a:title/text()", namespaces=name)
    assert titles == [content()["title"]["es"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("month", "2017-13"),
        ("title", {"en": "a\nb"}),
        ("sections", [section("forum", {"en": "x"}, {"en": "[" * 1_001})]),
    ],
)
def test_contents_are_checked_strictly(ask: Callable[..., Any], field: str, value: Any) -> None:
    assert field in str(ask("POST", DRAFTS, 422, json={**content(), field: value})["errors"])


@pytest.mark.parametrize(
    "written", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a;", b"%PDF-1.4\n%%EOF", b"text"]
)
def test_only_pictures_are_images(ask: Callable[..., Any], written: bytes) -> None:
    made = ask("POST", DRAFTS, 201, json=content())
    ask("POST", f"{DRAFTS}/{made['id']}/images", 415, content=written, headers={"Content-Type": "image/png"})
