"""Heat maps that were drawn: {"_id": "targets.en", "version", "fingerprint", "drawn_at", "svg": blob, "png": blob}.

`drawn_at` is when it was last drawn, or confirmed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wsis_shared.mongo import Repository


class Pictures(Repository):
    """The newest heat map of each view and language."""

    def find(self, view: str, language: str) -> dict[str, Any] | None:
        """A picture, or None while there is none."""
        found: dict[str, Any] | None = self.collection("matrix_pictures").find_one({"_id": f"{view}.{language}"})
        return found

    def put(self, view: str, language: str, picture: dict[str, Any]) -> dict[str, Any] | None:
        """Store a picture; returns the one before."""
        before: dict[str, Any] | None = self.collection("matrix_pictures").find_one_and_replace(
            {"_id": f"{view}.{language}"}, picture, upsert=True
        )
        return before

    def confirm(self, picture: dict[str, Any], at: datetime) -> None:
        """A drawing would be the same: it is as good as one of `at`."""
        same = {"_id": picture["_id"], "fingerprint": picture["fingerprint"]}
        self.collection("matrix_pictures").update_one(same, {"$set": {"drawn_at": at}})
