"""Officers change an issue at once, each a text of it: none overwrites what a colleague wrote meanwhile.

An issue is seen as fields by name: "title.fr", "languages", "order", "sections.<id>.text.fr". Each change keeps the
values that it replaced, so what an officer has read can be told from what they wrote: only the latter is stored, and
only where nobody else has changed the same field since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input

from wsis_notifications.issues.rules.contents import Change, Content, Issue, WrittenSection

SECTIONS, ORDER = "sections", "order"
MAX_REMEMBERED = 200_000  # characters of former values: some days of work on an issue
CHANGED = "Changed by another officer meanwhile."

Fields = Mapping[str, object]
"""Name -> value; one that is not there, or None, is not written."""


def fields_of(content: Content) -> dict[str, object]:
    """The contents of an issue by field."""
    by_id = {section["id"]: {**section, "id": None} for section in content["sections"]}
    found = flat({**content, SECTIONS: by_id, ORDER: [section["id"] for section in content["sections"]]})
    return {name: value for name, value in found.items() if value is not None}


def content_of(fields: Fields) -> Content:
    """The contents that the fields make."""
    tree = _tree(fields)
    sections = tree.get(SECTIONS, {})
    return {
        "month": tree["month"],
        "language": tree["language"],
        "languages": tree["languages"],
        "title": tree.get("title", {}),
        "summary": tree.get("summary", {}),
        "topics": tree["topics"],
        "sections": [_section(id, sections.get(id, {})) for id in tree[ORDER]],
    }


def flat(values: Input, prefix: str = "") -> dict[str, object]:
    """{"title": {"fr": "A"}} -> {"title.fr": "A"}."""
    return dict(_flat(values, prefix))


def merged(issue: Issue, content: Content, body: Input, prefix: str = "") -> dict[str, object]:
    """All fields, with those of `body` that an officer has changed since its `version`. Raises Conflict, with the
    fields, where somebody else has changed one of them too, unless that was seen: no later than in version `seen`."""
    wanted = flat({name: value for name, value in body.items() if name not in ("version", "seen")}, prefix)
    current, read = fields_of(content), as_read(issue, content, body["version"])
    mine = {name: value for name, value in wanted.items() if value != read.get(name)}
    seen = max(body["version"], body["seen"] or 0)
    foreign = as_read(issue, content, seen)
    clashing = [
        name
        for name, value in mine.items()
        if current.get(name) not in (read.get(name), value) and current.get(name) != foreign.get(name)
    ]
    if clashing:
        wrong = {name.removeprefix(prefix): [CHANGED] for name in clashing}
        raise Conflict("notifications.issue_changed", fields=wrong, version=issue["version"])
    return {name: value for name, value in {**current, **mine}.items() if value is not None}


def require_unchanged(issue: Issue, content: Content, version: int, prefix: str) -> None:
    """Raises Conflict where one of the fields that begin so has changed since that version."""
    current, read = fields_of(content), as_read(issue, content, version)
    if any(current.get(name) != read.get(name) for name in {*current, *read} if name.startswith(prefix)):
        raise Conflict("notifications.issue_changed", version=issue["version"])


def as_read(issue: Issue, content: Content, version: int) -> Fields:
    """The fields as they were in that version; none where it is older than what is remembered."""
    if version < issue.get("remembered_from", issue["version"]):
        return {}
    fields = fields_of(content)
    for change in reversed(issue.get("changes", [])):
        if change["version"] > version:
            fields |= dict(change["before"])
    return fields


def remember(issue: Issue, before: Content, after: Content) -> Issue:
    """The issue with these contents, and what they replaced."""
    old, new = fields_of(before), fields_of(after)
    replaced = [(name, old.get(name)) for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    version = issue["version"]
    changes: list[Change] = [*issue.get("changes", []), {"version": version + 1, "before": replaced}]
    kept = _newest(changes)
    oldest = issue.get("remembered_from", version)
    if len(kept) < len(changes):
        oldest = changes[len(changes) - len(kept) - 1]["version"]
    return {**issue, **after, "changes": kept, "remembered_from": oldest}


def place_of(content: Content, section: str) -> int:
    """The place of a section, from 0. Raises NotFound."""
    for place, each in enumerate(content["sections"]):
        if each["id"] == section:
            return place
    raise NotFound("notifications.section_unknown", section=section)


def last_replaced(issue: Issue) -> list[str]:
    """The fields that the last change was about."""
    return [name for name, _ in issue["changes"][-1]["before"]] if issue.get("changes") else []


def _newest(changes: Sequence[Change]) -> list[Change]:
    sizes = accumulate(sum(len(str(value)) for _, value in change["before"]) for change in reversed(changes))
    fitting = sum(size <= MAX_REMEMBERED for size in sizes)
    return list(changes[len(changes) - fitting :])


def _flat(values: Input, prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _tree(fields: Fields) -> Input:
    """{"title.fr": "A"} -> {"title": {"fr": "A"}}."""
    tree, inner = dict[str, object](), dict[str, dict[str, object]]()
    for name, value in fields.items():
        first, dot, rest = name.partition(".")
        if dot:
            inner.setdefault(first, {})[rest] = value
        else:
            tree[first] = value
    return {**tree, **{name: _tree(under) for name, under in inner.items()}}


def _section(id: str, written: Input) -> WrittenSection:
    image, link = written.get("image", {}), written.get("link", {})
    return {
        "id": id,
        "kind": written["kind"],
        "title": written.get("title", {}),
        "text": written.get("text", {}),
        "image": {"id": image["id"], "alt": image.get("alt", {})} if image.get("id") else None,
        "link": {"url": link["url"], "label": link.get("label", {})} if link.get("url") else None,
    }
