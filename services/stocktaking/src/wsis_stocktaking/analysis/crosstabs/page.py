"""A cross-tabulation as a page: the chart, and the same figures as a table for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from markupsafe import Markup
from wsis_shared import reference
from wsis_shared.page_templates import page_template

from wsis_stocktaking.analysis.crosstabs.texts import SAY, query_string, source, title


def page(table: Mapping[str, Any], svg: str | None, query: Mapping[str, Any], form: str, language: str) -> str:
    """The page. `svg` is the chart, None where there is nothing to draw."""
    asked = query_string({**query, "form": form})
    links = [(each.code, each.native, f"?{asked}&lang={each.code}") for each in reference.languages()]
    return page_template("wsis_stocktaking", "analysis/crosstabs").render(
        say=lambda key, **values: SAY(key, language, **values),
        number=lambda value: format_decimal(value, locale=language),
        language=language,
        direction=reference.language(language).direction,
        title=title(table, language),
        source=source(table, language),
        table=table,
        languages=links,
        query=asked,
        chart=Markup(svg) if svg else None,  # noqa: S704 -- drawn by `charts`, which escapes its texts
        row_title=SAY(f"facet_{table['row_facet']}", language),
    )
