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
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from wsis_shared import clock, reference

from wsis_notifications.errors import CannotWrite


def filters_for(locale: str, phrases: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The filters for one language."""

    def moment(value: Any) -> str:
        at = _moment(value)
        geneva = at.astimezone(clock.GENEVA)
        # The hour alone says enough of UTC, except where the day differs.
        utc = format_time(at, "HH:mm", tzinfo=UTC, locale=locale)
        if geneva.date() != at.date():
            utc = f"{format_date(at, 'long', locale=locale)} {utc}"
        local = f"{format_date(geneva, 'long', locale=locale)} {format_time(geneva, 'HH:mm', locale=locale)}"
        if locale not in ("zh", "ar"):
            local = local.replace(f" {format_time(geneva, 'HH:mm', locale=locale)}", f", {geneva:%H:%M}")
        return phrases["moment"].format(moment=local, utc=utc)

    def day(value: Any) -> str:
        return format_date(_moment(value).astimezone(clock.GENEVA), "long", locale=locale)

    def titled(find: Callable[[Any], Any]) -> Callable[[Any], str]:
        def title(code: Any) -> str:
            try:
                return str(reference.title(find(code), locale))
            except LookupError:
                return str(code)

        return title

    def country(code: Any) -> str:
        try:
            return str(reference.country_name(code, locale))
        except LookupError:
            return str(code)

    def number(value: Any) -> str:
        return str(format_decimal(value, locale=locale))

    def localised(texts: Any) -> Any:
        return texts.get(locale) or texts.get("en") or "" if isinstance(texts, Mapping) else texts

    return {
        "moment": moment,
        "day": day,
        "category": titled(reference.category),
        "action_line": titled(reference.action_line),
        "phase": titled(_phase),
        "sdg": titled(lambda number: reference.sdg(int(number))),
        "country": country,
        "number": number,
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
