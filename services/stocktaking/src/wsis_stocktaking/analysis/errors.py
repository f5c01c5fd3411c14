"""Errors of cross-tabulations and their charts."""

from __future__ import annotations

from wsis_shared.errors import Invalid, Unavailable


def one_facet_twice() -> Invalid:
    """Rows and columns are of the same facet."""
    return Invalid(
        "stocktaking.crosstab_invalid",
        "Rows and columns are of two facets.",
        fields={"columns": ["Not the facet of the rows."]},
    )


def text_of_the_past(field: str) -> Invalid:
    """The words of past revisions are not indexed."""
    return Invalid(
        "stocktaking.crosstab_invalid",
        "Words cannot be searched for in past revisions.",
        fields={field: ["Not together with q."]},
    )


def as_of_later() -> Invalid:
    """The moment has not come."""
    return Invalid("stocktaking.crosstab_invalid", "The moment is in the future.", fields={"as_of": ["In the future."]})


def sequence_later() -> Invalid:
    """The register has not reached this sequence."""
    return Invalid(
        "stocktaking.crosstab_invalid",
        "The register has not reached this sequence.",
        fields={"sequence": ["Not after the last one."]},
    )


def too_large(cells: int) -> Invalid:
    """More cells than anybody reads."""
    return Invalid(
        "stocktaking.crosstab_invalid",
        f"The table would have {cells} cells: filter a facet.",
        fields={"columns": ["Too many cells: filter one of the facets."]},
    )


def chart_unavailable() -> Unavailable:
    """The process that draws is busy, or ended."""
    return Unavailable("stocktaking.chart_unavailable", retry_after=5)
