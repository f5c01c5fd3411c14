"""The form as people and programs read it."""

from __future__ import annotations

from typing import Any

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.submissions import events
from wsis_consultation.submissions.rules import editing, labels, publishing, words
from wsis_consultation.submissions.rules.questions import Form, Section, compile_form
from wsis_consultation.submissions.store import Forms


class FormCases:
    """What can be done with a form."""

    def __init__(self, editions: Editions, forms: Forms) -> None:
        self._editions, self._forms = editions, forms

    @rpc
    def read_form(self, ctx: Context, edition: str, stakeholder_type: str | None = None) -> JsonObject:
        """The version in force, in the reader's language. Raises NotFound."""
        self._editions.find(edition)
        form = self._forms.newest(edition)
        sections = labels.localised(form, stakeholder_type, ctx.locale)
        return {"edition": edition, "version": form["number"], "word_rule": words.RULE, "sections": sections}

    @rpc
    def read_form_schema(self, edition: str, stakeholder_type: str, draft: bool = False) -> JsonObject:
        """The version in force as JSON Schema. Raises NotFound."""
        self._editions.find(edition)
        form = self._forms.newest(edition)
        schema = compile_form(form, stakeholder_type, draft=draft)
        return {"edition": edition, "version": form["number"], "schema": schema}

    @rpc
    def list_form_versions(self, edition: str) -> JsonObject:
        """All versions, oldest first. Raises NotFound."""
        self._editions.find(edition)
        self._forms.newest(edition)
        return {"items": [_to_response(form) for form in self._forms.versions(edition)]}

    @rpc
    def read_form_version(self, edition: str, number: str) -> JsonObject:
        """A version with its texts in all languages. Raises NotFound."""
        self._editions.find(edition)
        return _to_response(self._forms.stored(edition, number))

    @rpc(writes=True)
    def publish_form(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Publish the next version; drafts and amendments take it from now on.

        Raises Conflict where somebody else published meanwhile, Invalid with what the form lacks.
        """
        newest = self._require_newest(edition, body["base"])
        sections: list[Section] = [_compact(section) for section in body["sections"]]
        if problems := publishing.problems(sections, self._forms.versions(edition)):
            raise Invalid("consultation.form_invalid", fields=problems)
        return self._publish(ctx, newest, sections, body["reason"])

    @rpc(writes=True)
    def change_question(self, ctx: Context, edition: str, question: str, body: Input) -> JsonObject:
        """Publish the next version, in which one question says something else.

        Raises NotFound, Conflict where somebody else published meanwhile or nothing differs, Invalid with what is
        wrong.
        """
        newest = self._require_newest(edition, body["version"])
        place = editing.place_of(newest["sections"], question)
        if place is None:
            raise NotFound("consultation.form_question_unknown")
        former = newest["sections"][place[0]]["questions"][place[1]]
        changed = editing.changed(former, body)
        if changed == former:
            raise Conflict("consultation.nothing_to_change")
        sections = editing.with_question(newest["sections"], place, changed)
        if problems := publishing.problems(sections, self._forms.versions(edition)):
            raise Invalid("consultation.form_invalid", fields=editing.of_question(problems, place))
        return self._publish(ctx, newest, sections, body["reason"])

    @rpc(writes=True)
    def add_question(self, ctx: Context, edition: str, section: str, body: Input) -> JsonObject:
        """Publish the next version, in which a section has one more question.

        Raises NotFound, Conflict where somebody else published meanwhile, Invalid with what is wrong.
        """
        newest = self._require_newest(edition, body["version"])
        at = editing.section_at(newest["sections"], section)
        if at is None:
            raise NotFound("consultation.form_section_unknown")
        versions = self._forms.versions(edition)
        question = editing.made(body, editing.used_codes(versions))
        sections, number = editing.added(newest["sections"], at, question, body["before"] or "")
        if problems := publishing.problems(sections, versions):
            raise Invalid("consultation.form_invalid", fields=editing.of_question(problems, (at, number)))
        return self._publish(ctx, newest, sections, body["reason"])

    @rpc(writes=True)
    def remove_question(self, ctx: Context, edition: str, question: str, body: Input) -> JsonObject:
        """Publish the next version, which has this question no more.

        Raises NotFound, Conflict where somebody else published meanwhile or the form needs it.
        """
        newest = self._require_newest(edition, body["version"])
        place = editing.place_of(newest["sections"], question)
        if place is None:
            raise NotFound("consultation.form_question_unknown")
        return self._publish(ctx, newest, editing.removed(newest["sections"], place), body["reason"])

    def _require_newest(self, edition: str, version: int) -> Form:
        """The version in force. Raises NotFound, Conflict where it is another than was read."""
        self._editions.find(edition)
        newest = self._forms.newest(edition)
        if version != newest["number"]:
            raise Conflict("consultation.form_changed", version=newest["number"])
        return newest

    def _publish(self, ctx: Context, newest: Form, sections: list[Section], reason: str) -> JsonObject:
        edition, base = newest["edition"], newest["number"]
        number = base + 1
        form: Form = {
            "_id": f"{edition}-{number}",
            "edition": edition,
            "number": number,
            "sections": sections,
            "published_at": ctx.received_at,
            "reason": reason,
        }
        event = new_event(events.FORM_PUBLISHED, subject=edition, edition=edition, form_version=number)
        entry = audit.entry(
            "consultation.form_published",
            f"edition/{edition}/form",
            before={"version": base},
            after={"version": number},
            reason=reason,
        )
        return _to_response(self._forms.publish(form, event, entry))


def _to_response(form: Form) -> JsonObject:
    return {**form, "version": form["number"]}


def _compact(value: Any) -> Any:
    """As the delivered forms are: what a question does not have is absent."""
    if isinstance(value, dict):
        return {name: _compact(item) for name, item in value.items() if item is not None and item is not False}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_compact(item) for item in value]
    return value


def compose(parts: Parts) -> FormCases:
    """The use cases with their collaborators; called once per process."""
    return FormCases(Editions(parts.db), Forms(parts.db))
