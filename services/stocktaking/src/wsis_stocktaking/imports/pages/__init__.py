"""Imports on the desk: a dry run, what it would do, the import of the same file, and its reversal."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

MAX_VALUES = 40  # that a page asks about at once
_LIST, _ONE = "/v1/entry-imports", "/v1/entry-imports/{run}"
_HERE = "/desk/imports/{run}"


PAGES = (
    Page(
        "/desk/imports",
        "imports/pages/imports.html",
        "desk_imports",
        reads=(Read("imports", f"{_LIST}?after={{after}}"),),
        forms=(Form("try", f"POST {_LIST}", then="/desk/imports/{id}"),),
        view="wsis_stocktaking.imports.pages.views:listed",
        menu="desk:34",
    ),
    Page(
        _HERE,
        "imports/pages/import.html",
        "desk_import",
        reads=(
            Read("found", _ONE),
            Read("refusals", f"{_ONE}/refusals?limit=20"),
            Read("changes", f"{_ONE}/changes?limit=20"),
            Read("unread", f"{_ONE}/values?limit=20"),
            Read("job", "/v1/jobs/{run}", optional=True),
            Read("undo", "/v1/jobs/{found.reversal.job}", optional=True),
        ),
        forms=(
            Form("apply", f"POST {_ONE}/application", then="/desk/imports/{id}", confirm=True),
            Form("undo", f"POST {_ONE}/reversal", then=_HERE, confirm=True),
        ),
        files=(
            Download("refused", f"{_ONE}/refused-rows?format=xlsx"),
            Download("reasons", f"{_ONE}/refusals?format=xlsx"),
            Download("changes", f"{_ONE}/changes?format=xlsx"),
            Download("values", f"{_ONE}/values?format=xlsx"),
        ),
        view="wsis_stocktaking.imports.pages.views:one",
    ),
    Page(
        f"{_HERE}/mapping",
        "imports/pages/mapping.html",
        "desk_import_mapping",
        reads=(
            Read("found", _ONE),
            Read("mapping", f"{_ONE}/mapping"),
            Read("unread", f"{_ONE}/values?limit={MAX_VALUES}"),
        ),
        forms=(Form("map", f"POST {_ONE}/mapping", then="/desk/imports/{id}"),),
        view="wsis_stocktaking.imports.pages.mapping:mapping",
    ),
)
