"""Revisions of what several people edit: who saves on an older one learns what changed since.

A document remembers in `revisions` the version in which each field that people edit changed last: {field: version}. Its
revision is the newest of them, 0 before a change; so whatever else is saved in the document disturbs nobody. A client
gets the revision in the ETag of what it reads, and names it in `If-Match` when it writes (RFC 9110, 13.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wsis_shared.errors import PreconditionFailed
from wsis_shared.json_types import JsonObject

Document = Mapping[str, Any]
Fields = JsonObject  # what people edit, by the names in requests
IfMatch = Sequence[int] | None  # the revisions that a client names; None where the gateway does not ask for any


def of(document: Document) -> int:
    """The revision of a document; 0 for one that was stored before there were revisions."""
    return max(document.get("revisions", {}).values(), default=0)


def stamped(former: Document, before: Fields, after: Fields, version: int) -> dict[str, int]:
    """The `revisions` of a document of that version, whose fields were `before` and are `after`."""
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {**former.get("revisions", {}), **dict.fromkeys(changed, version)}


def require(document: Document, fields: Fields, if_match: IfMatch, *, part: str = "") -> None:
    """Raises PreconditionFailed, with what changed since, unless `if_match` names a revision at which these fields were
    as they are now. They may be a part of the document, whose names begin with `part`: a change of another part is no
    obstacle."""
    if if_match is None:
        return
    changed = {name: document.get("revisions", {}).get(f"{part}{name}", 0) for name in fields}
    newest, revision = max(changed.values(), default=0), of(document)
    if not any(newest <= named <= revision for named in if_match):
        base = max((named for named in if_match if named <= revision), default=0)
        raise changed_since_read(revision, {name: fields[name] for name, at in changed.items() if at > base})


def changed_since_read(revision: int, difference: Fields) -> PreconditionFailed:
    """Somebody saved another revision: `difference` has the fields that changed since, as they are stored now."""
    return PreconditionFailed("suite.changed_since_read", revision=revision, difference=dict(difference))
