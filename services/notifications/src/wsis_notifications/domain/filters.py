"""What templates say of moments, codes and countries, in the reader's language.

    {{ closes_at | moment }}     15 April 2017, 23:00 Geneva time (21:00 UTC)
    {{ opens_at | day }}         16 March 2017, in Geneva
    {{ category | category }}    title of a prize category ("C7.e-health", 10)
    {{ line | action_line }}     title of an action line
    {{ phase | phase }}          title of a phase of the contest ("public_voting")
    {{ country | country }}      name of a country ("NO")
    {{ number | sdg }}           title of a Sustainable Development Goal
    {{ votes | number }}         1,234,567
    {{ texts | localised }}      the reader's entry of {"en": ..., "fr": ...}

A code that the reference data do not know is shown as it is: a mail with a code in it is better than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from wsis_shared import clock, reference

from wsis_notifications.domain.bidi import Native
from wsis_notifications.errors import CannotWrite

# The spelling of the United Nations: 30 April 2017.
_BABEL = {"en": "en_GB", "zh": "zh_Hans_CN"}


def filters_for(locale: str, phrases: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The filters for one language."""
    written = _BABEL.get(locale, locale)

    def date(moment: datetime) -> str:
        return str(format_date(moment, "long", locale=written))

    @lru_cache(maxsize=200)  # the same few moments stand in thousands of mails
    def day(value: Any) -> str:
        return Native(date(_moment(value).astimezone(clock.GENEVA)))

    @lru_cache(maxsize=200)
    def moment(value: Any) -> str:
        utc = _moment(value)
        local = utc.astimezone(clock.GENEVA)
        # The hour alone says enough of UTC, except where the day differs.
        utc_date = "" if utc.date() == local.date() else f"{date(utc)}{phrases['at']}"
        return Native(
            phrases["moment"].format(
                moment=f"{date(local)}{phrases['at']}{local:%H:%M}", utc=f"{utc_date}{utc.astimezone(UTC):%H:%M}"
            )
        )

    def titled(find: Callable[[Any], Any]) -> Callable[[Any], str]:
        def title(code: Any) -> str:
            try:
                return Native(reference.title(find(code), locale))
            except (LookupError, ValueError):
                return str(code)

        return title

    def localised(texts: Any) -> Any:
        if not isinstance(texts, Mapping):
            return texts
        return Native(texts[locale]) if texts.get(locale) else texts.get("en", "")

    return {
        "moment": moment,
        "day": day,
        "category": titled(reference.category),
        "action_line": titled(reference.action_line),
        "phase": titled(_phase),
        "sdg": titled(lambda number: reference.sdg(int(number))),
        "country": titled(reference.country),
        "number": lambda value: Native(format_decimal(value, locale=written)),
        "localised": localised,
    }


def _moment(value: Any) -> datetime:
    try:
        return value if isinstance(value, datetime) else clock.parse(str(value))
    except ValueError:
        raise CannotWrite("template_broken", "moment") from None


def _phase(code: str) -> Mapping[str, Any]:
    phases = reference.edition_seed(2017)["phases"]
    found: Mapping[str, Any] | None = next((phase for phase in phases if phase["code"] == code), None)
    if found is None:
        raise LookupError(code)
    return found
