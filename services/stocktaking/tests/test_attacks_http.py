"""Strangers, members and agencies before the gateway: what they may not do, and what no public response tells."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from wsis_shared.plugin import PUBLIC, Route
from wsis_testkit import wait_for

from wsis_stocktaking.plugin import plugin

from .http_kit import headers, ok

SECRETS = (
    "Contact Secret",
    "secret@ngo.example",
    "account-of-ada",
    "account-of-olga",
    "Draft secret",
    "Return secret",
    "Correct secret",
    "Withdrawn secret",
)
MARKUP = "</script><img src=x onerror=alert(1)> \"quoted\" & 'more'"


MEMBER, OFFICER = headers(sub="account-of-ada"), headers("officer", sub="account-of-olga")


def submitted(http: httpx.Client, content: dict[str, Any]) -> dict[str, Any]:
    contact = {"name": "Contact Secret", "email": "secret@ngo.example"}
    made = ok(http.post("/v1/entries", headers=MEMBER, json={"content": content, "contact": contact}), 201)
    path = f"/v1/me/entries/{made['id']}/submission"
    return dict(ok(http.post(path, headers=MEMBER, json={"version": made["version"]})))


def decided(http: httpx.Client, entry: dict[str, Any], **body: Any) -> dict[str, Any]:
    path = f"/v1/entry-reviews/{entry['id']}/decision"
    return dict(ok(http.put(path, headers=OFFICER, json={"version": entry["version"], **body})))


@pytest.fixture(scope="module")
def entry(http: httpx.Client, make_content: Any) -> dict[str, Any]:
    """A public entry with markup in its texts, and beside it what nobody may read: its contact, a draft that was
    returned, reasons, an entry that was never public, and one that was withdrawn."""
    organization = {**make_content()["organization"], "name": f"=cmd {MARKUP}"}
    texts = {"title": {"en": f"Zebra {MARKUP}"}, "description": {"en": f"Zebra {MARKUP}"}}
    content = make_content(**texts, organization=organization, keywords=[MARKUP], partners=[f"@{MARKUP}"])
    public = decided(http, submitted(http, content), decision="approve")
    body = {"version": public["version"], "content": {**content, "kind": "programme"}, "reason": "Correct secret"}
    public = ok(http.put(f"/v1/entries/{public['id']}/content", headers=OFFICER, json=body))
    draft = {"content": make_content(title={"en": "Draft secret"}), "version": public["version"]}
    changed = ok(http.put(f"/v1/me/entries/{public['id']}", headers=MEMBER, json=draft))
    path = f"/v1/me/entries/{public['id']}/submission"
    waiting = ok(http.post(path, headers=MEMBER, json={"version": changed["version"]}))
    decided(http, waiting, decision="return", reason="Return secret")
    submitted(http, make_content(title={"en": "Draft secret"}))
    gone = decided(http, submitted(http, make_content(title={"en": "Withdrawn secret"})), decision="approve")
    decided(http, gone, decision="withdraw", reason="Return secret")
    # The index follows the register within a second, or at once for who asks for a sequence.
    changes = partial(http.get, "/v1/entry-changes", params={"after": 1})
    last = wait_for(lambda: [row for row in ok(changes())["items"] if row["entry"] == gone["id"]], 30, "its withdrawal")
    assert last[0]["change"] == "withdrawn"
    ok(http.get("/v1/entries", params={"min_sequence": last[0]["sequence"]}))
    return dict(public)


def concrete(route: Route, entry: str) -> str:
    known = {"{entry}": entry, "{number}": "1", "{line}": "C1", "{sdg}": "1", "{version}": "1"}
    path = route.path
    for name, value in known.items():
        path = path.replace(name, value)
    while "{" in path:
        path = f"{path.partition('{')[0]}none{path.partition('}')[2]}"
    return path


# -- what nobody may know ---------------------------------------------------------------------------------------------


def texts_of(response: httpx.Response) -> str:
    """All text in a response: files are unpacked."""
    content = response.content
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace") + str(response.headers)


def addresses(entry: str) -> Iterator[str]:
    """Every public GET, with its exports."""
    for route in plugin.routes:
        if route.method == "GET" and route.permission == PUBLIC and route.stream is None or route.export:
            path = concrete(route, entry)
            query = "rows=sdg&columns=country" if "crosstab" in path else ""
            yield f"{path}?{query}"
            if route.export and route.permission == PUBLIC:
                formats = ("csv", "xlsx", "jsonl", *(each.name for each in route.export_formats))
                yield from (f"{path}?{query}&format={name}" for name in formats)


def test_no_public_response_has_what_is_not_public(http: httpx.Client, entry: dict[str, Any]) -> None:
    job = ok(http.post("/v1/entry-snapshots", headers=OFFICER), 202)
    wait_for(lambda: ok(http.get(f"/v1/jobs/{job['id']}", headers=OFFICER))["state"] == "succeeded", 30, "a snapshot")
    # The list is cached until its event has arrived.
    [snapshot] = wait_for(lambda: ok(http.get("/v1/entry-snapshots"))["items"], 30, "the snapshot in the list")
    paths = [*addresses(entry["id"]), "/v1/entries?q=secret", "/v1/entries?q=zebra&fields=title,entry"]
    paths += [f"/v1/entry-snapshots/{snapshot['snapshot']}/file?format={each['format']}" for each in snapshot["files"]]
    with_texts = 0
    for path in paths:
        response = http.get(path)
        assert response.status_code < 500 or response.status_code == 503, (path, response.text)
        text = texts_of(response)
        assert not [secret for secret in SECRETS if secret in text], path
        with_texts += "Zebra" in text
    assert with_texts >= 10
    assert ok(http.get("/v1/entries", params={"q": "withdrawn secret"}))["total"] == 0


# -- markup -----------------------------------------------------------------------------------------------------------


def test_texts_of_entries_stay_texts(http: httpx.Client, entry: dict[str, Any]) -> None:
    found = ok(http.get("/v1/entries", params={"q": "zebra", "min_sequence": 2}))
    assert found["highlights"][entry["id"]]["title.en"].startswith("<mark>Zebra</mark> &lt;/script&gt;&lt;img")
    for path in (f"/v1/entries/{entry['id']}/linked-data", "/v1/entries?format=jsonld"):
        response = http.get(path)
        assert "<" not in response.text
        assert MARKUP in json.dumps(response.json(), ensure_ascii=False).replace('\\"', '"')
    table = http.get("/v1/entries", params={"format": "csv"}).text
    assert "'=cmd" in table
    assert "'@</script>" in table


def test_a_query_does_not_become_a_part_of_a_picture(http: httpx.Client, entry: dict[str, Any]) -> None:
    for text in ('zebra "><script>alert(1)</script>', "zebra'\" onload=alert(1) ]]><x>"):
        response = http.get("/v1/entry-crosstab/chart", params={"rows": "sdg", "columns": "country", "q": text})
        assert response.status_code in (200, 422), response.text
        assert "<script>alert" not in response.text
        assert "<x>" not in response.text
        assert '" onload=' not in response.text
        if response.status_code == 200:
            assert "script-src" in response.headers["content-security-policy"] or (
                "default-src 'none'" in response.headers["content-security-policy"]
            )


# -- odd questions ----------------------------------------------------------------------------------------------------


def test_a_key_that_is_no_text_stops_no_mails(http: httpx.Client) -> None:
    for key in ("%C3%A9" * 32, "%00", "x" * 64, "%ED%A0%80", ""):
        assert http.post(f"/v1/saved-searches/none/unsubscription/{key}").status_code == 404
