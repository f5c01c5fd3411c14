"""Partners and packages for everybody, pledges for sponsors, and the desk of the fund."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Download, Form, Page, Panel, Read
from wsis_shared.schemas import RequestSchema

from wsis_partnerships.rules.pledges import STATES

_VIEWS = "wsis_partnerships.pages.views:"
_FUNDS = Read("funds", "/v1/partnerships?edition={edition}")  # without one, the newest that has a fund
_CHOSEN = "/v1/partnerships/{funds.edition}"
_FUND = "/v1/partnerships/{edition}"
_PLEDGE = f"{_FUND}/pledges/{{pledge}}"
_PACKAGES = Read("packages", f"{_CHOSEN}/packages", optional=True)
_CALL = Read("call", f"{_CHOSEN}/call", optional=True)
_DESK = "/desk/partners/{edition}"
_PARTNERS = Read("partners", f"{_CHOSEN}/partners", optional=True)


class EditionQuery(RequestSchema):
    """Of which edition; the newest that has a fund without one."""

    edition = fields.String(validate=validate.Length(equal=4))


class PackageQuery(EditionQuery):
    """The package that was pressed."""

    package = fields.String()


class StateQuery(EditionQuery):
    """Which pledges."""

    state = fields.String(validate=validate.OneOf(STATES))


PAGES = (
    Page(
        "/partners",
        "pages/partners.html",
        "partners",
        reads=(_FUNDS, _PACKAGES, _PARTNERS, _CALL),
        query=EditionQuery,
        view=f"{_VIEWS}by_class",
        menu="public:60",
    ),
    Page(
        "/partners/pledge",
        "pages/pledge.html",
        "pledge",
        reads=(_FUNDS, _PACKAGES, _CALL),
        view=f"{_VIEWS}activities",
        forms=(Form("pledge", f"POST {_FUND}/pledges", then="/partners/{edition}/pledges/{id}?done=made"),),
        query=PackageQuery,
        signed_in=True,
    ),
    Page(
        "/partners/{edition}/pledges/{pledge}",
        "pages/my-pledge.html",
        "my_pledge",
        reads=(Read("made", _PLEDGE), Read("packages", f"{_FUND}/packages")),
        forms=(
            Form("withdraw", f"POST {_PLEDGE}/withdrawal", then="/partners/{edition}/pledges/{pledge}", confirm=True),
            Form("logo", f"PUT {_PLEDGE}/logo", then="/partners/{edition}/pledges/{pledge}?done=logo"),
        ),
        view=f"{_VIEWS}titles",
        signed_in=True,
    ),
    Page(
        "/desk/partners",
        "pages/desk.html",
        "desk_partners",
        reads=(
            Read("editions", "/v1/editions"),
            _FUNDS,
            Read("pledges", f"{_CHOSEN}/pledges?state={{state}}&after={{after}}&limit=50", optional=True),
            Read("report", f"{_CHOSEN}/report", optional=True),
            _PACKAGES,
        ),
        forms=(Form("open", f"POST {_FUND}/packages", then=f"{_DESK}/packages?done=saved", confirm=True),),
        files=(
            Download("pledges", f"{_FUND}/pledges?state={{state}}&format=xlsx"),
            Download("fund", f"{_FUND}/report/lines?format=xlsx"),
        ),
        query=StateQuery,
        view=f"{_VIEWS}fund",
        menu="desk:60",
        permission="partnerships:read",
    ),
    Page(
        "/desk/partners/{edition}/ledger",
        "pages/ledger.html",
        "ledger",
        reads=(Read("ledger", f"{_FUND}/ledger?after={{after}}&limit=100"), Read("packages", f"{_FUND}/packages")),
        files=(Download("ledger", f"{_FUND}/ledger?format=xlsx"),),
        view=f"{_VIEWS}titles",
    ),
    Page(
        "/desk/partners/{edition}/{pledge}",
        "pages/desk-pledge.html",
        "desk_pledge",
        reads=(Read("made", _PLEDGE), Read("packages", f"{_FUND}/packages"), Read("report", f"{_FUND}/report")),
        forms=(
            Form("decide", f"PUT {_PLEDGE}/state", then="/desk/partners/{edition}/{pledge}?done=saved", confirm=True),
            Form("benefit", f"PUT {_PLEDGE}/benefits/{{benefit}}", then="/desk/partners/{edition}/{pledge}?done=saved"),
            Form("logo", f"PUT {_PLEDGE}/proposed-logo/decision", then="/desk/partners/{edition}/{pledge}?done=saved"),
        ),
        files=(Download("logo", f"{_PLEDGE}/proposed-logo"),),
        view=f"{_VIEWS}decision",
    ),
    Page(
        f"{_DESK}/{{pledge}}/correction",
        "pages/desk-correction.html",
        "correct",
        reads=(Read("made", _PLEDGE), Read("packages", f"{_FUND}/packages")),
        forms=(Form("correct", f"PATCH {_PLEDGE}", then=f"{_DESK}/{{pledge}}?done=saved", confirm=True),),
        view=f"{_VIEWS}correction",
        permission="partnerships:manage",
    ),
    Page(
        f"{_DESK}/packages",
        "pages/desk-packages.html",
        "desk_packages",
        reads=(Read("packages", f"{_FUND}/packages"), Read("call", f"{_FUND}/call", optional=True)),
        forms=(
            Form("add", f"POST {_FUND}/activities", then=f"{_DESK}/packages?done=saved"),
            Form("rename", f"PUT {_FUND}/activities/{{activity}}", then=f"{_DESK}/packages?done=saved"),
        ),
        permission="partnerships:manage",
    ),
    Page(
        f"{_DESK}/packages/{{package}}",
        "pages/desk-package.html",
        "package_edit",
        reads=(Read("packages", f"{_FUND}/packages"),),
        forms=(
            Form("change", f"PATCH {_FUND}/packages/{{package}}", then=f"{_DESK}/packages?done=saved", confirm=True),
        ),
        view=f"{_VIEWS}one_package",
        permission="partnerships:manage",
    ),
    Page(
        f"{_DESK}/call",
        "pages/desk-call.html",
        "call",
        reads=(Read("packages", f"{_FUND}/packages"), Read("call", f"{_FUND}/call", optional=True)),
        forms=(Form("publish", f"PUT {_FUND}/call", then=f"{_DESK}/packages?done=saved", confirm=True),),
        permission="partnerships:manage",
    ),
)
PANELS = (
    Panel(
        "front",
        60,
        "pages/front.html",
        reads=(Read("funds", "/v1/partnerships"), Read("partners", f"{_CHOSEN}/partners")),
    ),
    Panel(
        "me",
        60,
        "pages/me.html",
        reads=(Read("pledges", "/v1/me/pledges?limit=5"),),
        permission="partnerships:pledge",
    ),
)
