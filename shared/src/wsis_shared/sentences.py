"""Sentences by key and language, from YAML files: `key: {en: "...", fr: "...", ...}`.

Where a sentence depends on a number, its language maps the CLDR plural categories to forms, and `count` chooses one:

    reviews_left: {en: {one: "{count} review is left", other: "{count} reviews are left"}, ...}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared.languages import plural_category
from wsis_shared.resources import read_yaml

DEFAULT_LOCALE = "en"


class Sentences:
    """`say = Sentences("wsis_voting.notices", "ballot.yaml")`, then `say("progress", "fr", done=3, total=18)`."""

    def __init__(self, package: str, name: str) -> None:
        self._package, self._name = package, name

    def __call__(self, key: str, locale: str, **values: Any) -> str:
        """The sentence with its values; in English where the language has none. Raises KeyError for an unknown key."""
        by_locale = self.all(key)
        language = locale if by_locale.get(locale) else DEFAULT_LOCALE
        form = by_locale[language]
        if isinstance(form, Mapping):
            form = form.get(plural_category(language, values["count"]), form["other"])
        return str(form).format(**values) if values else str(form)

    def all(self, key: str) -> Mapping[str, Any]:
        """The sentence in every language. Raises KeyError for an unknown key."""
        sentence: Mapping[str, Any] = read_yaml(self._package, self._name)[key]
        return sentence
