"""Entries as owners and officers see them."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.json_types import JsonObject

from wsis_stocktaking.matrix.use_cases.reading import MatrixLinks
from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules import entries as rules


def outside_matrix(content: contents.Content | None, links: MatrixLinks) -> list[JsonObject]:
    """[{line, sdg}] that the matrix in force does not link."""
    if not content:
        return []
    return [{"line": line, "sdg": sdg} for line, sdg in contents.outside_matrix(content, links())]


def light(entry: rules.Entry, now: datetime) -> str | None:
    """The freshness of an entry or card; None before its first publication."""
    if not entry["revision"]:
        return None
    return freshness.light(entry.get("last_updated_at", entry.get("revised_at")), now)


def row(entry: rules.Entry, now: datetime) -> JsonObject:
    """An entry in a list: the title is that of the draft, where there is one."""
    draft = entry.get("draft")
    content = draft["content"] if draft else None
    organization = content["organization"] if content else None
    return {
        "id": entry["_id"],
        "title": rules.title_of(content or entry.get("content")),
        "visibility": entry["visibility"],
        "state": draft and draft["state"],
        "reason": draft and draft["reason"],
        "proposed_from": draft and draft.get("import_source"),
        "revision": entry["revision"],
        "version": entry["version"],
        "source": entry["source"],
        "changed_at": entry["changed_at"],
        "submitted_at": entry.get("submitted_at"),
        "merged_into": entry.get("merged_into"),
        "freshness": light(entry, now),
        "organization": organization and organization["name"],
        "stakeholder_type": organization and organization["type"],
        "action_lines": contents.lines_of(content) if content else [],
        "countries": content["countries"] if content else [],
        "is_update": entry["revision"] > 0,
    }


def whole(entry: rules.Entry, now: datetime) -> JsonObject:
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
