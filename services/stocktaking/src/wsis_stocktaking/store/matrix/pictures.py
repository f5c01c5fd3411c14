"""Heat maps that were drawn: {"_id": "targets.en", "version", "fingerprint", "drawn_at", "svg": blob, "png": blob}."""

from __future__ import annotations

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
