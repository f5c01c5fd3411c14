"""Themes: groups of submissions and requests."""

from __future__ import annotations

from typing import TypedDict

from wsis_shared.json_types import JsonObject
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules.stored import Edited


class Theme(Edited):
    """`submissions` are ids, `requests` are "submission/request"."""

    edition: str
    title: Titles
    description: Titles
    submissions: list[str]
    requests: list[str]


class NamedRequest(TypedDict):
    """A request as clients name it."""

    submission: str
    request: str


def requests(theme: Theme) -> list[NamedRequest]:
    """The requests of a theme as clients name them."""
    pairs = (key.split("/", 1) for key in theme["requests"])
    return [{"submission": submission, "request": request} for submission, request in pairs]


def edited(theme: Theme) -> JsonObject:
    """What officers edit."""
    return {
        "title": theme["title"],
        "description": theme["description"],
        "submissions": theme["submissions"],
        "requests": requests(theme),
    }
