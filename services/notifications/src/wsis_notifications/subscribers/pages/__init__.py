"""The desk of the newsletter's readers: their figures, one of them, and lists that were kept elsewhere."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_API = "/v1/newsletter"
MAX_VALUES = 40  # that a page asks about at once
_READERS, _IMPORTS = "/desk/newsletter/readers", "/desk/newsletter/imports"
_READER = f"{_API}/subscribers/{{subscriber}}"


PAGES = (
    Page(
        _READERS,
        "subscribers/pages/readers.html",
        "desk_readers",
        reads=(Read("figures", f"{_API}/figures"),),
        forms=(Form("find", f"POST {_API}/subscribers/lookup", then=f"{_READERS}/{{id}}"),),
        files=(Download("readers", f"{_API}/subscribers?format=csv"),),
        view="wsis_notifications.subscribers.pages.views:figures",
        menu="desk:73",
    ),
    Page(
        f"{_READERS}/{{subscriber}}",
        "subscribers/pages/reader.html",
        "desk_reader",
        reads=(Read("reader", _READER),),
        forms=(Form("erase", f"POST {_READER}/erasure", then=_READERS, confirm=True),),
    ),
    Page(
        _IMPORTS,
        "subscribers/pages/imports.html",
        "desk_imports",
        reads=(Read("imports", f"{_API}/imports?limit=50&after={{after}}"),),
        forms=(Form("start", f"POST {_API}/imports", then=f"{_IMPORTS}/{{id}}", confirm=True),),
        view="wsis_notifications.subscribers.pages.views:encodings",
    ),
    Page(
        f"{_IMPORTS}/{{imported}}",
        "subscribers/pages/import.html",
        "desk_import",
        reads=(
            Read("shown", f"{_API}/imports/{{imported}}"),
            Read("refusals", f"{_API}/imports/{{imported}}/refusals?limit=50&after={{after}}"),
            Read("unread", f"{_API}/imports/{{imported}}/values?limit=20", optional=True),
            Read("job", "/v1/jobs/{imported}", optional=True),
        ),
        forms=(
            Form("apply", f"POST {_API}/imports/{{imported}}/application", then=f"{_IMPORTS}/{{id}}", confirm=True),
        ),
        files=(
            Download("refused", f"{_API}/imports/{{imported}}/refusals?format=csv"),
            Download("values", f"{_API}/imports/{{imported}}/values?format=csv"),
        ),
        view="wsis_notifications.subscribers.pages.mapping:unread",
    ),
    Page(
        f"{_IMPORTS}/{{imported}}/mapping",
        "subscribers/pages/mapping.html",
        "desk_import_mapping",
        reads=(
            Read("shown", f"{_API}/imports/{{imported}}"),
            Read("mapping", f"{_API}/imports/{{imported}}/mapping"),
            Read("unread", f"{_API}/imports/{{imported}}/values?limit={MAX_VALUES}"),
        ),
        forms=(Form("map", f"POST {_API}/imports/{{imported}}/mapping", then=f"{_IMPORTS}/{{id}}"),),
        view="wsis_notifications.subscribers.pages.mapping:mapping",
    ),
)
