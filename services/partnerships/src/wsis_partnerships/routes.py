"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_partnerships import schemas

LOGO = Upload(max_bytes=1_000_000, media_types=("image/png",))

_FUND = "/v1/partnerships/{edition}"
_NO_FUND = "partnerships.fund_unknown"
_NO_PLEDGE = "partnerships.pledge_unknown"
_PLEDGE, _READ, _MANAGE = "partnerships:pledge", "partnerships:read", "partnerships:manage"
_SECONDS = 60
_CHANGES = ("partnerships.fund_changed", "partnerships.partner_confirmed", "partnerships.partner_withdrawn")

ROUTES = (
    Route(
        "POST", f"{_FUND}/packages", handler="open_fund", summary="Open the packages of an edition",
        body=schemas.NewFund, response=schemas.Packages, status=201, permission=_MANAGE,
        error_codes=("partnerships.fund_exists",),
        description="As announced, without amounts: set them afterwards.",
    ),
    Route(
        "GET", f"{_FUND}/packages", handler="list_packages", summary="Packages and activities to sponsor",
        response=schemas.Packages, permission=PUBLIC, error_codes=(_NO_FUND,), cache=_SECONDS,
        invalidated_by=_CHANGES, versioned=True,
    ),
    Route(
        "PATCH", f"{_FUND}/packages/{{package}}", handler="change_package", summary="Change a package",
        body=schemas.PackagePatch, response=schemas.Packages, permission=_MANAGE, versioned=True, if_match=True,
        error_codes=(_NO_FUND, "partnerships.package_unknown"),
        description="Its amount, title or benefits; the ETag is that of the list. Pledges and the checklists of "
        "partners stay as they are.",
    ),
    Route(
        "PUT", f"{_FUND}/activities/{{activity}}", handler="set_activity", summary="Add or rename an activity",
        body=schemas.NewActivity, response=schemas.Packages, permission=_MANAGE, error_codes=(_NO_FUND,),
    ),
    Route(
        "POST", f"{_FUND}/pledges", handler="make_pledge", summary="Pledge a contribution",
        body=schemas.NewPledge, response=schemas.Pledge, status=201, permission=_PLEDGE,
        error_codes=(_NO_FUND, "partnerships.package_unknown", "partnerships.activity_unknown",
                     "partnerships.activity_needed", "partnerships.amount_too_small", "partnerships.pledges_used_up",
                     "partnerships.too_many_pledges"),
        description="In cash or in kind, to a package, earmarked to one activity or not. Mails tell its state.",
    ),
    Route(
        "GET", "/v1/me/pledges", handler="list_my_pledges", summary="My pledges", query=PageQuery,
        response=schemas.PledgePage, permission=_PLEDGE,
    ),
    Route(
        "GET", f"{_FUND}/pledges", handler="list_pledges", summary="Pledges of an edition",
        query=schemas.PledgeQuery, response=schemas.PledgePage, permission=_READ, export="pledges",
    ),
    Route(
        "GET", f"{_FUND}/pledges/{{pledge}}", handler="read_pledge", summary="A pledge",
        response=schemas.Pledge, permission=_PLEDGE, error_codes=(_NO_PLEDGE,),
        description="One's own; any for officers.",
    ),
    Route(
        "PUT", f"{_FUND}/pledges/{{pledge}}/state", handler="change_pledge",
        summary="Confirm, receive, withdraw or refund",
        body=schemas.PledgeChange, response=schemas.Pledge, permission=_MANAGE,
        error_codes=(_NO_PLEDGE, "partnerships.wrong_state", "partnerships.package_taken"),
        description="pledged to confirmed to received; withdrawn from the first two, refunded from the last. An "
        "exclusive package has one confirmed or received pledge, also when two officers confirm at once. When its "
        "partner leaves, the next pledge gets `offered_at` and its sponsor a mail.",
    ),
    Route(
        "POST", f"{_FUND}/pledges/{{pledge}}/withdrawal", handler="withdraw_pledge", summary="Withdraw my pledge",
        body=schemas.Withdrawal, response=schemas.Pledge, permission=_PLEDGE,
        error_codes=(_NO_PLEDGE, "partnerships.wrong_state"),
        description="Until it is confirmed; afterwards ask the secretariat.",
    ),
    Route(
        "PUT", f"{_FUND}/pledges/{{pledge}}/logo", handler="set_logo", summary="Upload my logo", upload=LOGO,
        response=schemas.Pledge, permission=_PLEDGE, error_codes=(_NO_PLEDGE, "partnerships.logo_too_large"),
        description="A PNG of at most 1 MB and 4000 pixels a side. It replaces the former one and is public once the "
        "pledge is confirmed. A new one after that waits for an officer.",
    ),
    Route(
        "GET", f"{_FUND}/pledges/{{pledge}}/proposed-logo", handler="read_proposed_logo",
        summary="A logo that waits for an officer", permission=_MANAGE, download=True, media="image/png",
        error_codes=(_NO_PLEDGE, "partnerships.logo_unknown"),
    ),
    Route(
        "PUT", f"{_FUND}/pledges/{{pledge}}/proposed-logo/decision", handler="decide_logo",
        summary="Publish or refuse a new logo", body=schemas.LogoDecision, response=schemas.Pledge,
        permission=_MANAGE, error_codes=(_NO_PLEDGE, "partnerships.logo_unknown"),
    ),
    Route(
        "PUT", f"{_FUND}/pledges/{{pledge}}/benefits/{{benefit}}", handler="set_benefit",
        summary="Check a benefit off", body=schemas.BenefitState, response=schemas.Pledge, permission=_MANAGE,
        error_codes=(_NO_PLEDGE, "partnerships.not_a_partner", "partnerships.benefit_unknown"),
    ),
    Route(
        "GET", f"{_FUND}/partners", handler="list_partners", summary="Partners of the Forum",
        response=schemas.PartnerList, permission=PUBLIC, cache=_SECONDS, invalidated_by=_CHANGES,
        error_codes=(_NO_FUND,),
        description="By package, then who confirmed first.",
    ),
    Route(
        "GET", f"{_FUND}/partners/{{pledge}}/logo", handler="read_logo", summary="Logo of a partner",
        permission=PUBLIC, download=True, media="image/png", error_codes=("partnerships.logo_unknown",),
    ),
    Route(
        "GET", f"{_FUND}/report", handler="read_report", summary="Report of the fund", response=schemas.FundReport,
        permission=_READ, error_codes=(_NO_FUND,),
    ),
    Route(
        "GET", f"{_FUND}/report/lines", handler="list_report_lines",
        summary="Report of the fund by package, earmark and form", query=PageQuery, response=schemas.FundLines,
        permission=_READ, export="fund", error_codes=(_NO_FUND,),
    ),
    Route(
        "GET", f"{_FUND}/ledger", handler="list_ledger", summary="Ledger of the fund", query=PageQuery,
        response=schemas.LedgerPage, permission=_READ, export="ledger", error_codes=(_NO_FUND,),
        description="Each step of each pledge; entries are added and never changed.",
    ),
)  # fmt: skip
