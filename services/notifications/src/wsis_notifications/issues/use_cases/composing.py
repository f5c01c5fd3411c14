"""What several officers do to a draft at once: a text, a section, the order. What is not clashing is joined."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_notifications.issues.rules import changes, lifecycle
from wsis_notifications.issues.rules.contents import Content, Issue
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases import presenters


class ComposingCases:
    """Changes of single fields."""

    def __init__(self, issues: Issues) -> None:
        self._issues = issues

    @rpc(writes=True)
    def change_issue(self, issue: str, body: Input) -> JsonObject:
        """Change what an officer has changed. Raises NotFound, Conflict."""
        found = self._issues.read(issue)
        fields = changes.merged(found, lifecycle.content_of(found), body)
        return presenters.to_officers(self._store(found, changes.content_of(fields)))

    @rpc(writes=True)
    def change_issue_section(self, issue: str, section: str, body: Input) -> JsonObject:
        """The same of a section. Raises NotFound, Conflict, Invalid for an image."""
        found = self._issues.read(issue)
        content = lifecycle.content_of(found)
        changes.place_of(content, section)
        fields = changes.merged(found, content, body, f"{changes.SECTIONS}.{section}.")
        return presenters.to_officers(self._store(found, changes.content_of(fields)))

    @rpc(writes=True)
    def add_issue_section(self, ctx: Context, issue: str, body: Input) -> JsonObject:
        """Add a section at the end. Raises NotFound, Conflict."""
        found = self._issues.read(issue)
        content = lifecycle.content_of(found)
        if len(content["sections"]) >= lifecycle.MAX_SECTIONS:
            raise Conflict("notifications.too_many_sections", most=lifecycle.MAX_SECTIONS)
        new = {"id": ctx.new_id("section"), "kind": body["kind"], "title": {}, "text": {}, "image": None, "link": None}
        sections = lifecycle.identified([*content["sections"], new])
        stored = self._store(found, {**content, "sections": sections})
        return {"section": sections[-1]["id"], "version": stored["version"]}

    @rpc(writes=True)
    def move_issue_section(self, issue: str, section: str, body: Input) -> JsonObject:
        """Move a section; the texts of all stay. Raises NotFound, Conflict."""
        found = self._issues.read(issue)
        content = lifecycle.content_of(found)
        sections = [*content["sections"]]
        moved = sections.pop(changes.place_of(content, section))
        sections.insert(body["position"] - 1, moved)
        return presenters.to_officers(self._store(found, {**content, "sections": sections}))

    @rpc(writes=True)
    def delete_issue_section(self, issue: str, section: str, version: int) -> None:
        """Delete a section, unless somebody has changed it since that version. Raises NotFound, Conflict."""
        found = self._issues.read(issue)
        content = lifecycle.content_of(found)
        sections = [*content["sections"]]
        del sections[changes.place_of(content, section)]
        changes.require_unchanged(found, content, version, f"{changes.SECTIONS}.{section}.")
        self._store(found, {**content, "sections": sections})

    def _store(self, before: Issue, content: Content) -> Issue:
        after = lifecycle.with_content(before, content)
        if after is before:
            return before
        entry = audit.entry(
            "notifications.issue_edited",
            f"newsletter/{after['_id']}",
            before["version"],
            changes.last_replaced(after),
        )
        return self._issues.store(after, entry)
