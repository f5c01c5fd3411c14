"""The authenticator app of an account, and what a session lacks without its code."""

from __future__ import annotations

import re

from marshmallow import ValidationError, fields, validate
from wsis_shared import typed_codes
from wsis_shared.json_types import Input
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc

_CODE = re.compile(r"[0-9]{6}|[a-z2-7]{10}")


class AuthenticatorCode(fields.String):
    """What an authenticator app shows, in any script, or a recovery code, as they were given."""

    def _deserialize(self, value: object, attr: str | None, data: Input | None, **kwargs: object) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        kept = typed_codes.plain(typed[:21]).replace("-", "").lower()
        if len(typed) > 20 or not _CODE.fullmatch(kept):
            raise ValidationError("A code has six digits; a recovery code has ten letters and digits.")
        return kept


class SecondFactor(RequestSchema):
    """A code of the authenticator, or a recovery code, and the session that it is for."""

    code = AuthenticatorCode(required=True)
    refresh_token = fields.String(required=True, validate=validate.Length(min=1, max=256))


class Missing(fields.String):
    """What a session lacks for the roles of its account."""

    def __init__(self) -> None:
        super().__init__(
            allow_none=True,
            validate=validate.OneOf(("code", "authenticator")),
            metadata={
                "description": "Until it is there the session is a member's. code: of the authenticator that the "
                "account has; authenticator: the account needs one and has none"
            },
        )


class Authenticator(ResponseSchema):
    """Whether an account has an authenticator."""

    active = fields.Boolean(required=True)
    since = Utc(allow_none=True)
    recovery_codes_left = fields.Integer(required=True)
    demanded = fields.Boolean(required=True, metadata={"description": "Do its roles need one?"})
    missing = Missing()


class NewAuthenticator(ResponseSchema):
    """It counts once the app has shown a code (`POST /v1/sign-in/second-factor`). None of it is ever shown again."""

    secret = fields.String(required=True, metadata={"description": "Base32, to type into an app"})
    uri = fields.String(required=True, metadata={"description": "otpauth://, to scan as a QR code"})
    recovery_codes = fields.List(fields.String(), required=True, metadata={"description": "Each works once"})
