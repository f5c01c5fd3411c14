"""The model of a document: what it says in no language, as JSON, frozen with its version."""

from __future__ import annotations

from typing import Any

Model = dict[str, Any]
"""A model or a part of one. The `schema` that it names says its shape: documents of before keep theirs."""
