"""Shares as people see them."""

from __future__ import annotations

from wsis_shared import keys
from wsis_shared.json_types import JsonObject

from wsis_stocktaking.claims.rules import CODE_LENGTH
from wsis_stocktaking.register.rules.contents import Content
from wsis_stocktaking.register.rules.entries import Entry, title_of
from wsis_stocktaking.sharing.rules import INVITED, LIFE, Share


def code_of(share: Share) -> str:
    """The code of its mail: it follows from the share and a key, and is stored nowhere."""
    number = int(keys.digest("stocktaking share code", share["_id"]), 16)
    return f"{number % 10**CODE_LENGTH:0{CODE_LENGTH}d}"


def said(entry: Entry) -> Content | None:
    """What its draft says, else what is public."""
    draft = entry.get("draft")
    return draft["content"] if draft else entry["content"]


def organization_of(entry: Entry) -> str:
    """The name that is public, else that of the draft; "" where it names none."""
    content = entry.get("content") or said(entry)
    return (content["organization"].get("name") or "") if content else ""


def offered(share: Share, entry: Entry) -> str:
    """The organization of which it was offered. A share of a former version does not say."""
    return share.get("organization", organization_of(entry))


def of_owner(share: Share) -> JsonObject:
    """As the owner of the entry sees it."""
    return {
        **share,
        "id": share["_id"],
        "until": share["at"] + LIFE if share["state"] == INVITED else None,
    }


def of_invited(share: Share, entry: Entry) -> JsonObject:
    """As who was asked sees it."""
    return {**of_owner(share), "title": title_of(said(entry)), "organization": offered(share, entry)}
