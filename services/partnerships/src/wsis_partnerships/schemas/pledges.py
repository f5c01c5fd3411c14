"""What comes in and what goes out of packages, pledges and partners. Amounts of money are integers in centimes of a
Swiss franc."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from marshmallow import ValidationError, fields, post_load, validate, validates_schema
from wsis_shared.field_options import FieldOptions
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.schemas import (
    LOCALES,
    Id,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    Website,
    page_of,
    reason,
)

from wsis_partnerships.rules.pledges import CASH, FORMS, IN_KIND, MAX_CORRECTIONS, STATES

MAX_CENTIMES = 10**12


class Centimes(fields.Integer):
    """An amount of money in centimes, above 0."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1, max=MAX_CENTIMES), **options)


class Francs(fields.Integer):
    """An amount in whole francs, in place of centimes: what people type."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        options.setdefault("metadata", {"description": "Whole francs, in place of centimes: what people type"})
        super().__init__(strict=True, validate=validate.Range(min=1, max=MAX_CENTIMES // 100), **options)


class Titles(Localised):
    """A title, or a longer text, in each of the seven languages."""

    def __init__(self, *, max_length: int = 200, **options: Unpack[FieldOptions]) -> None:
        super().__init__(max_length=max_length, **options)

    def _deserialize(
        self, value: object, attr: str | None, data: Input | None, **kwargs: object
    ) -> dict[str, str | None]:
        titles: dict[str, str | None] = super()._deserialize(value, attr, data, **kwargs)
        if errors := _missing({code: titles.get(code) for code in LOCALES}):
            raise ValidationError(errors)
        return titles


def _missing(titles: Mapping[str, str | None]) -> dict[str, list[str]]:
    """The errors by language of those that have no text."""
    return {code: ["Needed in all seven languages."] for code, text in titles.items() if text is None}


class Titled(ResponseSchema):
    """A code with its title in the reader's language."""

    code = fields.String()
    title = fields.String()


class Package(ResponseSchema):
    """A package of the Fund in Trust."""

    code = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    titles = Localised(metadata={"description": "In all languages"})
    partner_class = fields.String(metadata={"description": "In the reader's language"})
    amount_centimes = fields.Integer(allow_none=True, metadata={"description": "null: not set yet"})
    max_partners = fields.Integer(allow_none=True, metadata={"description": "1: exclusive; null: any number"})
    needs_activity = fields.Boolean()
    available = fields.Boolean(metadata={"description": "Whether another partner can be confirmed"})
    benefits = fields.List(fields.Nested(Titled))


class Activity(Titled):
    """What a contribution may be earmarked to."""

    titles = Localised(metadata={"description": "In all languages"})


class Packages(ResponseSchema):
    """Packages in the order in which partners are listed, and activities to earmark a contribution to."""

    edition = fields.String()
    items = fields.List(fields.Nested(Package))
    activities = fields.List(fields.Nested(Activity))


class Call(ResponseSchema):
    """The call for contributions of an edition."""

    edition = fields.String()
    text = fields.String(metadata={"description": "In the reader's language"})
    texts = Localised(metadata={"description": "In all languages"})
    deadline = Utc()
    open = fields.Boolean(metadata={"description": "Whether sponsors can pledge: until the deadline"})


class NewCall(RequestSchema):
    """The call in place of the former one."""

    text = Titles(max_length=5000, required=True)
    deadline = Utc(required=True, metadata={"description": "No pledge is taken from this moment on"})
    reason = reason()


class NewFund(RequestSchema):
    """Nothing but why: packages start as announced."""

    reason = Text(load_default="New edition", max_length=2000, many_lines=True)


class Benefit(RequestSchema):
    """A benefit that partners of a package are owed."""

    code = Id(required=True)
    title = Titles(required=True)


class PackagePatch(RequestSchema):
    """What to change; what is not named stays."""

    amount_centimes = Centimes(allow_none=True)
    from_francs = Francs(allow_none=True)
    max_partners = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(min=1, max=1000),
        metadata={"description": "Places: not fewer than it has partners; null: any number"},
    )
    title = Localised(change=True, max_length=200)
    benefits = fields.List(fields.Nested(Benefit), validate=validate.Length(max=50))
    reason = reason()

    @validates_schema
    def title_stays(self, data: Input, **_: object) -> None:
        """A title has all languages."""
        if errors := _missing(data.get("title", {})):
            raise ValidationError({"title": errors})

    @validates_schema
    def codes_differ(self, data: Input, **_: object) -> None:
        """A code names one benefit."""
        codes = [row["code"] for row in data.get("benefits", [])]
        if len(set(codes)) < len(codes):
            raise ValidationError("Each code may stand once.", "benefits")

    @post_load
    def in_centimes(self, data: Input, **_: object) -> JsonObject:
        """`amount_centimes` of the francs."""
        rest = {name: value for name, value in data.items() if name != "from_francs"}
        return {**rest, "amount_centimes": _centimes(data["from_francs"])} if "from_francs" in data else rest


class NewActivity(RequestSchema):
    """An activity that a contribution may be earmarked to."""

    title = Titles(required=True)


class Contribution(RequestSchema):
    """Money, or something else with a description and, where there is one, an estimate of its value."""

    form = fields.String(required=True, validate=validate.OneOf(FORMS))
    centimes = Centimes(load_default=None, allow_none=True, metadata={"description": "In kind: an estimate"})
    francs = Francs(allow_none=True)
    description = Text(load_default=None, allow_none=True, max_length=2000, many_lines=True)

    @validates_schema
    def whole(self, data: Input, **_: object) -> None:
        """Money has an amount, what is given in kind a description."""
        if data["form"] == CASH and data["centimes"] is None and data.get("francs") is None:
            raise ValidationError("Name the amount.", "francs" if "francs" in data else "centimes")
        if data["form"] == IN_KIND and data["description"] is None:
            raise ValidationError("Describe what is given.", "description")

    @post_load
    def in_centimes(self, data: Input, **_: object) -> JsonObject:
        """`centimes` of the francs; `francs` stays, for errors that name the field."""
        francs = data.get("francs")
        return {**data, "centimes": data["centimes"] if francs is None else _centimes(francs)}


def _centimes(francs: int | None) -> int | None:
    return None if francs is None else 100 * francs


class NewPledge(RequestSchema):
    """A pledge as a sponsor writes it."""

    organization = Text(required=True, max_length=200)
    website = Website(load_default=None, allow_none=True)
    package = Id(required=True)
    activity = Id(load_default=None, allow_none=True, metadata={"description": "Earmark: the activity sponsored"})
    contribution = fields.Nested(Contribution, required=True)


class Change(ResponseSchema):
    """A field before and after a correction; centimes as digits."""

    field = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class Step(ResponseSchema):
    """A state of a pledge, or a correction in the same state."""

    state = fields.String(validate=validate.OneOf(STATES))
    at = Utc()
    reason = fields.String(allow_none=True)
    changes = fields.List(fields.Nested(Change), metadata={"description": "Of a correction: what it changed"})


class Terms(ResponseSchema):
    """What the package was when it was pledged."""

    title = fields.String(metadata={"description": "In the reader's language"})
    amount_centimes = fields.Integer(allow_none=True)
    benefits = fields.List(fields.Nested(Titled))


class OwedBenefit(ResponseSchema):
    """A line of the checklist of a partner."""

    code = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    done = fields.Boolean()
    at = Utc(allow_none=True)


class Pledge(ResponseSchema):
    """A pledge as its sponsor and officers see it."""

    id = fields.String()
    edition = fields.String()
    organization = fields.String()
    website = fields.String(allow_none=True)
    package = fields.String()
    activity = fields.String(allow_none=True)
    form = fields.String(validate=validate.OneOf(FORMS))
    centimes = fields.Integer(allow_none=True, metadata={"description": "In kind: an estimate"})
    description = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))
    pledged_at = Utc()
    history = fields.List(fields.Nested(Step))
    benefits = fields.List(fields.Nested(OwedBenefit))
    has_logo = fields.Boolean()
    logo_waits = fields.Boolean(metadata={"description": "A new logo waits for an officer"})
    proposed_logo = fields.String(
        allow_none=True, metadata={"description": "The id of the logo that a decision makes public"}
    )
    offered_at = Utc(allow_none=True, metadata={"description": "When a place that became free was offered"})
    terms = fields.Nested(
        Terms,
        allow_none=True,
        metadata={"description": "They stay when the package changes; null: of a former version"},
    )


PledgePage = page_of(Pledge, "PledgePage")


class ListedPledge(Pledge):
    """A pledge in the officers' list."""

    package_title = fields.String(metadata={"description": "In the reader's language"})
    activity_title = fields.String(allow_none=True, metadata={"description": "In the reader's language"})


ListedPledgePage = page_of(ListedPledge, "ListedPledgePage")


class PledgeQuery(PageQuery):
    """Filters of the officers' list."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    package = Id(load_default=None)


class PledgeChange(RequestSchema):
    """The next state of a pledge."""

    state = fields.String(required=True, validate=validate.OneOf(STATES[1:]))
    reason = reason()
    proposed_logo = Id(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The logo of the pledge as it was read, `none` without one; 409 where another waits by now"
        },
    )


class PledgeCorrection(RequestSchema):
    """What was written wrongly; what is not named stays."""

    organization = Text(max_length=200)
    website = Website(allow_none=True)
    package = Id()
    activity = Id(allow_none=True)
    centimes = Centimes()
    francs = Francs()
    description = Text(max_length=2000, many_lines=True)
    base = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=MAX_CORRECTIONS),
        metadata={"description": "Corrections in the history that was read; 409 where there is another by now"},
    )
    reason = reason()

    @post_load
    def in_centimes(self, data: Input, **_: object) -> JsonObject:
        """`centimes` of the francs; `francs` stays, for errors that name the field."""
        return {**data, "centimes": _centimes(data["francs"])} if "francs" in data else {**data}


class Withdrawal(RequestSchema):
    """Why a sponsor withdraws."""

    reason = reason()


class LogoDecision(RequestSchema):
    """Whether everybody may see the logo that a partner has proposed."""

    accepted = fields.Boolean(required=True)
    reason = reason()
    proposed_logo = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "As the pledge was read; 409 where another one waits by now"},
    )


class BenefitState(RequestSchema):
    """Whether a partner has had a benefit."""

    done = fields.Boolean(required=True)
