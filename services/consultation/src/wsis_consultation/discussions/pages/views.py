"""What pages make of a discussion: pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from wsis_shared.json_types import Input

from wsis_consultation.discussions.rules.comments import EDIT_MINUTES


def discussions(values: Input, _locale: str) -> Input:
    """The titles of communities by code."""
    return {"titles": _titles(values)}


def new_discussion(values: Input, locale: str) -> Input:
    """The titles of communities, and no discussion yet."""
    return {**discussions(values, locale), "discussion": None}


def new_community(_values: Input, _locale: str) -> Input:
    """No community yet."""
    return {"found": None}


def discussion(values: Input, _locale: str) -> Input:
    """The title of its community."""
    return {"community": _titles(values).get(values["discussion"]["community"])}


def writing(_values: Input, _locale: str) -> Input:
    """For how many minutes a comment can be edited."""
    return {"minutes": EDIT_MINUTES}


def _titles(values: Input) -> Mapping[str, str]:
    return {each["code"]: each["title"] for each in (values["communities"] or {}).get("items", ())}
