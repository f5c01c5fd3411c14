"""Types of what enters and leaves as JSON; a document of the store is a TypedDict instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonObject = Mapping[str, object]
"""An object that leaves, or that is passed on unread."""

Input = Mapping[str, Any]
"""A body, a query or a row of a file as its schema has checked it: the schema declares the types, which mypy does not
see. Whoever reads it makes a document of it at once."""
