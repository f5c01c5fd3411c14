"""The type of what a field of ours takes for the field of marshmallow that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class FieldOptions(TypedDict, total=False):
    """What a field of ours takes for the field of marshmallow that it is."""

    required: bool
    allow_none: bool
    load_default: object
    data_key: str
    metadata: Mapping[str, object]
