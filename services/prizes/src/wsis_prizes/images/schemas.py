"""The image of a project as requests and responses."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text

from wsis_prizes.projects.schemas import Image


class ImageText(RequestSchema):
    """What goes with the file."""

    alt = Text(
        required=True,
        min_length=3,
        max_length=300,
        metadata={"description": "What it shows, for who cannot see it, in the language of the project"},
    )


class ProjectImage(ResponseSchema):
    """The image of a project as its submitter reads it; null where there is none."""

    project = fields.String()
    image = fields.Nested(Image, allow_none=True)
    removed_because = fields.String(
        allow_none=True, metadata={"description": "The secretariat's reason, where it has removed the last one"}
    )
