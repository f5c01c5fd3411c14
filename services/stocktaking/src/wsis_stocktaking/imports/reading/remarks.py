"""What a row says of an entry beside its content, as it is loaded."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate
from wsis_shared import clock
from wsis_shared.schemas import Text, Utc

from wsis_stocktaking.register.rules.contents import NAME_LENGTH


class Moment(Utc):
    """A moment, or a day from its beginning in UTC; loaded as text."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> Any:
        is_day = isinstance(value, str) and len(value) == len("2016-07-01")
        return clock.iso(super()._deserialize(f"{value}T00:00:00Z" if is_day else value, attr, data, **kwargs))


class Contact(Schema):
    """Whom to ask about an entry; never public."""

    class Meta:
        unknown = EXCLUDE

    name = Text(load_default=None, allow_none=True, max_length=NAME_LENGTH)
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=254))


class Remarks(Schema):
    """What a row says of an entry beside its content."""

    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    last_updated_at = Moment(load_default=None, allow_none=True)
