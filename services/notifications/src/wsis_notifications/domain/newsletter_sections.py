"""Kinds of sections of an issue, with titles in seven languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wsis_shared.resources import read_yaml


def rows() -> Iterator[dict[str, Any]]:
    """The reference set `newsletter_sections`."""
    for code, title in read_yaml("wsis_notifications.notices", "newsletter_sections.yaml").items():
        yield {"code": code, "title": dict(title)}
