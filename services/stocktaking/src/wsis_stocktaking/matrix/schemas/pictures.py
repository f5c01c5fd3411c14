"""The pictures of the matrix."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Locale, RequestSchema

from wsis_stocktaking.matrix.rules.evidence import TARGETS, VIEWS


class ViewQuery(RequestSchema):
    """What the cells show: targets of the matrix, or numbers of entries or sessions."""

    of = fields.String(load_default=TARGETS, validate=validate.OneOf(VIEWS))


class PictureQuery(ViewQuery):
    """Which file."""

    language = Locale(load_default=None, allow_none=True, metadata={"description": "By default the reader's"})
