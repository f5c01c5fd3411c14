"""What a draft still lacks: a draft may have gaps, a submission is what the schema of the content accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wsis_stocktaking.register.rules.contents import Content
from wsis_stocktaking.register.schemas import ContentBody

Messages = Mapping[str, "Messages"] | Sequence[str]
"""What marshmallow says of a field, or of the fields below it."""


def problems(content: Content) -> dict[str, list[str]]:
    """Path -> messages: {"content.title": ["Missing data for required field."]}; empty where it is complete."""
    given = {name: value for name, value in content.items() if value is not None and value != {}}
    if organization := content.get("organization"):
        given["organization"] = {name: value for name, value in organization.items() if value is not None}
    return dict(_flat(ContentBody().validate(given), "content"))


def _flat(found: Messages, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(found, Mapping):
        for name, below in found.items():
            yield from _flat(below, f"{path}.{name}")
    else:
        yield path, [str(message) for message in found]
