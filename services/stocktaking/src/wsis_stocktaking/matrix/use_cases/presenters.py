"""Versions and proposals as responses say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wsis_stocktaking.matrix.rules import proposals
from wsis_stocktaking.matrix.rules.links import MatrixLink

_HEADER = ("valid_from", "published_at", "note", "added", "changed", "removed", "lines")


def header(version: Mapping[str, Any]) -> dict[str, Any]:
    """A version without its links."""
    return {"version": version["_id"], **{name: version.get(name) for name in _HEADER}}


def proposal(
    found: proposals.Proposal, links: Iterable[MatrixLink], others: Iterable[proposals.Proposal]
) -> dict[str, Any]:
    """A proposal beside the newest links and the other pending proposals."""
    pending = found["state"] in proposals.PENDING
    return {
        **found,
        "proposal": found["_id"],
        "clashes": proposals.clashes(found, others) if pending else [],
        "outdated": proposals.outdated(found, links) if pending else [],
    }


def comment(found: Mapping[str, Any]) -> dict[str, Any]:
    """A comment."""
    return {"comment": found["_id"], **{name: found[name] for name in ("agency", "at", "text")}}
