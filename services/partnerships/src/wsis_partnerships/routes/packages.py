"""Packages, the call for contributions and activities."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_partnerships.schemas import fund, pledges

FUND = "/v1/partnerships/{edition}"
NO_FUND = "partnerships.fund_unknown"
MANAGE = "partnerships:manage"
SECONDS = 60
CHANGES = ("partnerships.fund_changed", "partnerships.partner_confirmed", "partnerships.partner_withdrawn")

ROUTES = (
    Route(
        "GET",
        "/v1/partnerships",
        handler="list_funds",
        summary="Editions with a fund",
        query=fund.EditionQuery,
        response=fund.Funds,
        permission=PUBLIC,
        error_codes=(NO_FUND,),
        cache=SECONDS,
        invalidated_by=CHANGES,
        description="`edition` is the one asked for, or the newest: pages show its packages and partners.",
    ),
    Route(
        "POST",
        f"{FUND}/packages",
        handler="open_fund",
        summary="Open the packages of an edition",
        body=pledges.NewFund,
        response=pledges.Packages,
        status=201,
        permission=MANAGE,
        error_codes=("partnerships.fund_exists",),
        description="As announced, without amounts: set them afterwards.",
    ),
    Route(
        "GET",
        f"{FUND}/packages",
        handler="list_packages",
        summary="Packages and activities to sponsor",
        response=pledges.Packages,
        permission=PUBLIC,
        error_codes=(NO_FUND,),
        cache=SECONDS,
        invalidated_by=CHANGES,
        versioned=True,
    ),
    Route(
        "GET",
        f"{FUND}/call",
        handler="read_call",
        summary="The call for contributions",
        response=pledges.Call,
        permission=PUBLIC,
        error_codes=(NO_FUND, "partnerships.call_unknown"),
        cache=SECONDS,
        invalidated_by=CHANGES,
        versioned=True,
    ),
    Route(
        "PUT",
        f"{FUND}/call",
        handler="set_call",
        summary="Publish the call for contributions",
        body=pledges.NewCall,
        response=pledges.Call,
        permission=MANAGE,
        versioned=True,
        if_match=True,
        error_codes=(NO_FUND,),
        description="Its text in all seven languages, and the deadline, after which no pledge is taken. It replaces "
        "the former one; nobody gets a mail.",
    ),
    Route(
        "PATCH",
        f"{FUND}/packages/{{package}}",
        handler="change_package",
        summary="Change a package",
        body=pledges.PackagePatch,
        response=pledges.Packages,
        permission=MANAGE,
        versioned=True,
        if_match=True,
        error_codes=(NO_FUND, "partnerships.package_unknown", "partnerships.places_taken"),
        description="Its amount, places, title or benefits; the ETag is that of the list. Pledges keep the terms that "
        "they were made under, and partners their checklists. With more places the next pledges in line get "
        "`offered_at` and their sponsors a mail.",
    ),
    Route(
        "POST",
        f"{FUND}/activities",
        handler="add_activity",
        summary="Add an activity",
        body=pledges.NewActivity,
        response=pledges.Packages,
        status=201,
        permission=MANAGE,
        error_codes=(NO_FUND,),
    ),
    Route(
        "PUT",
        f"{FUND}/activities/{{activity}}",
        handler="set_activity",
        summary="Add or rename an activity",
        body=pledges.NewActivity,
        response=pledges.Packages,
        permission=MANAGE,
        error_codes=(NO_FUND,),
    ),
)
