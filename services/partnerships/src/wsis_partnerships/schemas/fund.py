"""What goes out of the fund: its report and its ledger. Amounts are integers in centimes of a Swiss franc."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc, page_of

IN_READERS_LANGUAGE = {"description": "In the reader's language"}


class EditionQuery(RequestSchema):
    """Which edition; the newest that has a fund without one."""

    edition = fields.String(load_default=None, validate=validate.Length(equal=4))


class Funds(ResponseSchema):
    """The editions that have a fund."""

    edition = fields.String(allow_none=True, metadata={"description": "The one asked for, else the newest; null: none"})
    editions = fields.List(fields.String(), metadata={"description": "The newest first"})


class StateSum(ResponseSchema):
    """Pledges in one state and their sum."""

    pledges = fields.Integer()
    centimes = fields.Integer()


class Sums(ResponseSchema):
    """Sums by the state in which pledges are now."""

    pledged = fields.Nested(StateSum)
    confirmed = fields.Nested(StateSum)
    received = fields.Nested(StateSum)
    withdrawn = fields.Nested(StateSum)
    refunded = fields.Nested(StateSum)


class FundLine(Sums):
    """Sums of one package, earmark and form."""

    package = fields.String()
    package_title = fields.String(metadata=IN_READERS_LANGUAGE)
    activity = fields.String(allow_none=True)
    activity_title = fields.String(allow_none=True, metadata=IN_READERS_LANGUAGE)
    form = fields.String()


class FundReport(ResponseSchema):
    """The fund of an edition. Estimates in kind are never added to money."""

    edition = fields.String()
    cash = fields.Nested(Sums)
    in_kind = fields.Nested(Sums)


FundLines = page_of(FundLine, "FundLines")


class LedgerEntry(ResponseSchema):
    """A step of a pledge."""

    id = fields.String()
    pledge = fields.String()
    at = Utc()
    package = fields.String()
    package_title = fields.String(metadata=IN_READERS_LANGUAGE)
    activity = fields.String(allow_none=True)
    activity_title = fields.String(allow_none=True, metadata=IN_READERS_LANGUAGE)
    form = fields.String()
    centimes = fields.Integer()
    from_state = fields.String(allow_none=True)
    to_state = fields.String(allow_none=True, metadata={"description": "null: a correction takes this back"})


LedgerPage = page_of(LedgerEntry, "LedgerPage")
