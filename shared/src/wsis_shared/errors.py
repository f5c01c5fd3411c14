"""Errors that cross the bus unchanged.

One exception with nine subclasses. A service never subclasses: it raises one of the nine with a stable code, for
example `Conflict("voting.category_already_voted", category="C1")`, whose sentence is in its texts. A caller would not
know a subclass of another service; it knows the nine, and only the gateway maps them to HTTP (RFC 9457).

    SuiteError
    ├── Invalid          422  the request is understood and its content is not acceptable; `fields` says where
    ├── Unauthenticated  401  the request has no valid identity
    ├── Forbidden        403  the identity has no permission
    ├── NotFound         404  no such object, or not visible to the actor
    ├── Conflict         409  conflicts with the current state
    ├── PreconditionFailed 412  it is not what the client has read; what changed since is in params
    ├── Gone             410  it was here and will not come back
    ├── TooMany          429  over a limit; `retry_after` seconds in params
    └── Unavailable      503  a part is unavailable; the request may be repeated; `retry_after` seconds in params
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import entry_points
from typing import ClassVar, TypedDict

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.resources import read_yaml
from wsis_shared.settings import MANIFESTS


class SuiteError(Exception):
    """A failure with a stable `code`, an English `detail`, `params` for translated texts, and errors by field.

    Where `detail` is not given, it is the sentence of the code in the part `details` of `texts/en.yaml` of its
    service, filled with the params. Raises KeyError where one of them is missing.
    `args` holds the four in order, so that nameko's error envelope (`exc_type`, `exc_args`) carries them as they are.
    """

    status: ClassVar[int] = 500

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        params: JsonObject | None = None,
        fields: dict[str, list[str]] | None = None,
        **more: object,
    ) -> None:
        self.code = code
        self.params = {**(params or {}), **more}
        self.detail = _sentence(code, self.params) if detail is None else detail
        self.fields = fields or {}
        super().__init__(code, self.detail, self.params, self.fields)

    @property
    def retry_after(self) -> float | None:
        """The seconds after which to retry, where it names them."""
        seconds = self.params.get("retry_after")
        return seconds if isinstance(seconds, (int, float)) else None

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


def _sentence(code: str, params: Mapping[str, object]) -> str:
    return _sentences().get(code, "").format_map(params)


@cache
def _sentences() -> Mapping[str, str]:
    """Code -> sentence, of all that is installed here: a code may begin with another name than that of its package
    (`known_as` of a manifest). A service replaces none of the gateway's or of shared's."""
    services = (entry.module.partition(".")[0] for entry in entry_points(group=MANIFESTS))
    found: dict[str, str] = {}
    for package in (*services, "wsis_gateway", "wsis_shared"):
        with suppress(Exception):  # one is not installed, or wrong: that must not take the errors of others down
            found.update(read_yaml(package, "texts/en.yaml").get("details") or {})
    return found


class Invalid(SuiteError):
    """The content is not acceptable. `fields` maps a field's path ("sdgs.0.target") to what is wrong with it."""

    status = 422


class Unauthenticated(SuiteError):
    """No valid identity came with the request."""

    status = 401


class Forbidden(SuiteError):
    """The identity is known and has no right to this."""

    status = 403


class NotFound(SuiteError):
    """No such object, or none that this actor may know of."""

    status = 404


class Conflict(SuiteError):
    """The request conflicts with the current state."""

    status = 409


class Gone(SuiteError):
    """It was here and will not come back."""

    status = 410


class PreconditionFailed(SuiteError):
    """It is not what the client has read; `revision` and `difference` in params say what changed since."""

    status = 412


class TooMany(SuiteError):
    """A rate limit is exceeded. `retry_after` (seconds) says when to retry."""

    status = 429


class Unavailable(SuiteError):
    """A part is unavailable. Safe to repeat with the same Idempotency-Key. `retry_after` is in seconds."""

    status = 503


KINDS: dict[str, type[SuiteError]] = {
    kind.__name__: kind
    for kind in (
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Gone,
        PreconditionFailed,
        TooMany,
        Unavailable,
    )
}


class WireError(TypedDict):
    """The error envelope of nameko's RPC replies. `exc_args` are those of SuiteError, in their order."""

    exc_type: str
    exc_path: str
    exc_args: list[object]
    value: str


def to_wire(error: BaseException) -> WireError:
    """An error in a reply. What is not a SuiteError loses its text: it may hold secrets."""
    if isinstance(error, SuiteError):
        return {
            "exc_type": type(error).__name__,
            "exc_path": f"wsis_shared.errors.{type(error).__name__}",
            "exc_args": [error.code, error.detail, error.params, error.fields],
            "value": str(error),
        }
    return {
        "exc_type": "SuiteError",
        "exc_path": "wsis_shared.errors.SuiteError",
        "exc_args": ["suite.internal_error"],
        "value": "suite.internal_error",
    }


def from_wire(error: Input) -> SuiteError:
    """The reverse of `to_wire`. A type that is not one of the kinds becomes a plain SuiteError (HTTP 500)."""
    kind = KINDS.get(str(error.get("exc_type")))
    if kind is None:
        return SuiteError("suite.internal_error")
    return kind(*error.get("exc_args", [])[:4])
