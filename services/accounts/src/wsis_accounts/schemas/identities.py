"""Sign-in by the identity provider of an agency."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc

_TEXT = validate.Length(min=1, max=256)
_CODE = validate.Length(min=1, max=4096)


class IdentityReturn(RequestSchema):
    """What the browser has brought back from the provider, and the `binding` that it was given before."""

    provider = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Whose page it came back to: the last part of its path"}
    )
    state = fields.String(required=True, validate=_TEXT)
    code = fields.String(required=True, validate=_CODE)
    iss = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    binding = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Of the request: it proves the same client"}
    )


class IdentityProof(IdentityReturn):
    """The same, to sign in with."""

    refresh_token = fields.String(
        validate=validate.Length(min=1, max=256),
        metadata={"description": "Of the session that this client had before: it ends"},
    )


class Provider(ResponseSchema):
    """An identity provider."""

    provider = fields.String(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Providers(ResponseSchema):
    """Those of this installation."""

    providers = fields.List(fields.Nested(Provider), required=True)


class IdentityRequest(ResponseSchema):
    """A way to a provider; it is open for ten minutes, for one return."""

    url = fields.String(required=True, metadata={"description": "The page of the provider, to open in a browser"})
    binding = fields.String(required=True, metadata={"description": "A secret of this client, for the return"})
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Identity(ResponseSchema):
    """An identity that opens the account."""

    identity = fields.String(required=True)
    provider = fields.String(required=True)
    names = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Of the provider; its id where this installation knows it no more"},
    )
    added_at = Utc(required=True)
    used_at = Utc(allow_none=True, metadata={"description": "When somebody last signed in by it"})


class Identities(ResponseSchema):
    """One at each provider at most."""

    identities = fields.List(fields.Nested(Identity), required=True)


class KeptIdentity(ResponseSchema):
    """An identity at a provider; of the provider's names for the person nothing is kept."""

    identity = fields.String()
    provider = fields.String()
    added_at = Utc()
    used_at = Utc(allow_none=True)
