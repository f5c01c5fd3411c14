"""What the store of files says, where it is one that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared.doctor import Finding
from wsis_shared.settings import SettingError


def look(blobs_uri: str) -> Iterator[Finding]:
    """Its bucket is there for us."""
    if not blobs_uri:
        return
    try:
        from wsis_shared.blobs import s3  # noqa: PLC0415 -- an extra that GridFS does not need

        reason = s3.problem(blobs_uri)
    except ImportError:
        return  # the rules of a start say so
    except SettingError as error:
        yield Finding("settings", str(error), "docs/settings.md")
        return
    if reason:
        fix = "see whether it runs, and whether address, key, secret and bucket are right; the key may read, write, "
        fix += "delete and list what is half written"
        yield Finding("files", f"the bucket of WSIS_BLOBS_URI cannot be used: {reason}", fix)
