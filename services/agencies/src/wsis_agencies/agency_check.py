"""`wsis agency-check URL --secret whsec_...`: does a receiver of webhooks do what ours expect of it?

An agency runs it against its own receiver, before it subscribes. The receiver gets test events under that secret.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import click
from wsis_shared import clock

from wsis_agencies.event_log.rules.direct import CHALLENGED, TESTED
from wsis_agencies.event_subscriptions.rules import secrets
from wsis_agencies.webhooks.rules import signatures
from wsis_agencies.webhooks.rules.challenges import repeats

TIMEOUT_SECONDS = 10.0  # as of the process that sends
LARGE_BYTES = 65_536
OLD_SECONDS = 2 * signatures.TOLERANCE_SECONDS
ORIGIN = "agency-check"


class Reply(NamedTuple):
    """A status of 0 is no reply."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Finding(NamedTuple):
    """One row of the table."""

    check: str
    passed: bool
    status: int
    seconds: float
    wanted: str


class Receiver:
    """The receiver under test, and the secret that it knows."""

    def __init__(self, url: str, secret: bytes, seconds: float = TIMEOUT_SECONDS, origin: str = ORIGIN) -> None:
        self.url, self.secret, self.origin, self._seconds = url, secret, origin, seconds
        self._opener = urllib.request.build_opener(_NoRedirects)

    def options(self) -> Reply:
        """Ask for its agreement."""
        return self._request("OPTIONS", {"WebHook-Request-Origin": self.origin}, None)

    def post(
        self,
        event: Mapping[str, object],
        *,
        keys: tuple[bytes, ...] | None = None,
        shift: int = 0,
        unsigned: bool = False,
    ) -> Reply:
        """Send an event, signed now or `shift` seconds later."""
        body = json.dumps(event, ensure_ascii=False).encode()
        headers = signatures.sign(str(event["id"]), int(time.time()) + shift, body, keys or (self.secret,), None)
        if unsigned:
            del headers["webhook-signature"]
        return self._request("POST", {**headers, "Content-Type": "application/cloudevents+json; charset=utf-8"}, body)

    def _request(self, method: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        request = urllib.request.Request(self.url, body, dict(headers), method=method)  # noqa: S310 -- the user's own
        started = time.monotonic()
        try:
            try:
                with self._opener.open(request, timeout=self._seconds) as response:
                    return _reply(response.status, response, started)
            except urllib.error.HTTPError as error:
                return _reply(error.code, error, started)
        except (OSError, http.client.HTTPException):
            return Reply(0, {}, b"", time.monotonic() - started)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Redirects are not followed: they are a refusal."""


def _reply(status: int, response: http.client.HTTPResponse | urllib.error.HTTPError, started: float) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status, headers, response.read(1_024), time.monotonic() - started)


def event(**more: object) -> dict[str, object]:
    """A test event."""
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": "/wsis/notifications",
        "type": TESTED.type,
        "subject": "check",
        "time": clock.iso(clock.now()),
        "datacontenttype": "application/json",
        "data": {"name": "Ünïcödé 测试"},
        **more,
    }


def checks(receiver: Receiver) -> Iterator[Finding]:
    """All checks, one after the other."""
    yield _handshake(receiver)
    other = secrets.from_text(secrets.to_text(uuid.uuid4().bytes + uuid.uuid4().bytes))
    repeated = event()
    rows: tuple[tuple[str, Callable[[], Reply], bool], ...] = (
        ("good signature", lambda: receiver.post(repeated), True),
        ("same id again", lambda: receiver.post(repeated), True),
        ("wrong signature", lambda: receiver.post(event(), keys=(other,)), False),
        ("no signature", lambda: receiver.post(event(), unsigned=True), False),
        ("timestamp ten minutes ago", lambda: receiver.post(event(), shift=-OLD_SECONDS), False),
        ("timestamp in ten minutes", lambda: receiver.post(event(), shift=OLD_SECONDS), False),
        ("two signatures, the second is good", lambda: receiver.post(event(), keys=(other, receiver.secret)), True),
        ("unknown type", lambda: receiver.post(event(type="wsis.unknown.something_happened.v9")), True),
        ("unknown fields", lambda: receiver.post(event(newextension="1", data={"new": {"field": [1]}})), True),
        ("64 kB", lambda: receiver.post(event(data={"text": "x" * LARGE_BYTES})), True),
    )
    for name, ask, wanted in rows:
        reply = ask()
        accepted = 200 <= reply.status < 300
        passed = accepted if wanted else 400 <= reply.status < 500
        yield Finding(name, passed, reply.status, reply.seconds, "2xx" if wanted else "4xx")


def _handshake(receiver: Receiver) -> Finding:
    reply = receiver.options()
    agreed = 200 <= reply.status < 300 and reply.headers.get("webhook-allowed-origin") in ("*", receiver.origin)
    if not agreed:
        challenge = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()
        reply = receiver.post(event(type=CHALLENGED.type, data={"challenge": challenge}))
        agreed = 200 <= reply.status < 300 and repeats(reply.body, challenge)
    return Finding("handshake", agreed, reply.status, reply.seconds, "WebHook-Allowed-Origin, or the challenge")


@click.command("agency-check")
@click.argument("url")
@click.option("--secret", required=True, help="whsec_...: a secret that the receiver knows")
@click.option("--origin", default=ORIGIN, show_default=True, help="WebHook-Request-Origin: the host that sends")
def agency_check(url: str, secret: str, origin: str) -> None:
    """Check the receiver of webhooks at URL: handshake, signatures, repeats, unknown events, size, time."""
    if not _is_address(url):
        raise click.BadParameter("http:// or https:// with a host is needed", param_hint="URL")
    try:
        receiver = Receiver(url, secrets.from_text(secret), origin=origin)
    except ValueError as error:
        raise click.BadParameter("whsec_ and base64 are needed", param_hint="--secret") from error
    failed = 0
    for found in checks(receiver):
        failed += not found.passed
        mark = "ok  " if found.passed else "FAIL"
        status = str(found.status) if found.status else f"no reply in {TIMEOUT_SECONDS:.0f} s"
        click.echo(f"{mark}  {found.check:<36} {status:<18} {found.seconds:5.2f} s   wanted: {found.wanted}")
    if failed:
        raise click.ClickException(f"{failed} of the checks failed")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:  # of the port
        return False
