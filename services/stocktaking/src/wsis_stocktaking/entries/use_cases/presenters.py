"""Entries as owners and officers see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_stocktaking.matrix.use_cases.reading import MatrixLinks
from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules import entries as domain


def outside_matrix(content: contents.Content | None, links: MatrixLinks) -> list[dict[str, Any]]:
    """[{line, sdg}] that the matrix in force does not link."""
    if not content:
        return []
    return [{"line": line, "sdg": sdg} for line, sdg in contents.outside_matrix(content, links())]


def light(entry: Mapping[str, Any], now: datetime) -> str | None:
    """The freshness of an entry or card; None before its first publication."""
    if not entry["revision"]:
        return None
    updated = entry.get("last_updated_at", entry.get("revised_at"))
    return freshness.light(updated, now)


def row(entry: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """An entry in a list: the title is that of the draft, where there is one."""
    draft = entry.get("draft") or {}
    content = draft.get("content") or {}
    organization = content.get("organization") or {}
    return {
        "id": entry["_id"],
        "title": domain.title_of(content or entry.get("content")),
        "visibility": entry["visibility"],
        "state": draft.get("state"),
        "reason": draft.get("reason"),
        "proposed_from": draft.get("import_source"),
        "revision": entry["revision"],
        "version": entry["version"],
        "source": entry["source"],
        "changed_at": entry["changed_at"],
        "submitted_at": entry.get("submitted_at"),
        "merged_into": entry.get("merged_into"),
        "freshness": light(entry, now),
        "organization": organization.get("name"),
        "stakeholder_type": organization.get("type"),
        "action_lines": [named["line"] for named in content.get("action_lines") or ()],
        "countries": content.get("countries") or [],
        "is_update": entry["revision"] > 0,
    }


def whole(entry: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """An entry with its draft and what is public; the latter stays readable for its owner after a withdrawal."""
    draft = entry.get("draft")
    return {
        **row(entry, now),
        "draft": draft and draft["content"],
        "content": entry["content"],
        "based_on": draft and draft["based_on"],
        "prize": entry.get("prize"),
        "published_at": entry.get("published_at"),
        "last_updated_at": entry.get("last_updated_at"),
    }
