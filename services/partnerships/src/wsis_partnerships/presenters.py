"""Funds and pledges as responses and mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from wsis_shared import revisions
from wsis_shared.json_types import Input
from wsis_shared.sentences import Sentences

from wsis_partnerships.rules import funds, reference
from wsis_partnerships.rules.logos import waiting_logo
from wsis_partnerships.rules.pledges import CORRECTED, Pledge
from wsis_partnerships.rules.reference import Titled

_say = Sentences("wsis_partnerships", "states")


def packages(fund: funds.Fund, partners: Sequence[Pledge], locale: str) -> dict[str, object]:
    """Packages in their order, and activities."""
    confirmed = Counter(row["package"] for row in partners)
    return {
        "edition": fund["_id"],
        "revision": revisions.of(fund),
        "items": [
            {
                **row,
                **_titled(row, locale),
                "titles": row["title"],
                "partner_class": reference.partner_class(row["partner_class"])[locale],
                "available": funds.has_place(row, confirmed[row["code"]]),
                "benefits": [_titled(each, locale) for each in row["benefits"]],
            }
            for row in fund["packages"]
        ],
        "activities": [{**_titled(row, locale), "titles": row["title"]} for row in fund["activities"]],
    }


def call(fund: funds.Fund, moment: datetime, locale: str) -> dict[str, object]:
    """The call for contributions, at a moment."""
    found = funds.call(fund)
    return {
        "edition": fund["_id"],
        "revision": revisions.of(fund),
        "text": found["text"][locale],
        "texts": found["text"],
        "deadline": found["deadline"],
        "open": funds.is_open(fund, moment),
    }


def pledge(row: Pledge, locale: str) -> dict[str, object]:
    """A pledge for its sponsor and for officers."""
    terms = row.get("terms")
    return {
        **row,
        "terms": terms
        and {
            "title": terms["title"][locale],
            "amount_centimes": terms["amount_centimes"],
            "benefits": [_titled(each, locale) for each in terms["benefits"]],
        },
        "id": row["_id"],
        "benefits": [{**each, **_titled(each, locale)} for each in row["benefits"]],
        "has_logo": row["logo"] is not None,
        "logo_waits": row.get("proposed_logo") is not None,
        "proposed_logo": waiting_logo(row),
        "offered_at": row.get("offered_at"),
    }


def named(row: Input, fund: funds.Fund, locale: str) -> dict[str, object]:
    """Of what names a package and perhaps an activity: their titles as they are now."""
    return {
        "package_title": funds.package(fund, row["package"])["title"][locale],
        "activity_title": row["activity"] and funds.activity(fund, row["activity"])["title"][locale],
    }


def partner(row: Pledge, fund: funds.Fund, locale: str) -> dict[str, object]:
    """A partner in public."""
    chosen, titles = funds.package(fund, row["package"]), named(row, fund, locale)
    path = f"/v1/partnerships/{row['edition']}/partners/{row['_id']}/logo"
    return {
        "id": row["_id"],
        "organization": row["organization"],
        "website": row["website"],
        "package": row["package"],
        "package_title": titles["package_title"],
        "partner_class": reference.partner_class(chosen["partner_class"])[locale],
        "activity": titles["activity_title"],
        "confirmed_at": row["confirmed_at"],
        "logo": path if row["logo"] is not None else None,
    }


def pledge_mail(row: Pledge, fund: funds.Fund, state: str) -> dict[str, object]:
    """Variables of the mails. `state` is that of the event, which may be older than the pledge's, or "offered", or
    "corrected"."""
    corrections = [each for each in row["history"] if "changes" in each]
    steps = corrections[-1:] if state == CORRECTED else [each for each in row["history"] if each["state"] == state]
    return {
        "organization": row["organization"],
        "package_title": funds.package(fund, row["package"])["title"],
        "activity_title": row["activity"] and funds.activity(fund, row["activity"])["title"],
        "form": row["form"],
        "centimes": row["centimes"],
        "description": row["description"],
        "reason": steps[0]["reason"] if steps else None,
        "state_subject": dict(_say.all(f"{state}_subject")),
        "state_text": dict(_say.all(state)),
    }


def _titled(row: Titled, locale: str) -> dict[str, object]:
    return {"code": row["code"], "title": row["title"][locale]}
