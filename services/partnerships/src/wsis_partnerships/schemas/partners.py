"""Partners as everybody sees them."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema, Utc, page_of


class Partner(ResponseSchema):
    """A partner as everybody sees it: no amounts."""

    id = fields.String()
    organization = fields.String()
    website = fields.String(allow_none=True)
    package = fields.String()
    package_title = fields.String(metadata={"description": "In the reader's language"})
    partner_class = fields.String(metadata={"description": "In the reader's language"})
    activity = fields.String(allow_none=True, metadata={"description": "Its title in the reader's language"})
    confirmed_at = Utc()
    logo = fields.String(allow_none=True, metadata={"description": "Where to download it"})


PartnerList = page_of(Partner, "PartnerList")
