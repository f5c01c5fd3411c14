"""What officers do with a version until it is published, and what is read of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, languages, revisions
from wsis_shared.document_versions import DRAFT, PUBLISHED, REMOVED, Version, edited, outdated_languages
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.published_documents.store import V, Versions
from wsis_shared.revisions import IfMatch

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

DATA, PAGE = "json", "html"  # the model, and a format


def to_public(version: Version) -> JsonObject:
    """What everybody sees of a version, of any document."""
    return {
        "as_of": version["as_of"],
        "published_at": version["published_at"],
        "total": version["total"],
        "languages": version["languages"],
        "statistics": version["statistics"],
        "id": version["_id"],
        "version": version["number"],
        "sha256": version["model"]["sha256"],
        "files": [
            {"language": language, "format": name, "size": one["size"], "sha256": one["sha256"]}
            for language, made in sorted(version["files"].items())
            for name, one in sorted(made["formats"].items())
        ],
    }


def to_officers(version: Version) -> JsonObject:
    """What concerns officers only."""
    return {
        "status": version["status"],
        "built_at": version["built_at"],
        "prose": version["prose"],
        "revision": revisions.of(version),
        "outdated": outdated_languages(version),
        "missing_characters": sorted({char for made in version["files"].values() for char in made["missing"]}),
    }


def write_prose(
    versions: Versions[V], version: V, texts: Mapping[str, Mapping[str, str | None]], if_match: IfMatch
) -> V:
    """The version with these texts; its files are outdated then. Raises Conflict once it is published,
    PreconditionFailed."""
    former = versions.require_draft(version)["prose"]
    revisions.require(version, edited(version), if_match)
    written = {name: languages.merge(former.get(name), text) for name, text in texts.items()}
    changed = {name: text for name, text in written.items() if former.get(name, {}) != text}
    if not changed:
        return version
    before = {name: former.get(name) for name in changed}
    entry = audit.entry(f"{versions.source}.{versions.noun}_edited", versions.target(version), before, changed)
    new = version.copy()
    new["prose"], new["prose_revision"] = {**former, **changed}, version["prose_revision"] + 1
    return versions.save(versions.documents, new, entry)


def publish(versions: Versions[V], version: V, at: datetime, reason: str | None, event: PendingEvent) -> V:
    """The version, public; a repeat changes nothing. Raises Conflict unless each language is rendered."""
    if version["status"] == PUBLISHED:
        return version
    if behind := outdated_languages(version):
        raise versions.errors.not_rendered(version["_id"], ", ".join(behind))
    action, before, after = f"{versions.source}.{versions.noun}_published", {"status": DRAFT}, {"status": PUBLISHED}
    entry = audit.entry(action, versions.target(version), before, after, reason)
    new = version.copy()
    new["status"], new["published_at"] = PUBLISHED, at
    return versions.save(versions.documents, new, event, entry)


def remove(versions: Versions[V], blobs: BlobStore, version: V) -> None:
    """Delete the files of a draft; its number is not given again. Raises Conflict once it is published."""
    versions.require_draft(version)
    files = [one["blob"] for made in version["files"].values() for one in made["formats"].values()]
    for blob in (version["model"]["blob"], *files):
        blobs.delete(blob)
    action = f"{versions.source}.{versions.noun}_removed"
    entry = audit.entry(action, versions.target(version), {"status": version["status"]})
    versions.save(versions.documents, {**version, "status": REMOVED, "files": {}}, entry)


def file_of(versions: Versions[V], version: V, format: str, language: str) -> dict[str, str]:
    """A file of a version as a response. Raises NotFound."""
    return {"blob": _blob(versions, version, format, language)}


def page_of(versions: Versions[V], blobs: BlobStore, version: V, locale: str) -> dict[str, str]:
    """The HTML page as a response, in this language, else in the first that there is. Raises NotFound."""
    language = locale if locale in version["files"] else version["languages"][0]
    blob = _blob(versions, version, PAGE, language)
    return {"text": b"".join(blobs.open(blob)).decode(), "filename": f"{version['_id']}-{language}.html"}


def _blob(versions: Versions[V], version: V, format: str, language: str) -> str:
    if format == DATA:
        return version["model"]["blob"]
    made = version["files"].get(language)
    if made is None or format not in made["formats"]:
        raise versions.errors.file_unknown(version["_id"])
    return made["formats"][format]["blob"]
