"""Filters for templates, from the reference data of every suite: `{{ code | country }}`.

A filter takes the value and the reader's language and returns text in that language. A LookupError or ValueError
leaves the value as it is: a mail with a code in it is better than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wsis_shared.reference.goals import sdg
from wsis_shared.reference.lines import action_line
from wsis_shared.reference.places import country
from wsis_shared.reference.texts import title

TemplateFilter = Callable[[Any, str], str]

FILTERS: Mapping[str, TemplateFilter] = {
    "action_line": lambda code, locale: title(action_line(code), locale),
    "country": lambda code, locale: title(country(code), locale),
    "sdg": lambda number, locale: title(sdg(int(number)), locale),
}
