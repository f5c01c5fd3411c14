"""Revisions of documents as HTTP preconditions: the ETag of what is read, and `If-Match` of what is written.

The ETag is the revision of the document and the hash of the representation: strong, as each language and reader gets
other bytes. `If-Match` compares the revision alone, which is the same in each of them, also where a proxy that
compresses has made the tag weak.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from wsgiref.types import WSGIEnvironment

from wsis_gateway.cache import etag_of
from wsis_gateway.problems import HttpError

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_REVISION = re.compile(r"([0-9]{1,15})-[A-Za-z0-9_-]+")


def etag(body: bytes, result: object) -> str:
    """The ETag of a representation of a document; of the representation alone where the service tells no revision."""
    revision = result.get("revision") if isinstance(result, Mapping) else None
    return etag_of(body) if revision is None else f'"{revision}-{etag_of(body)[1:]}'


def if_match(env: WSGIEnvironment) -> list[int]:
    """The revisions that `If-Match` names; tags that are not ours name none. Raises HttpError (428) without the header,
    and for `*`, which names none that was read."""
    header = env.get("HTTP_IF_MATCH", "").strip()
    if header in ("", "*"):
        raise HttpError(428, "gateway.precondition_required")
    found = (_REVISION.fullmatch(tag) for tag in _TAG.findall(header))
    return [int(match[1]) for match in found if match]
