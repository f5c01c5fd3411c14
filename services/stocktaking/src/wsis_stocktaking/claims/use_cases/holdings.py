"""What the register knows of the organizations of entries."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_stocktaking.claims import mailboxes
from wsis_stocktaking.claims.rules import Holding, folded
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.register.rules.entries import Entry, content_of


class Holdings:
    """Names, websites and contacts."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def of(self, entries: Sequence[Entry]) -> dict[str, Holding]:
        """By entry; each has a content."""
        contacts = self._entries.contacts([entry["_id"] for entry in entries])
        found: dict[str, Holding] = {}
        for entry in entries:
            organization = content_of(entry)["organization"]
            contact = contacts.get(entry["_id"])
            address = contact["email"].strip() if contact else None
            found[entry["_id"]] = {
                "name": folded(organization["name"]),
                "site": mailboxes.site_of(organization["website"]),
                "contact": mailboxes.spelt(address),
                "contact_domain": mailboxes.domain_of(address),
            }
        return found
