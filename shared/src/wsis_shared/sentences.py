"""Sentences by key and language, from a part of the texts of a package (wsis_shared.translations).

Where a sentence depends on a number, its language maps the CLDR plural categories to forms, and `count` chooses one:

    reviews_left: {one: "{count} review is left", other: "{count} reviews are left"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared.json_types import Input
from wsis_shared.languages import plural_category
from wsis_shared.translations import by_key

DEFAULT_LOCALE = "en"


class Sentences:
    """`say = Sentences("wsis_voting", "ballot")`, then `say("progress", "fr", done=3, total=18)`."""

    def __init__(self, package: str, part: str) -> None:
        self._package, self._part = package, part

    def __call__(self, key: str, locale: str, **values: Any) -> str:
        """The sentence with its values; in English where the language has none. Raises KeyError for an unknown key."""
        by_locale = self.all(key)
        language = locale if by_locale.get(locale) else DEFAULT_LOCALE
        form = by_locale[language]
        if isinstance(form, Mapping):
            form = form.get(plural_category(language, values["count"]), form["other"])
        return str(form).format(**values) if values else str(form)

    def all(self, key: str) -> Input:
        """The sentence in every language. Raises KeyError for an unknown key."""
        return by_key(self._package, self._part)[key]
