"""Routes of themes."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_consultation.programme.schemas import themes

_ERRORS = ("consultation.submissions_unknown", "consultation.requests_unknown")

ROUTES = (
    Route(
        "GET", "/v1/consultations/{edition}/themes", handler="list_themes", summary="Themes with counts",
        response=themes.Themes, permission="consultation:read", error_codes=("consultation.edition_unknown",),
    ),
    Route(
        "POST", "/v1/consultations/{edition}/themes", handler="create_theme", summary="Group submissions into a theme",
        body=themes.NewTheme, response=themes.Theme, permission="consultation:manage",
        error_codes=("consultation.edition_unknown", *_ERRORS),
        description="A session that is made of one of its requests later belongs to the theme.",
    ),
    Route(
        "GET", "/v1/consultations/{edition}/themes/{theme}", handler="read_theme", summary="A theme",
        response=themes.Theme, permission="consultation:read", error_codes=("consultation.theme_unknown",),
        versioned=True,
    ),
    Route(
        "PUT", "/v1/consultations/{edition}/themes/{theme}", handler="replace_theme", summary="Change a theme",
        body=themes.ThemeBody, response=themes.Theme, permission="consultation:manage",
        error_codes=("consultation.theme_unknown", *_ERRORS), if_match=True,
    ),
)  # fmt: skip
