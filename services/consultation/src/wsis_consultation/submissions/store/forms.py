"""Published versions of the forms."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.submissions import errors
from wsis_consultation.submissions.rules.forms import reference
from wsis_consultation.submissions.rules.forms.answers import FormValidator

Form = dict[str, Any]


class Forms(EventfulRepository):
    """Versions are immutable, so that a process keeps what it has read."""

    source = "consultation"

    def newest(self, edition: str) -> Form:
        """The version in force. The first one is stored as delivered."""
        found = self.collection("forms").find({"edition": edition}).sort("number", -1).limit(1)
        return next(iter(found), None) or self._deliver(edition)

    def version(self, edition: str, number: int | str) -> Form:
        """One version. Raises NotFound."""
        id = f"{edition}-{number}"
        if id not in self._read:
            found = self.collection("forms").find_one({"_id": id})
            if found is None:
                raise errors.version_unknown(number)
            self._read[id] = found
        return self._read[id]

    def versions(self, edition: str) -> list[Form]:
        """All versions, oldest first."""
        return list(self.collection("forms").find({"edition": edition}).sort("number", 1))

    def publish(self, form: Form, *events: PendingEvent) -> Form:
        """Store a new version. Raises DuplicateKeyError where the number is taken."""
        return self.save("forms", form, *events)

    def validator(self, form: Form) -> FormValidator:
        """The validator of a version, with its compiled schemas."""
        return self._validators.setdefault(form["_id"], FormValidator(form))

    def _deliver(self, edition: str) -> Form:
        form = reference.delivered(edition)
        self.collection("forms").update_one({"_id": form["_id"]}, {"$setOnInsert": {**form, "version": 1}}, upsert=True)
        return form

    @cached_property
    def _read(self) -> dict[str, Form]:
        return {}

    @cached_property
    def _validators(self) -> dict[str, FormValidator]:
        return {}
