"""Strict parsing of path, query, headers and body. An error names the field."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from gevent import Timeout
from gunicorn.http.errors import ParseException
from marshmallow import Schema, ValidationError, fields
from wsis_shared.compiled import load_flat
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.schemas import LOCALES

from wsis_gateway import forms
from wsis_gateway.field_errors import MAX_PATH, NOT_TEXT, flat, printable
from wsis_gateway.problems import MAX_ERRORS, HttpError

BODY_BYTES = 256 * 1024
BODY_SECONDS = 15.0  # that a client may take to send it
READ = "wsis.body"  # in the environment of a request that a page makes: its body, which no client can say
MAX_DEPTH = 32
MAX_VALUES = 20_000  # in one body: reading and checking a value takes a microsecond
MAX_INTEGER = 2**53 - 1  # exact in every JSON parser (RFC 8259, 6)
MAX_NUMBER = 1e40
MAX_PARAMETERS = 50
_PATH_VALUE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_load_of = cache(load_flat)  # the schemas of operations, made once at start


# -- body -------------------------------------------------------------------------------------------------------------


def body(env: WSGIEnvironment, schema: Schema, *, form: bool = False) -> dict[str, object]:
    """Parse and validate the body: JSON or, with `form`, an HTML form too. Raises HttpError (400, 408, 413, 415), or
    Invalid with the fields."""
    if READ in env or (form and forms.is_form(env)):
        value = _acceptable(env[READ] if READ in env else forms.values(_bytes(env, form), env, schema))
    else:
        value = json_object(raw) if (raw := _bytes(env, form=False)) else {}
    return load(schema, value, "gateway.content_invalid")


def form_fields(env: WSGIEnvironment) -> list[tuple[str, str]]:
    """(name, text) of each field of a form. Raises HttpError (400, 408, 413, 415)."""
    if not forms.is_form(env):
        raise _unsupported("The body must be a form.")
    return forms.pairs(_bytes(env, form=True), env)


def _bytes(env: WSGIEnvironment, form: bool) -> bytes:
    length = env.get("CONTENT_LENGTH") or ""
    chunked = not length and "chunked" in env.get("HTTP_TRANSFER_ENCODING", "").lower()
    if not chunked and length in ("", "0"):
        return b""
    if length.isdecimal() and int(length) > BODY_BYTES:
        raise too_large(BODY_BYTES)
    _check_media_type(env, form)
    try:
        with Timeout(BODY_SECONDS, HttpError(408, "gateway.body_too_slow")):
            raw: bytes = env["wsgi.input"].read(BODY_BYTES + 1)
    except (ParseException, OSError):
        raise HttpError(400, "gateway.request_malformed") from None
    if len(raw) > BODY_BYTES:
        raise too_large(BODY_BYTES)
    if length.isdecimal() and len(raw) < int(length):
        raise ended_early()
    return raw


def ended_early() -> HttpError:
    """400: gunicorn takes a lost connection for the end, and half a form looks like a whole one."""
    return HttpError(400, "gateway.request_malformed", "The body ended early.")


def too_large(max_bytes: int) -> HttpError:
    """413, with the limit."""
    return HttpError(413, "gateway.body_too_large", limit=max_bytes)


def _check_media_type(env: WSGIEnvironment, form: bool) -> None:
    kind, _, rest = env.get("CONTENT_TYPE", "").partition(";")
    parameters = rest.strip().lower().replace(" ", "")
    is_json = kind.strip().lower() == "application/json" and parameters in ("", "charset=utf-8", 'charset="utf-8"')
    if not form and not is_json:
        raise _unsupported("The body must be application/json in UTF-8.")
    if env.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        raise _unsupported("The body must not be compressed.")


def _unsupported(detail: str) -> HttpError:
    accepted = {"Accept": "application/json", "Accept-Encoding": ""}
    return HttpError(415, "gateway.media_type_unsupported", detail, accepted)


def json_object(raw: bytes) -> dict[str, object]:
    """Parse strict JSON. Raises HttpError (400), or Invalid with the values that are not acceptable."""
    if raw.count(b",") >= MAX_VALUES:  # counted before they are read, commas within texts too
        raise _malformed(f"More than {MAX_VALUES} values.")
    try:
        text = raw.decode("utf-8")
        value = _decode(text)
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    except _DuplicateKey as error:
        raise _malformed(f"Duplicate key: {printable(error.args[0])!r}.", error.args[0]) from None
    except json.JSONDecodeError as error:
        # `msg` comes from the parser and contains no part of the body.
        raise _malformed(f"Not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except ValueError:
        raise _malformed("A number is not valid JSON.") from None
    except RecursionError:
        raise _malformed(f"More than {MAX_DEPTH} levels.") from None
    if not isinstance(value, dict):
        raise _malformed("The body must be an object.")
    return _acceptable(value)


def _acceptable(value: dict[str, object]) -> dict[str, object]:
    errors: dict[str, list[str]] = {}
    _check_values(value, "", 1, errors)
    if errors:
        raise Invalid("gateway.content_invalid", "Some values are not acceptable.", fields=errors)
    return value


class _DuplicateKey(ValueError):
    """An object has a duplicate key."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        raise _DuplicateKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # None is false
    return value


def _constant(name: str) -> object:
    raise ValueError(name)


_decode = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant).decode


def _malformed(detail: str, field: str = "") -> HttpError:
    duplicates = {printable(field): ["Duplicate key."]} if field else None
    return HttpError(400, "gateway.body_malformed", detail.encode("utf-8", "replace").decode(), fields=duplicates)


def _check_values(value: object, path: str, depth: int, errors: dict[str, list[str]]) -> None:
    """Collect values that Python accepts and other JSON parsers reject or read differently."""
    if isinstance(value, str):
        if NOT_TEXT.search(value):
            errors[path] = ["NUL and lone surrogates are not text."]
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise _malformed(f"More than {MAX_DEPTH} levels.")
        items: Iterable[tuple[object, object]] = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if len(errors) >= MAX_ERRORS:
                return
            # Cut, because a long key would be copied for each item below it.
            name = (f"{path}.{key}" if path else str(key))[:MAX_PATH]
            if isinstance(key, str) and NOT_TEXT.search(key):
                errors[printable(name)] = ["NUL and lone surrogates are not text."]
            else:
                _check_values(item, name, depth + 1, errors)
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        errors[path] = [f"Integers are at most {MAX_INTEGER}."]
    elif isinstance(value, float) and not abs(value) <= MAX_NUMBER:
        errors[path] = ["The number is too large."]


def load(schema: Schema, value: Mapping[str, object], code: str) -> dict[str, object]:
    """Load the value with the schema. Raises Invalid with the path of each wrong field."""
    try:
        loaded: dict[str, object] = _load_of(schema)(value)
        return loaded
    except ValidationError as error:
        raise Invalid(code, "Some fields are not acceptable.", fields=flat(error.messages)) from None


# -- path and query ---------------------------------------------------------------------------------------------------


def path(values: Mapping[str, str]) -> None:
    """Raise NotFound if a path variable is not a valid id."""
    for value in values.values():
        if not _PATH_VALUE.fullmatch(value):
            raise NotFound("gateway.not_found")


def query(text: str, schema: Schema | None) -> dict[str, object]:
    """Parse and validate the query. Raises Invalid with each unknown, repeated or wrong parameter. Commas separate
    the items of a list."""
    if not text and schema is None:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise Invalid("gateway.query_invalid", "The query is malformed.") from None
    values: dict[str, object] = {}
    errors: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in values:
            errors[printable(name)] = ["Repeated parameter."]
        if NOT_TEXT.search(name) or NOT_TEXT.search(value):
            errors[printable(name)] = ["NUL and lone surrogates are not text."]
        known = schema.fields.get(name) if schema is not None else None
        if known is None:
            errors.setdefault(printable(name), []).append("Unknown parameter.")
        values[name] = [part for part in value.split(",") if part] if isinstance(known, fields.List) else value
    if errors:
        raise Invalid("gateway.query_invalid", fields=errors)
    return load(schema, values, "gateway.query_invalid") if schema is not None else {}


# -- headers ----------------------------------------------------------------------------------------------------------


def idempotency_key(env: WSGIEnvironment) -> str | None:
    """The header Idempotency-Key, or None. Raises Invalid unless it has 1 to 255 visible ASCII characters."""
    key = env.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        error = {"Idempotency-Key": ["1 to 255 visible ASCII characters."]}
        raise Invalid("gateway.header_invalid", "Idempotency-Key is not acceptable.", fields=error)
    return str(key)


def request_id(header: str | None) -> str | None:
    """The client's X-Request-ID if it is safe to log, else None."""
    return header if header is not None and _REQUEST_ID.fullmatch(header) else None


@lru_cache(maxsize=1024)
def locale(header: str | None) -> str:
    """The best supported language for Accept-Language (RFC 9110, 12.5.4), English by default."""
    ranked = []
    for number, part in enumerate((header or "").split(",")[:20]):
        tag, _, weight = part.strip().lower().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        primary = tag.strip().partition("-")[0]
        if primary in LOCALES and quality > 0:
            ranked.append((-quality, number, primary))
    return min(ranked)[2] if ranked else "en"


def wait_preference(env: WSGIEnvironment, maximum: float) -> tuple[float, str | None]:
    """Seconds to wait for an outcome, and the preference applied (RFC 7240)."""
    for part in env.get("HTTP_PREFER", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "respond-async":
            return 0.0, "respond-async"
        if name == "wait" and value.isdecimal() and len(value) < 5:
            return min(float(value), maximum), f"wait={value}" if float(value) <= maximum else None
    return maximum, None


class Networks:
    """The network of a client: /24 of IPv4, /48 of IPv6, which is what one site gets (RFC 6177). X-Forwarded-For counts
    only if the peer and each hop after the client are trusted proxies. Forwarded and X-Real-IP never count."""

    def __init__(self, proxies: Iterable[str]) -> None:
        self._proxies = [ipaddress.ip_network(proxy, strict=False) for proxy in proxies]
        self.of = lru_cache(maxsize=8192)(self._of)

    def _of(self, peer: str, forwarded: str | None) -> str:
        address = _address(peer)
        if address is None:
            return "local"
        for hop in reversed((forwarded or "").split(",")):
            if not any(address in proxy for proxy in self._proxies):
                break
            before = _address(hop)
            if before is None:
                break
            address = before
        return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
