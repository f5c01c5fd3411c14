"""Canaries: words that stand for a person, planted in all that a service stores about people and looked for after an
erasure. What an erasure does to each collection is in `security.yaml` of the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wsis_shared import mongo
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.blobs import store as blobs
from wsis_shared.erasure import sealed
from wsis_shared.plugin import discover
from wsis_shared.security import SHARED, data, installed
from wsis_testkit import publish, wait_for


def erase(
    amqp_client: AmqpClient,
    service: str,
    *,
    account: str = "",
    address: str = "",
    drafts: Mapping[str, int] | None = None,
    **more: Any,
) -> None:
    """Publish the erasure of an account, an address or both; returns once the service has handled it. Where it clears
    what a document says of a person, the document stays, but for so many `drafts` of a collection."""
    told = {"account_erased": {"account": account}, "address_erased": {"address": address and sealed(address)}}
    needed = [
        each for plugin in discover((service,)) for each in plugin.depends_on if any(told.get(each.type, {}).values())
    ]
    events = {(each.source, each.type) for each in needed}
    before = _kept(service)
    ids = {each: publish(amqp_client, *each, told[each[1]], **more) for each in events}
    handled = [f"{each.method}|{ids[each.source, each.type]}" for each in needed]
    inbox = mongo.database(service)["inbox"]
    wait_for(lambda: inbox.count_documents({"_id": {"$in": handled}}) == len(handled), what="the erasure")
    assert _kept(service) == {name: count - (drafts or {}).get(name, 0) for name, count in before.items()}


def _kept(service: str) -> dict[str, int]:
    db = mongo.database(service)
    return {name: db[name].count_documents({}) for name in _collections(service, data.CLEARS)}


def to_go(service: str) -> set[str]:
    """The collections from which an erasure takes a person at once."""
    return _collections(service, data.DELETES, data.CLEARS)


def may_stay(service: str) -> set[str]:
    """The collections in which a person stays by rule, or until the store forgets."""
    stay = (data.EXPIRES, data.KEEPS)
    return _collections(service, *stay) | _collections(SHARED, *stay)


def _collections(part: str, *erasures: str) -> set[str]:
    found = data.erasures(installed(discover((part,))).part(part))
    return {name for name, erasure in found.items() if erasure in erasures}


def found(service: str, canaries: Iterable[str]) -> dict[str, set[str]]:
    """Collection -> the canaries in it, of all that the database of a service has, unsent events left out, and of
    its files as "files"."""
    words = list(canaries)
    db = mongo.database(service)
    seen = {name: _of(words, map(_text, db[name].find())) for name in db.list_collection_names() if name != "outbox"}
    seen["files"] = _of(words, _files(service))
    return {name: its for name, its in seen.items() if its}


def _files(service: str) -> Iterator[str]:
    """Names of all files, and the bytes of those that nobody has deleted."""
    for row in mongo.database(blobs.DATABASE)[f"{service}.files"].find():
        yield _text({**row, "owner": ""})
        if "expires_at" not in row:
            yield b"".join(blobs.of(service).open(row["_id"])).decode("latin-1")


def _text(document: Mapping[str, Any]) -> str:
    return str(document).casefold()


def _of(words: Iterable[str], texts: Iterable[str]) -> set[str]:
    whole = "\n".join(texts).casefold()
    return {word for word in words if word.casefold() in whole}
