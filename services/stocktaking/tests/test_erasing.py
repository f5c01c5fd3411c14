"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor, canaries, wait_for

from wsis_stocktaking.entries.schemas import own as own_schemas
from wsis_stocktaking.entries.schemas import review as review_schemas
from wsis_stocktaking.search.schemas import EntriesQuery

LEAVER, ADDRESS, NAME = actor(id="leaver-account"), "Canary@Gone.example", "Canaria"
WORDS = (str(LEAVER.id), ADDRESS, NAME)
CONTACT = {"name": NAME, "email": ADDRESS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the search index."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def service(serve: Any, fake_service: Any, published: Any, folder: Path) -> Any:
    fake_service("accounts", profile=lambda account: {"account": account, "blocked": False})
    published("stocktaking")
    return serve("stocktaking", WSIS_STOCKTAKING_INDEX_DIR=str(folder))


@pytest.fixture(scope="module")
def entries(service: Any, officer: Any, make_content: Callable[..., Any]) -> Callable[[bool], str]:
    """`entries(True)` makes an entry of the leaver public, `entries(False)` a draft that waits for review."""

    def make(public: bool) -> str:
        body = own_schemas.NewDraft().load({"content": make_content(title={"en": "Zebrafarm"}), "contact": CONTACT})
        made = service.call("create_entry", LEAVER, body=body)
        sent = service.call("submit_own_entry", LEAVER, entry=made["id"], body={"version": made["version"]})
        if public:
            decision = review_schemas.DecisionBody().load({"decision": "approve", "version": sent["version"]})
            service.call("decide_review", officer, entry=made["id"], body=decision)
        return str(made["id"])

    return make


def search(service: Any, text: str) -> int:
    return len(service.call("search_entries", **EntriesQuery().load({"q": text}))["items"])


def test_a_person_is_in_no_collection_and_no_index_any_more(
    service: Any, entries: Callable[[bool], str], database: Any, amqp_client: Any, folder: Path
) -> None:
    db, at = database("stocktaking"), clock.now() - timedelta(minutes=1)
    public = entries(True)
    entries(False)
    query = {"name": NAME, "query": {"q": "farmers"}, "mail": "daily", "event": False}
    service.call("save_search", LEAVER, body=query)
    for name, field in (
        ("invitation_groups", "owner"),
        ("saved_search_runs", "owner"),
        ("matrix_proposals", "by"),
        ("matrix_comments", "by"),
        ("prize_projects", "account"),
    ):
        db[name].insert_one({"_id": name, field: LEAVER.id, "at": at, "created_at": at, "nominated_at": at})
    db["call_invitees"].insert_one({"_id": f"call|{LEAVER.id}", "call": "call", "owner": LEAVER.id, "at": at})
    db["entry_claims"].insert_one({"_id": "own", "account": LEAVER.id, "asked_at": at})
    db["entry_claims"].insert_one(
        {"_id": "of-another", "account": "another", "address": ADDRESS.lower(), "asked_at": at}
    )
    for name, field in (("by", "by"), ("with", "account"), ("asked", "email")):
        db["entry_shares"].insert_one(
            {"_id": name, "at": at, field: ADDRESS.lower() if field == "email" else LEAVER.id}
        )
    db["invited_owners"].insert_one({"_id": LEAVER.id, "at": at})
    db["refused_rows"].insert_one({"_id": "refused", "cells": [["contact", NAME]], "email": ADDRESS, "at": at})
    db["entry_contacts"].insert_one({"_id": "imported", **CONTACT})
    wait_for(lambda: search(service, "Zebrafarm") == 1, what="the index")
    assert canaries.to_go("stocktaking") - canaries.found("stocktaking", WORDS).keys() == set()

    canaries.erase(amqp_client, "stocktaking", account=str(LEAVER.id), address=ADDRESS.lower(), drafts={"entries": 1})
    assert canaries.found("stocktaking", WORDS).keys() - canaries.may_stay("stocktaking") == set()
    assert db["entries"].find_one({"_id": public})["visibility"] == "public"
    assert search(service, "Zebrafarm") == 1
    assert search(service, NAME) == 0
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"zebrafarm" in written.lower()
    assert not any(word.lower().encode() in written.lower() for word in WORDS)
