"""Discussions as clients use them: through the real gateway."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from lxml import etree
from wsis_testkit import publish, wait_for
from wsis_testkit.event_stream import EventClient
from wsis_testkit.tokens import TokenSigner

BASE = "/v1/consultations/2017"
TEXT = {"community": "youth", "language": "fr", "title": "Les jeunes", "text": "Vos idées ?"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner()


@pytest.fixture(scope="module")
def http(
    fake_service: Any,
    serve: Any,
    signer: TokenSigner,
    open_gateway: Any,
) -> httpx.Client:
    profile = {"names": "Ada Umutoni", "organization": "Réseau", "country": "RW", "stakeholder_type": "civil_society"}
    fake_service(
        "accounts", jwks=signer.jwks, profile=lambda account: {"account": account, **profile}, contacts=lambda ids: []
    )
    serve("consultation", seed=True, wait=False)
    return open_gateway("consultation")


@pytest.fixture(scope="module")
def token(signer: TokenSigner) -> Callable[..., dict[str, str]]:
    """`token("officer")`: the header of somebody new with this role."""

    def make(role: str = "member") -> dict[str, str]:
        return {"Authorization": f"Bearer {signer.token(role, sub=uuid.uuid4().hex)}"}

    return make


@pytest.fixture(scope="module")
def path(http: httpx.Client, token: Any) -> str:
    """The path of a discussion."""
    officer = token("officer")
    body = {"code": "youth", "title": {"en": "Youth", "fr": "Jeunesse"}}
    assert http.post(f"{BASE}/communities", json=body, headers=officer).status_code == 201
    opened = http.post(f"{BASE}/discussions", json=TEXT, headers=officer)
    assert opened.status_code == 201, opened.text
    return f"{BASE}/discussions/{opened.json()['id']}"


def test_comment_appears_in_the_list_and_in_the_feed_and_leaves_both_when_hidden(
    http: httpx.Client, token: Any, path: str
) -> None:
    posted = http.post(f"{path}/comments", json={"text": "Un **atelier**"}, headers=token())
    assert posted.status_code == 201
    number = posted.json()["number"]
    assert http.get(f"{path}/comments").json()["items"][0]["html"] == '<p dir="auto">Un <strong>atelier</strong></p>'

    def entries() -> list[str]:
        return etree.fromstring(http.get(f"{path}/feed").content).xpath("//a:content/text()", namespaces=ATOM)

    assert entries() == ['<p dir="auto">Un <strong>atelier</strong></p>']
    feed = http.get(f"{path}/feed", params={"lang": "fr"})
    assert feed.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "Commentaires de la consultation ouverte" in feed.text
    again = http.get(f"{path}/feed", params={"lang": "fr"}, headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    body = {"status": "hidden", "reason": "Hors sujet"}
    decided = http.put(f"{path}/comments/{number}/moderation", json=body, headers=token("officer"))
    assert decided.status_code == 200, decided.text
    wait_for(lambda: entries() == [], 10, "the comment to leave the feed")
    wait_for(lambda: http.get(f"{path}/comments/{number}").json()["html"] == "", 10, "the text to go")


def test_communities_and_discussions_follow_a_change_at_once(http: httpx.Client, token: Any, path: str) -> None:
    def titles() -> set[str]:
        return {row["title"] for row in http.get(f"{BASE}/communities").json()["items"]}

    def listed(filters: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = http.get(f"{BASE}/discussions?{filters}").json()["items"]
        return rows

    officer = token("officer")
    assert "Elders" not in titles()
    body = {"code": "elders", "title": {"en": "Elders"}}
    assert http.post(f"{BASE}/communities", json=body, headers=officer).status_code == 201
    wait_for(lambda: "Elders" in titles(), 10, "the community")
    one = f"{BASE}/communities/elders"
    assert http.get(one).json()["title"] == "Elders"
    change = {"title": {"en": "Older people"}}
    headers = {**officer, "If-Match": http.get(one).headers["ETag"]}
    assert http.put(one, json=change, headers=headers).status_code == 200
    wait_for(lambda: http.get(one).json()["title"] == "Older people" and "Older people" in titles(), 10, "the title")

    assert listed("community=elders") == []
    opened = http.post(f"{BASE}/discussions", json={**TEXT, "community": "elders"}, headers=officer).json()["id"]
    wait_for(lambda: [row["id"] for row in listed("community=elders")] == [opened], 10, "the discussion")
    discussion = f"{BASE}/discussions/{opened}"
    assert http.post(f"{discussion}/comments", json={"text": "Bien"}, headers=token()).status_code == 201
    wait_for(lambda: listed("community=elders")[0]["comments"] == 1, 10, "the count of comments")
    closed = {"state": "closed", "reason": "Over"}
    assert http.put(f"{discussion}/state", json=closed, headers=officer).status_code == 200
    wait_for(lambda: listed("community=elders")[0]["state"] == "closed", 10, "the end of the discussion")

    feed = f"{discussion}/feed"
    assert 'label="Older people"' in http.get(feed).text
    headers = {**officer, "If-Match": http.get(one).headers["ETag"]}
    assert http.put(one, json={"title": {"en": "Seniors"}}, headers=headers).status_code == 200
    wait_for(lambda: 'label="Seniors"' in http.get(feed).text, 5, "the community in the feed")


def test_feed_does_not_name_who_has_left(http: httpx.Client, signer: TokenSigner, path: str, amqp_client: Any) -> None:
    account = uuid.uuid4().hex
    leaver = {"Authorization": f"Bearer {signer.token('member', sub=account)}"}
    number = http.post(f"{path}/comments", json={"text": "Au revoir"}, headers=leaver).json()["number"]
    assert "Ada Umutoni" in http.get(f"{path}/feed").text
    publish(amqp_client, "accounts", "account_erased", {"account": account})
    one = f"{path}/comments/{number}"
    wait_for(lambda: "Ada Umutoni" not in http.get(one).text, what="the comment without its name")
    wait_for(lambda: "Ada Umutoni" not in http.get(f"{path}/feed").text, 10, "the feed without its name")
    assert "Au revoir" in http.get(f"{path}/feed").text


def test_newest_comments_arrive_as_a_stream(http: httpx.Client, token: Any, path: str) -> None:
    with EventClient(f"{str(http.base_url).rstrip('/')}{path}/comments?limit=1") as stream:
        stream.wait(1)
        number = http.post(f"{path}/comments", json={"text": "En direct"}, headers=token()).json()["number"]
        wait_for(lambda: [row["number"] for row in stream.data[-1]["items"]] == [number], what="the new comment")
        assert stream.data[-1]["items"][0]["author"] == "Ada Umutoni"


def test_cached_comments_follow_a_change_at_once_and_ones_own_are_apart(
    http: httpx.Client, token: Any, signer: TokenSigner, path: str
) -> None:
    author = token()
    number = http.post(f"{path}/comments", json={"text": "Un"}, headers=author).json()["number"]
    one, edit = f"{path}/comments/{number}", {"text": "Deux"}

    def texts() -> list[str]:
        read = http.get(one).json()
        flat = next(row for row in http.get(f"{path}/comments").json()["items"] if row["number"] == number)
        threads = http.get(f"{path}/threads").json()["items"][0]
        assert not {"markdown", "editable", "moderation", "report_count"} & {*read, *flat, *threads}
        return [read["html"], flat["html"], threads["html"]]

    def count() -> int:
        return int(http.get(path).json()["comments"])

    before = count()
    wait_for(lambda: texts() == ['<p dir="auto">Un</p>'] * 3, 10, "the comment")
    assert http.put(one, json=edit, headers=author).status_code == 200
    wait_for(lambda: texts() == ['<p dir="auto">Deux</p>'] * 3, 10, "the edit")
    reply = http.post(f"{path}/comments", json={"text": "Oui", "parent": number}, headers=token()).json()["number"]
    replies = f"{path}/threads/{number}/replies"
    wait_for(lambda: [row["number"] for row in http.get(replies).json()["items"]] == [reply], 10, "the reply")
    wait_for(lambda: count() == before + 1, 10, "the count")

    assert http.get(f"{path}/mine").status_code == 401
    [own] = http.get(f"{path}/mine", headers=author).json()["items"]
    assert (own["number"], own["markdown"], own["editable"]) == (number, "Deux", True)
    assert http.get(f"{path}/mine/{number}", headers=author).json() == own
    assert http.get(f"{path}/mine/{number}", headers=token()).json()["code"] == "consultation.not_the_author"
    assert http.get(f"{path}/mine/{10**6}", headers=author).json()["code"] == "consultation.comment_unknown"
    assert http.get(f"{one}/moderation", headers=author).status_code == 403
    body = {"status": "hidden", "reason": "Hors sujet"}
    assert http.put(f"{one}/moderation", json=body, headers=token("officer")).status_code == 200
    wait_for(lambda: texts() == ["", "", ""], 10, "the hidden text to go")
    assert http.get(f"{path}/mine", headers=author).json()["items"][0]["moderation"]["reason"] == "Hors sujet"
    decided = http.get(f"{one}/moderation", headers=token("officer")).json()
    assert (decided["markdown"], decided["moderation"]["reason"]) == ("Deux", "Hors sujet")


def test_account_comments_ten_times_a_minute(http: httpx.Client, token: Any, path: str) -> None:
    headers = token()
    statuses = [
        http.post(f"{path}/comments", json={"text": f"N° {count}"}, headers=headers).status_code for count in range(12)
    ]
    assert statuses[:10] == [201] * 10
    assert 429 in statuses[10:]
    assert http.get(f"{path}/comments", headers=headers).status_code == 200


def test_whole_discussion_is_a_file(http: httpx.Client, path: str) -> None:
    exported = http.get(f"{path}/comments", params={"format": "csv", "order": "oldest"})
    assert exported.status_code == 200
    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert len(rows) > 12
    assert {row["organization"] for row in rows} == {"Réseau", ""}  # nothing of one that is hidden


def test_preview_is_what_would_be_posted(http: httpx.Client, path: str, token: Any) -> None:
    text = {"text": "Un **atelier** <script>x</script>"}
    before = http.get(path).json()["comments"]
    shown = http.post(f"{path}/preview", json=text, headers=token()).json()
    assert http.get(path).json()["comments"] == before
    assert http.post(f"{path}/comments", json=text, headers=token()).json()["html"] == shown["html"]
    assert "<strong>" in shown["html"]
    assert "<script>" not in shown["html"]
    assert http.post(f"{path}/preview", json=text).status_code == 401
    opening = {"community": "c1", "language": "en", "title": "T", **text}
    place = f"{path.rpartition('/')[0]}/preview"
    assert http.post(place, json=opening, headers=token("officer")).json() == shown
    assert http.post(place, json=opening, headers=token()).status_code == 403
    empty = http.post(f"{path}/preview", json={"text": " "}, headers=token())
    assert empty.status_code == 422
    assert "text" in str(empty.json())
