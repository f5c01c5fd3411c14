"""Filters that mails of any service may use: `{{ code | category }}`, `{{ code | phase }}`."""

from __future__ import annotations

from wsis_shared import reference

from wsis_prizes.domain.reference import category, phase

# Name -> function of (value, locale). A LookupError leaves the value as it is.
FILTERS = {
    "category": lambda code, locale: reference.title(category(code), locale),
    "phase": lambda code, locale: reference.title(phase(code), locale),
}
