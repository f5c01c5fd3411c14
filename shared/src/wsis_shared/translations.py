"""The texts of a package: `texts/en.yaml`, and the same in each other language.

    errors:                                   a part
      sample.entry_unknown: There is no such entry
    mails:
      entry_made: {subject: ..., text: ..., action: {label: ..., url: ...}}

All files have the parts and keys of English, in its order. The address of a button stands in English alone, but where
a language has another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from wsis_shared.resources import read_yaml
from wsis_shared.schemas import LOCALES


@cache
def by_language(package: str, part: str) -> Mapping[str, Mapping[str, Any]]:
    """Language -> key -> text of one part. Empty where the package has none, or is ""."""
    if not package:
        return {}
    folder = files(package) / "texts"
    written = [language for language in LOCALES if (folder / f"{language}.yaml").is_file()]
    read = {language: read_yaml(package, f"texts/{language}.yaml").get(part) for language in written}
    return {language: texts for language, texts in read.items() if texts}


@cache
def by_key(package: str, part: str) -> Mapping[str, Mapping[str, Any]]:
    """Key -> language -> text of one part. Shared: never change the result."""
    found: dict[str, dict[str, object]] = {}
    for language, texts in by_language(package, part).items():
        for key, text in texts.items():
            found.setdefault(key, {})[language] = text
    return found
