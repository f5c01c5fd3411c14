"""Which file is the certificate of a project in a language."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.mongo import Repository

COLLECTIONS = (CollectionSpec("certificates", indexes=(index("project", "project"),)),)


class Certificate(TypedDict):
    """`blob` is the file, in the blob store of the service."""

    _id: str
    project: str
    language: str
    content_key: str
    blob: str
    created_at: datetime


class Certificates(Repository):
    """Which are made."""

    def certificate(self, project: str, language: str) -> Certificate | None:
        """The row of a certificate; None before it is made."""
        return self.collection("certificates", Certificate).find_one({"_id": f"{project}|{language}"})

    def save_certificate(self, project: str, language: str, content_key: str, blob: str) -> None:
        """Store it in place of the one before."""
        self.collection("certificates", Certificate).replace_one(
            {"_id": f"{project}|{language}"},
            {
                "_id": f"{project}|{language}",
                "project": project,
                "language": language,
                "content_key": content_key,
                "blob": blob,
                "created_at": clock.now(),
            },
            upsert=True,
        )

    def remove_certificates(self, project: str) -> list[str]:
        """Forget the certificates of a project; returns the ids of their files."""
        rows = self.collection("certificates", Certificate)
        blobs = [row["blob"] for row in rows.find({"project": project})]
        rows.delete_many({"project": project})
        return blobs
