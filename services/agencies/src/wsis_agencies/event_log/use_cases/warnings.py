"""What a filter of public events may get wrong without being refused: services come and go."""

from __future__ import annotations

from collections.abc import Collection

from wsis_shared import context
from wsis_shared.plugin import discover
from wsis_shared.sentences import Sentences

from wsis_agencies.event_log.events import public_types
from wsis_agencies.event_log.rules.filters import Filters, unknown_types

_say = Sentences("wsis_agencies", "event_warnings")


def published_types() -> frozenset[str]:
    """The CloudEvents types of all public events of what is installed."""
    return frozenset(key.cloudevents_type for key in public_types(discover(routes=False)))


def warnings(filters: Filters, known: Collection[str]) -> list[str]:
    """A sentence for each type that nobody publishes, in the reader's language."""
    locale = context.current().locale
    return [_say("type_unknown", locale, type=type) for type in unknown_types(filters, known)]
