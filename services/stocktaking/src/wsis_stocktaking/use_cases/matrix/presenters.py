"""Versions and proposals as responses say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wsis_stocktaking.domain.matrix import proposals as rules
from wsis_stocktaking.domain.matrix.links import MatrixLink

_HEADER = ("valid_from", "published_at", "note", "added", "changed", "removed", "lines")


def header(version: Mapping[str, Any]) -> dict[str, Any]:
    """A version without its links."""
    return {"version": version["_id"], **{name: version.get(name) for name in _HEADER}}


def proposal(found: rules.Proposal, links: Iterable[MatrixLink], others: Iterable[rules.Proposal]) -> dict[str, Any]:
    """A proposal beside the newest links and the other pending proposals."""
    pending = found["state"] in rules.PENDING
    return {
        **found,
        "proposal": found["_id"],
        "clashes": rules.clashes(found, others) if pending else [],
        "outdated": rules.outdated(found, links) if pending else [],
    }


def comment(found: Mapping[str, Any]) -> dict[str, Any]:
    """A comment."""
    return {"comment": found["_id"], **{name: found[name] for name in ("agency", "at", "text")}}
