"""Two officers edit the same, through the real gateway: one wins, the other gets 412 with what changed."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

BASE = "/v1/consultations/2017"
NEW_MEETING = {
    "title": {"en": "Regional meeting"},
    "start": "2030-10-12T14:30:00Z",
    "end": "2030-10-12T16:00:00Z",
    "venue": "Room A",
    "reason": "Asked for",
}
DISCUSSION = {"community": "youth", "language": "en", "title": "Skills", "text": "What next?"}


@dataclass(frozen=True)
class Edited:
    """A document that officers edit: where it is read and changed, by two bodies, and what the second then learns."""

    read: str
    change: str
    bodies: tuple[dict[str, Any], dict[str, Any]]
    difference: dict[str, Any]
    method: str = "PUT"
    status: int = 200


@pytest.fixture(scope="module")
def gateway(fake_service: Any, serve: Any, open_gateway: Any) -> tuple[httpx.Client, TokenSigner]:
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    serve("consultation", seed=True, wait=False)
    return open_gateway("consultation"), signer


@pytest.fixture(scope="module")
def http(gateway: tuple[httpx.Client, TokenSigner]) -> httpx.Client:
    """A client of an officer."""
    client, signer = gateway
    client.headers["Authorization"] = f"Bearer {signer.token('officer', sub=uuid.uuid4().hex)}"
    return client


@pytest.fixture(scope="module")
def other(gateway: tuple[httpx.Client, TokenSigner]) -> dict[str, str]:
    """The headers of another officer, who reads French."""
    _, signer = gateway
    return {"Authorization": f"Bearer {signer.token('officer', sub=uuid.uuid4().hex)}", "Accept-Language": "fr"}


def made(http: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    response = http.post(BASE + path, json=body)
    assert response.is_success, response.text
    return response.json()


def session(http: httpx.Client, _database: Any) -> Edited:
    id = made(http, "/sessions", {"type": "tedx_geneva", "title": {"en": "Opening"}})["id"]
    speakers = [[{"name": name}] for name in ("Ada Umutoni", "Wangari Otieno")]
    bodies = {"speakers": speakers[0], "capacity": 80}, {"speakers": speakers[1]}
    path = f"/sessions/{id}"
    row = {
        "name": "Ada Umutoni",
        "key": "ada umutoni",
        "organization": None,
        "role": "speaker",
        "remote": False,
        "time_zone": None,
        "email": None,
        "submission": None,
    }
    return Edited(path, path, bodies, {"speakers": [row], "capacity": 80}, method="PATCH")


def theme(http: httpx.Client, _database: Any) -> Edited:
    path = f"/themes/{made(http, '/themes', {'title': {'en': 'Youth'}})['id']}"
    bodies = {"title": {"fr": "Jeunesse"}}, {"title": {"en": "The young"}}
    return Edited(path, path, bodies, {"title": {"en": "Youth", "fr": "Jeunesse"}})


def community(http: httpx.Client, _database: Any) -> Edited:
    code = "c" + uuid.uuid4().hex[:12]
    made(http, "/communities", {"code": code, "title": {"en": "Youth"}})
    bodies = {"title": {"fr": "Jeunesse"}, "order": 3}, {"title": {"ar": "الشباب"}, "order": 4}
    path = f"/communities/{code}"
    return Edited(path, path, bodies, {"title": {"en": "Youth", "fr": "Jeunesse"}, "order": 3})


def discussion(http: httpx.Client, _database: Any) -> Edited:
    if http.get(f"{BASE}/communities/youth").status_code == 404:
        made(http, "/communities", {"code": "youth", "title": {"en": "Youth"}})
    path = f"/discussions/{made(http, '/discussions', DISCUSSION)['id']}"
    bodies = {**DISCUSSION, "text": "What *now*?"}, {**DISCUSSION, "title": "Skills of the young"}
    return Edited(path, path, bodies, {"text": "What *now*?"})


def meeting(http: httpx.Client, _database: Any) -> Edited:
    path = f"/meetings/{made(http, '/meetings', NEW_MEETING)['id']}"
    bodies = (
        {"title": {"fr": "Réunion régionale"}, "capacity": 40, "reason": "Smaller"},
        {"venue": "B", "reason": "Ok."},
    )
    difference = {"title": {"en": "Regional meeting", "fr": "Réunion régionale"}, "capacity": 40}
    return Edited(f"{path}/management", path, bodies, difference, method="PATCH")


def meeting_of_a_phase(http: httpx.Client, database: Any) -> Edited:
    """It is stored with its first change."""
    database("consultation")["meetings"].delete_many({"phase": {"$ne": None}})
    listed = http.get(f"{BASE}/meetings").json()["items"]
    path = f"/meetings/{next(row['id'] for row in listed if row['phase'])}"
    bodies = {"capacity": 40, "reason": "Smaller"}, {"capacity": 50, "reason": "Larger"}
    return Edited(f"{path}/management", path, bodies, {"capacity": 40}, method="PATCH")


def facilitator_call(_http: httpx.Client, database: Any) -> Edited:
    """It is stored with its first change."""
    database("consultation")["facilitator_calls"].delete_many({})
    bodies = {"bio_words": 100, "reason": "Shorter"}, {"text": {"en": "Nominate!"}, "reason": "Shorter"}
    return Edited("/facilitators/call", "/facilitators/call", bodies, {"bio_words": 100}, method="PATCH")


def minutes(http: httpx.Client, _database: Any) -> Edited:
    path = f"/meetings/{made(http, '/meetings', NEW_MEETING)['id']}/minutes"
    bodies = {"text": {"en": "Agreed."}, "reason": "First"}, {"text": {"fr": "Convenu."}, "reason": "First"}
    return Edited(f"{path}/versions", path, bodies, {"text": {"en": "Agreed."}}, method="POST", status=201)


def prose(_http: httpx.Client, database: Any) -> Edited:
    id = f"2017-outcomes-{uuid.uuid4().int % 10**6}.0"
    database("consultation")["documents"].insert_one(
        {
            "_id": id,
            "edition": "2017",
            "kind": "outcomes",
            "number": "1.0",
            "as_of": "2017-03-17T12:00:00Z",
            "status": "draft",
            "inputs": [],
            "total": 0,
            "statistics": {},
            "languages": ["en"],
            "job": "j",
            "files": {},
            "model": {"blob": "b", "size": 1, "sha256": "0"},
            "prose": {"conclusions": {"en": "More captions."}},
            "prose_revision": 1,
            "built_at": "2017-03-17T12:00:00Z",
            "published_at": None,
            "version": 1,
        }
    )
    bodies = {"conclusions": {"fr": "Davantage."}}, {"innovations": {"en": "A hackathon."}}
    path = f"/document-versions/{id}"
    return Edited(path, f"{path}/prose", bodies, {"conclusions": {"en": "More captions.", "fr": "Davantage."}})


ALL = (session, theme, community, discussion, meeting, meeting_of_a_phase, minutes, prose, facilitator_call)


@pytest.fixture(params=ALL, ids=lambda make: make.__name__)
def edited(request: pytest.FixtureRequest, http: httpx.Client, database: Any) -> Edited:
    document: Edited = request.param(http, database)
    return document


def tag(http: httpx.Client, edited: Edited, headers: dict[str, str] | None = None) -> str:
    return str(http.get(BASE + edited.read, headers=headers).headers["ETag"])


def change(http: httpx.Client, edited: Edited, body: Any, **headers: str) -> httpx.Response:
    return http.request(edited.method, BASE + edited.change, json=body, headers=headers)


def test_second_officer_gets_the_difference_and_may_then_save(
    http: httpx.Client, other: dict[str, str], edited: Edited
) -> None:
    first, second = tag(http, edited), tag(http, edited, other)
    assert change(http, edited, edited.bodies[0], **{"If-Match": first}).status_code == edited.status
    refused = change(http, edited, edited.bodies[1], **{**other, "If-Match": second})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (412, "suite.changed_since_read")
    assert problem["title"] == "Quelqu’un a modifié ceci depuis que vous l’avez lu"
    assert problem["params"]["difference"] == edited.difference

    def again() -> bool:  # what everybody reads is cached until the event of the change is there
        read = tag(http, edited, other)
        return change(http, edited, edited.bodies[1], **{**other, "If-Match": read}).status_code == edited.status

    wait_for(again, 10, "the change on the revision that is there now")


def test_of_two_officers_at_the_same_instant_one_wins(http: httpx.Client, edited: Edited) -> None:
    read = tag(http, edited)
    with ThreadPoolExecutor(2) as pool:
        responses = list(pool.map(lambda body: change(http, edited, body, **{"If-Match": read}), edited.bodies))
    assert sorted(response.status_code for response in responses) == [edited.status, 412]


def test_who_has_read_nothing_changes_nothing(http: httpx.Client, edited: Edited) -> None:
    before = tag(http, edited)
    for headers in ({}, {"If-Match": "*"}):
        refused = change(http, edited, edited.bodies[0], **headers)
        assert (refused.status_code, refused.json()["code"]) == (428, "gateway.precondition_required")
    assert change(http, edited, edited.bodies[0], **{"If-Match": '"another"'}).status_code == 412
    assert tag(http, edited) == before


def test_repeat_under_the_same_key_gets_the_stored_response(http: httpx.Client, edited: Edited) -> None:
    headers = {"If-Match": tag(http, edited), "Idempotency-Key": uuid.uuid4().hex}
    first, again = (change(http, edited, edited.bodies[0], **headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (edited.status, edited.status, first.content)
    assert change(http, edited, edited.bodies[1], **{"If-Match": headers["If-Match"]}).status_code == 412


def test_what_nobody_edits_disturbs_no_officer(http: httpx.Client) -> None:
    """A discussion is closed, a session accepted: what the officer edits is as they read it."""
    talk, plan = discussion(http, None), session(http, None)
    read, seen = tag(http, talk), tag(http, plan)
    assert http.put(f"{BASE}{talk.read}/state", json={"state": "closed", "reason": "Over"}).status_code == 200
    assert http.post(f"{BASE}{plan.read}/status", json={"status": "accepted"}).status_code == 200
    assert change(http, talk, talk.bodies[0], **{"If-Match": read}).status_code == 200
    assert change(http, plan, plan.bodies[0], **{"If-Match": seen}).status_code == 200


def test_a_reader_who_has_this_revision_gets_no_body(http: httpx.Client, other: dict[str, str]) -> None:
    document = session(http, None)
    read = http.get(BASE + document.read)
    assert read.headers["ETag"].startswith('"0-')
    again = http.get(BASE + document.read, headers={"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", read.headers["ETag"])
    patched = change(http, document, document.bodies[0], **{"If-Match": read.headers["ETag"]})
    assert http.get(BASE + document.read).headers["ETag"] == patched.headers["ETag"] != read.headers["ETag"]
