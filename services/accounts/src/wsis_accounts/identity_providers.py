"""HTTP to identity providers: metadata and keys, which are kept for an hour, and the exchange of a code.

To public addresses alone, without redirects and proxies, within limits of time and size. A name is resolved once: what
was checked is what is connected to, and TLS verifies the name.
"""

from __future__ import annotations

import http.client
import json
import logging
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

from joserfc.jwk import Key
from wsis_shared import clock
from wsis_shared.destinations import DestinationRefused, may_connect, read_destination
from wsis_shared.errors import Unavailable

from wsis_accounts.rules import id_tokens
from wsis_accounts.rules.id_tokens import Identity, KeyUnknown, TokenRefused
from wsis_accounts.rules.providers import Provider

METADATA = "/.well-known/openid-configuration"  # Discovery 1.0, 4
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_SECONDS = 3600.0  # metadata and keys
RENEWED_SECONDS = 30.0  # from one look for an unknown key to the next
TIMEOUT = 3.0  # seconds of one request
ALL_SECONDS = 8.0  # of all that a sign-in asks: the gateway waits for ten
MAX_BODY = 262_144
OTHER_ISSUER, NO_KEYS = "metadata of another issuer", "no keys that verify ID tokens"

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass
class Known:
    """What a provider has said of itself, until a moment (monotonic); `renewed_at` is when its keys were last read for
    one that was not among them."""

    metadata: Mapping[str, object] = field(default_factory=dict)
    metadata_until: float = 0.0
    keys: tuple[Key, ...] = ()
    keys_until: float = 0.0
    renewed_at: float = float("-inf")


class _Away(Exception):
    """No answer, or none that can be used. The text says why, for the log."""


AWAY = (_Away, OSError, http.client.HTTPException, DestinationRefused)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Away | DestinationRefused) else type(error).__name__


class Deadline:
    """Until when all requests of one sign-in have to be done."""

    def __init__(self, seconds: float = ALL_SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = TIMEOUT) -> float:
        """Seconds for one more. Raises _Away where there are none."""
        seconds = min(most, self._end - time.monotonic())
        if seconds <= 0:
            raise _Away("timeout")
        return seconds


class ProviderClient:
    """Asks one provider. Greenlets share it."""

    def __init__(self, provider: Provider, *, allow_loopback: bool) -> None:
        self._provider, self._allow_loopback = provider, allow_loopback
        self._known, self._lock = Known(), threading.Lock()

    def address(self, fields: Mapping[str, str]) -> str:
        """Where the browser goes with these fields. Raises Unavailable."""
        endpoint = str(self.metadata()["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"

    def metadata(self) -> Mapping[str, object]:
        """What it says of itself. Raises Unavailable."""
        return self._answered(lambda: self._metadata(Deadline()))

    def identity(self, code: str, verifier: str, nonce: str, back: str) -> Identity:
        """Who signed in there, for the code of a return to `back`. Raises Unavailable, TokenRefused."""
        return self._answered(lambda: self._identity(Deadline(), code, verifier, nonce, back))

    def problem(self) -> str:
        """Why metadata and keys cannot be read now, in the words of the log; empty: they can."""
        try:
            return "" if self._keys(Deadline()) else NO_KEYS
        except AWAY as error:
            return _reason(error)

    def _answered(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except AWAY as error:
            said = {"provider": self._provider.id, "reason": _reason(error)}
            _log.warning("identity provider away", extra=said)
            raise Unavailable("accounts.provider_away", retry_after=30) from error

    def _identity(self, deadline: Deadline, code: str, verifier: str, nonce: str, back: str) -> Identity:
        token = self._token(deadline, code, verifier, back)
        try:
            return id_tokens.verified(token, self._keys(deadline), self._provider, nonce, clock.now())
        except KeyUnknown:
            return id_tokens.verified(token, self._renewed_keys(deadline), self._provider, nonce, clock.now())

    @contextmanager
    def _turn(self, deadline: Deadline) -> Iterator[None]:
        """One at a time asks what all use."""
        if not self._lock.acquire(timeout=deadline.left(ALL_SECONDS)):
            raise _Away("timeout")
        try:
            yield
        finally:
            self._lock.release()

    def _token(self, deadline: Deadline, code: str, verifier: str, back: str) -> object:
        metadata = self._metadata(deadline)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not self._provider.secret:
            fields["client_id"] = self._provider.client_id
        elif isinstance(methods, list) and "client_secret_basic" not in methods and "client_secret_post" in methods:
            fields |= {"client_id": self._provider.client_id, "client_secret": self._provider.secret}
        else:  # RFC 6749, 2.3.1: both are encoded as in a form
            login = f"{quote_plus(self._provider.client_id)}:{quote_plus(self._provider.secret)}"
            headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
        url = str(metadata["token_endpoint"])
        status, document = self._request(deadline, "POST", url, headers, urlencode(fields).encode())
        if status in (400, 401):  # a code that is used, over or made up; a secret that is wrong
            error = document.get("error")
            reason = error if error in _REFUSALS else "other"
            said = {"provider": self._provider.id, "reason": reason}
            _log.warning("identity provider refused", extra=said)
            raise TokenRefused("code")
        if status != http.client.OK:
            raise _Away(f"status {status}")
        return document.get("id_token")

    def _metadata(self, deadline: Deadline) -> Mapping[str, object]:
        with self._turn(deadline):
            if time.monotonic() >= self._known.metadata_until:
                url = self._provider.issuer.rstrip("/") + METADATA
                status, document = self._request(deadline, "GET", url)
                if status != http.client.OK:
                    raise _Away(f"status {status}")
                if document.get("issuer") != self._provider.issuer:
                    raise _Away(OTHER_ISSUER)
                read = partial(read_destination, allow_loopback=self._allow_loopback)
                endpoints = {name: read(str(document.get(name, ""))).url for name in ENDPOINTS}
                self._known.metadata = {**document, **endpoints}
                self._known.metadata_until = time.monotonic() + KEPT_SECONDS
            return self._known.metadata

    def _keys(self, deadline: Deadline) -> tuple[Key, ...]:
        metadata = self._metadata(deadline)
        with self._turn(deadline):
            if time.monotonic() >= self._known.keys_until:
                self._read_keys(deadline, metadata)
            return self._known.keys

    def _renewed_keys(self, deadline: Deadline) -> tuple[Key, ...]:
        """Those of now. Made-up names of keys do not have us ask each time."""
        metadata = self._metadata(deadline)
        with self._turn(deadline):
            if time.monotonic() >= self._known.renewed_at + RENEWED_SECONDS:
                self._known.renewed_at = time.monotonic()
                self._read_keys(deadline, metadata)
            return self._known.keys

    def _read_keys(self, deadline: Deadline, metadata: Mapping[str, object]) -> None:
        status, document = self._request(deadline, "GET", str(metadata["jwks_uri"]))
        if status != http.client.OK:
            raise _Away(f"status {status}")
        self._known.keys = id_tokens.read_keys(document)
        self._known.keys_until = time.monotonic() + KEPT_SECONDS

    def _request(
        self, deadline: Deadline, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, Mapping[str, object]]:
        """Status and JSON object of a response; an empty one of what is none."""
        target = read_destination(url, allow_loopback=self._allow_loopback)
        parts = urlsplit(target.url)
        connection = http.client.HTTPConnection(target.host, target.port, timeout=deadline.left())
        connection.sock = self._connect(target.host, target.port, deadline, secure=target.secure)
        sent = {"Accept": "application/json", "Host": parts.netloc, "User-Agent": "WSIS-Sign-In/1", **(headers or {})}
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            return response.status, _document(response, deadline)
        finally:
            connection.close()

    def _connect(self, host: str, port: int, deadline: Deadline, *, secure: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        if not addresses or not all(may_connect(each, self._allow_loopback) for each in addresses):
            raise _Away("not_public")
        opened = _first([(address, port) for address in addresses], deadline)
        if not secure:
            return opened
        try:
            return ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise


_REFUSALS = ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type")


def _first(addresses: Sequence[tuple[str, int]], deadline: Deadline) -> socket.socket:
    """A connection to the first that takes one: a machine may have no way to those of IPv6."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection(address, timeout=deadline.left())
    return socket.create_connection(last, timeout=deadline.left())


def _document(response: http.client.HTTPResponse, deadline: Deadline) -> Mapping[str, object]:
    content = b""
    while chunk := response.read1(65_536):
        content += chunk
        deadline.left()
        if len(content) > MAX_BODY:
            raise _Away("too_much")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
