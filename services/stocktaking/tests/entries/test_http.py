"""Entries as clients see them: through the real gateway."""

from __future__ import annotations

import csv
import io
import uuid
from pathlib import Path
from typing import Any

import httpx
from wsis_testkit import wait_for

from .. import generated
from ..http_kit import headers, ok

MEMBER, OFFICER = headers(sub="ada"), headers("officer", sub="olga")


def published(http: httpx.Client, content: dict[str, Any]) -> dict[str, Any]:
    """A public entry of Ada, as the officer sees it."""
    contact = {"name": "Ada N.", "email": "ada@ngo.example"}
    made = ok(http.post("/v1/entries", headers=MEMBER, json={"content": content, "contact": contact}), 201)
    return approved(http, made)


def approved(http: httpx.Client, draft: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/me/entries/{draft['id']}/submission"
    waiting = ok(http.post(path, headers=MEMBER, json={"version": draft["version"]}))
    body = {"decision": "approve", "version": waiting["version"]}
    return dict(ok(http.put(f"/v1/entry-reviews/{draft['id']}/decision", headers=OFFICER, json=body)))


def test_an_approval_changes_what_is_cached_at_once(http: httpx.Client, make_content: Any) -> None:
    entry = published(http, make_content())
    path = f"/v1/entries/{entry['id']}"
    assert ok(http.get(path))["revision"] == 1
    body = {"content": make_content(title={"en": "Farmers online"}), "version": entry["version"]}
    changed = ok(http.put(f"/v1/me/entries/{entry['id']}", headers=MEMBER, json=body))
    assert ok(http.get(path))["title"] == {"en": "Digital farmers"}
    approved(http, changed)
    shown = wait_for(lambda: found if (found := ok(http.get(path)))["revision"] == 2 else None)
    assert shown["title"] == {"en": "Farmers online"}
    compared = ok(http.get(f"{path}/differences", params={"from": 1, "to": 2}))
    assert [row["field"] for row in compared["items"]] == ["title.en"]
    assert ok(http.get(f"{path}/revisions/1"))["content"]["title"] == {"en": "Digital farmers"}


def test_no_public_response_names_a_person(http: httpx.Client, make_content: Any) -> None:
    path = f"/v1/entries/{published(http, make_content())['id']}"
    for response in (http.get(path), http.get(f"{path}/revisions"), http.get(f"{path}/revisions/1")):
        text = response.text
        assert response.status_code == 200
        assert not any(word in text for word in ('"ada"', "Ada N.", "ngo.example", "olga", '"by"', '"owner"'))


def test_what_a_submission_lacks_is_said_field_by_field_in_the_readers_language(http: httpx.Client) -> None:
    made = ok(http.post("/v1/entries", headers=MEMBER, json={"content": {}}), 201)
    path = f"/v1/me/entries/{made['id']}/submission"
    refused = http.post(path, headers={**MEMBER, "Accept-Language": "fr"}, json={"version": made["version"]})
    problem = ok(refused, 422)
    assert problem["title"] == "Le brouillon est incomplet"
    fields = {row["field"] for row in problem["errors"]}
    assert {"content.title", "content.organization.name"} <= fields


def test_unknown_entries_and_odd_ids_are_not_found(http: httpx.Client) -> None:
    for entry in ("none", "%2e%2e", "a" * 300, "%00", "$where"):
        assert http.get(f"/v1/entries/{entry}").status_code in (400, 404, 422), entry
    for number in ("0", "999999999999999999999", "-1", "1.0"):
        assert http.get(f"/v1/entries/none/revisions/{number}").status_code in (404, 422), number


def test_the_lists_of_owners_and_officers_leave_with_words_beside_their_codes(
    http: httpx.Client, make_content: Any
) -> None:
    made = ok(http.post("/v1/entries", headers=MEMBER, json={"content": make_content()}), 201)
    path = f"/v1/me/entries/{made['id']}/submission"
    ok(http.post(path, headers=MEMBER, json={"version": made["version"]}))

    def row(address: str, who: dict[str, str]) -> dict[str, str]:
        response = http.get(f"{address}?format=csv&lang=en", headers=who)
        table = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        return next(each for each in table if each["id"] == made["id"])

    own, waiting = row("/v1/me/entries", MEMBER), row("/v1/entry-reviews", OFFICER)
    for found in (own, waiting):
        assert (found["state"], found["state.label"]) == ("submitted", "waiting for review")
        assert found["visibility.label"] == "not public"
    assert (waiting["countries.label"], waiting["stakeholder_type.label"]) == ("Kenya", "Government")
    assert waiting["action_lines.label"].startswith("C7 · ")


def test_a_dry_run_of_the_call_is_a_job_with_a_result(http: httpx.Client) -> None:
    body = {"years": 2, "regions": ["africa"], "reason": "Before the call"}
    job = ok(http.post("/v1/entry-invitations", headers=OFFICER, json=body), 202)
    ended = wait_for(
        lambda: (
            found if (found := ok(http.get(f"/v1/jobs/{job['id']}", headers=OFFICER)))["state"] == "succeeded" else None
        )
    )
    assert (ended["result"]["owners"], ended["result"]["dry_run"]) == (0, True)


def test_a_file_in_another_encoding_is_imported_and_its_refusals_leave_as_a_file(
    http: httpx.Client, tmp_path: Path
) -> None:
    rows = [row for row in generated.rows(400) if row.get("title.es")][:30]
    rows[3]["kind"] = "fiesta"
    text = generated.write_csv(tmp_path / "utf-8", rows).read_text("utf-8")
    files = {
        "file": ("registro.csv", text.encode("cp1252", "replace")),
        "body": (None, '{"source": "es"}', "application/json"),
    }
    for who, status in ((MEMBER, 403), (OFFICER, 202)):
        key = {"Idempotency-Key": uuid.uuid4().hex}
        sent = http.post("/v1/entry-imports", files=files, headers={**who, **key})
        assert sent.status_code == status, sent.text
    officer = {**OFFICER, "Accept-Language": "es"}

    def ended() -> Any:
        job = http.get(sent.headers["Location"], headers=officer).json()
        return job if job["finished_at"] else None

    job = wait_for(ended, 60, "the end of the job")
    address = f"/v1/entry-imports/{job['result']['id']}"
    found = http.get(address, headers=officer).json()
    assert (found["encoding"], found["filename"]) == ("cp1252", "registro.csv")
    assert found["counts"] == {"created": 29, "updated": 0, "proposed": 0, "unchanged": 0, "refused": 1}
    listed = http.get(f"{address}/refusals", headers=officer).json()["items"]
    assert [(each["row"], each["field"], each["value"]) for each in listed] == [(5, "kind", "fiesta")]
    assert listed[0]["reason"].startswith("Debe")
    file = http.get(f"{address}/refusals", params={"format": "csv"}, headers=officer)
    assert file.text.splitlines()[0].lstrip("\ufeff") == "row,key,field,code,reason,value"
    assert len(file.text.splitlines()) == 2
    assert http.get(address, headers=MEMBER).status_code == 403
    rows = http.get(f"{address}/refused-rows", params={"format": "csv"}, headers=officer).text.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("row,reasons,entry,import_key,title.en")
    assert rows[1].startswith("5,")
    assert http.get(f"{address}/changes", headers=officer).json()["items"][0]["decision"] == "created"
    undo = {"json": {"reason": "The wrong file"}, "headers": {**OFFICER, "Idempotency-Key": uuid.uuid4().hex}}
    started = ok(http.post(f"{address}/reversal", **undo), 202)
    ended = wait_for(
        lambda: job if (job := http.get(f"/v1/jobs/{started['id']}", headers=officer).json())["finished_at"] else None
    )
    assert ended["result"] == {"id": found["id"], "reverted": 29, "left": 0}


def test_an_import_names_its_register(http: httpx.Client, tmp_path: Path) -> None:
    file = generated.write_csv(tmp_path / "register.csv", 1).read_bytes()
    files = {"file": ("register.csv", file), "body": (None, "{}", "application/json")}
    who = {**OFFICER, "Idempotency-Key": uuid.uuid4().hex}
    answer = ok(http.post("/v1/entry-imports", files=files, headers=who), 422)
    assert [(each["field"], each["codes"]) for each in answer["errors"]] == [("source", ["field.required"])]
