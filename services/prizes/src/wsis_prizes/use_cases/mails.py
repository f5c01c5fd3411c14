"""What notifications asks for when it writes a mail: variables that no event carries."""

from __future__ import annotations

from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.rules import projects
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters


class MailCases:
    """Called inside the suite only: none has a route."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def receipt_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The receipt, with what was sent."""
        found = self._store.project(data["project"])
        sent = {name: found.get(name) for name in ("title", "category", "organization", "country", "short_description")}
        return {**projects.receipt(found), **sent}

    @rpc
    def project_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The project's title."""
        return {"title": self._store.project(data["project"])["title"]}

    @rpc
    def outcome_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """Title, and the standard reason in every language under `standard`."""
        return {
            "title": self._store.project(data["project"])["title"],
            "standard": presenters.reasons().get(data["reason_code"], {}),
        }

    @rpc
    def juror_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """How many reviews a juror has left."""
        return {"open": self._store.open_reviews(data["edition"], account or "")}

    @rpc
    def champion_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The account's own projects among those of the event: their titles, and one for the link to a certificate."""
        told = [row["project"] for row in data.get("winners", data.get("champions", []))]
        mine = [row for row in self._store.by_ids(told).values() if row["owner"] == account]
        return {"title": "; ".join(row["title"] for row in mine), "project": mine[0]["_id"] if mine else ""}
