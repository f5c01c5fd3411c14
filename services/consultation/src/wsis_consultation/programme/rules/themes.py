"""Themes: groups of submissions and requests."""

from __future__ import annotations

from typing import Any

Theme = dict[str, Any]
"""{_id, edition, title: {language: text}, description: {language: text}, submissions: [ids],
requests: ["submission/request"]}"""


def requests(theme: Theme) -> list[dict[str, str]]:
    """The requests of a theme as clients name them."""
    pairs = (key.split("/", 1) for key in theme["requests"])
    return [{"submission": submission, "request": request} for submission, request in pairs]


def edited(theme: Theme) -> dict[str, Any]:
    """What officers edit."""
    return {
        **{name: theme[name] for name in ("title", "description", "submissions")},
        "requests": requests(theme),
    }
