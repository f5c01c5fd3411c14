"""What templates say of moments, numbers and texts, in the reader's language.

    {{ closes_at | moment }}     15 April 2017, 23:00 Geneva time (21:00 UTC)
    {{ opens_at | day }}         16 March 2017, in Geneva
    {{ votes | number }}         1,234,567
    {{ n | plural(one="{n} vote", other="{n} votes") }}   the form by the CLDR category of the number
    {{ texts | localised }}      the reader's entry of {"en": ..., "fr": ...}, as `languages.pick` chooses it
    {{ receipt | verbatim }}     for a program, not to be changed by a character
    {{ url | link }}             an address to click on, as that of a button (rendering.py)

Those of the reference data (`country`, `action_line`, `sdg`) and of the plugins (`Plugin.template_filters`) stand
beside them; a value that such a filter does not know is shown as it is: a mail with a code in it is better than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from babel.numbers import format_decimal
from wsis_shared import clock
from wsis_shared.languages import cldr_locale, long_date, pick, plural_category
from wsis_shared.reference.filters import TemplateFilter

from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.bidi import Native, Verbatim


def filters_for(
    locale: str, phrases: Mapping[str, str], declared: Mapping[str, TemplateFilter]
) -> dict[str, Callable[..., object]]:
    """The filters for one language: our own, and the `declared` ones of other packages, which cannot replace them."""

    def date(moment: datetime) -> str:
        return long_date(moment, locale)

    @lru_cache(maxsize=200)  # the same few moments stand in thousands of mails
    def day(value: object) -> str:
        return Native(date(clock.to_geneva(_moment(value))))

    @lru_cache(maxsize=200)
    def moment(value: object) -> str:
        utc = _moment(value)
        local = clock.to_geneva(utc)
        # The hour alone says enough of UTC, except where the day differs.
        utc_date = "" if utc.date() == local.date() else f"{date(utc)}{phrases['at']}"
        return Native(
            phrases["moment"].format(
                moment=f"{date(local)}{phrases['at']}{local:%H:%M}", utc=f"{utc_date}{utc.astimezone(UTC):%H:%M}"
            )
        )

    def number(value: float) -> str:
        return Native(format_decimal(value, locale=cldr_locale(locale)))

    def plural(value: float | str, **forms: str) -> str:
        form = forms.get(plural_category(locale, int(value)), forms["other"])
        return Native(form.replace("{n}", number(int(value))))

    def native(translate: TemplateFilter) -> Callable[[object], str]:
        def shown(value: object) -> str:
            try:
                return Native(translate(value, locale))
            except (LookupError, ValueError, TypeError):
                return str(value)

        return shown

    def localised(texts: object) -> object:
        if not isinstance(texts, Mapping):
            return texts
        language, text = pick(texts, locale)
        if not text:  # rather no mail than one about « »
            raise RenderError("text_missing")
        return Native(text) if language == locale else text

    return {
        **{name: native(translate) for name, translate in declared.items()},
        "moment": moment,
        "day": day,
        "number": number,
        "plural": plural,
        "localised": localised,
        "verbatim": Verbatim,
    }


def _moment(value: object) -> datetime:
    try:
        return value if isinstance(value, datetime) else clock.parse(str(value))
    except ValueError:
        raise RenderError("template_broken", "moment") from None
