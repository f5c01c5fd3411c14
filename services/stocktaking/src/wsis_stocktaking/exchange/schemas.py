"""What comes in and what goes out of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, RequestSchema, ResponseSchema, Utc

from wsis_stocktaking.exchange.rules import FORMATS
from wsis_stocktaking.register.schemas import Card

MAX_CHANGES = 200  # of a page


class ChangesQuery(RequestSchema):
    """Which changes."""

    after = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=2**53),
        metadata={"description": "The sequence after which to begin: `next` or `reached` of the former response"},
    )
    since = Utc(
        load_default=None,
        metadata={
            "description": "A moment at which to begin, in place of `after`; what was published in the minute "
            "before it may come too"
        },
    )
    action_line = fields.List(
        ActionLine(),
        load_default=list,
        validate=validate.Length(max=18),
        metadata={"description": "Only entries that are, or once were, public under one of these lines"},
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(min=1, max=MAX_CHANGES),
        metadata={"description": f"Changes, at most {MAX_CHANGES}"},
    )


class Change(ResponseSchema):
    """The last change of an entry."""

    sequence = fields.Integer(required=True)
    entry = fields.String(required=True)
    change = fields.String(required=True, metadata={"description": "published, withdrawn or merged"})
    at = Utc(required=True, allow_none=True, metadata={"description": "When the revision became public"})
    outside = fields.Boolean(
        required=True, metadata={"description": "It is public, but no longer under any of the lines asked for"}
    )
    merged_into = fields.String(required=True, allow_none=True)
    card = fields.Nested(
        Card, required=True, allow_none=True, metadata={"description": "null for what is not public, or outside"}
    )


class Changes(ResponseSchema):
    """Changes in the order of their sequences. Who has read up to `reached` has missed nothing."""

    items = fields.List(fields.Nested(Change), required=True)
    next = fields.Integer(required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    reached = fields.Integer(required=True, metadata={"description": "Where to begin the next time"})


class File(ResponseSchema):
    """One file of a snapshot, compressed by gzip but for the workbook (xlsx)."""

    format = fields.String(required=True, metadata={"description": ", ".join(FORMATS)})
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)


class Snapshot(ResponseSchema):
    """All entries that were public at a sequence."""

    snapshot = fields.String(required=True)
    sequence = fields.Integer(required=True)
    entries = fields.Integer(required=True)
    taken_at = Utc(required=True)
    files = fields.List(fields.Nested(File), required=True)


class Snapshots(ResponseSchema):
    """The snapshots that are kept, the newest first, and the terms under which their files may be used."""

    licence = fields.String(metadata={"description": "Its address; empty: none is granted"})
    rights = fields.String(metadata={"description": "The disclaimer, in the language asked for"})
    contact = fields.String(metadata={"description": "The page that says whom to ask"})
    described_by = fields.String(metadata={"description": "The register as a catalogue for programs"})
    items = fields.List(fields.Nested(Snapshot), required=True)


class FileQuery(RequestSchema):
    """Which file."""

    format = fields.String(load_default="jsonl", validate=validate.OneOf(FORMATS))


class SnapshotResult(ResponseSchema):
    """The result of the job."""

    snapshot = fields.String(required=True)
    sequence = fields.Integer(required=True)
    entries = fields.Integer(required=True)
