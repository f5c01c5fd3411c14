"""The session of a visitor: its two tokens, in cookies that pages alone honour. The gateway keeps nothing.

A route says in its manifest what it does to a session: it asks for a code, leaves for an identity provider, begins,
renews or ends one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from falcon import Request, Response
from wsis_shared.errors import Invalid, Unauthenticated

from wsis_gateway.routing import Operation
from wsis_gateway.web.addresses import Target
from wsis_gateway.web.calls import Calls

# The prefix holds the browser to Secure, no Domain, and the path /.
ACCESS, REFRESH, ADDRESS, JOURNEY = "__Host-wsis", "__Host-wsis-r", "__Host-wsis-a", "__Host-wsis-i"
ADDRESS_SECONDS = 15 * 60  # an address waits for the code that was mailed to it
JOURNEY_SECONDS = 10 * 60  # from our page to a provider's and back
BEGINS, ASKS, RENEWS, ENDS, LEAVES = "begins", "asks", "renews", "ends", "leaves"
BINDING = "binding"  # field of what comes back from a provider, which the cookie has
MISSING = "missing"  # field of a response: what the session lacks for the roles of its account


@dataclass(frozen=True)
class Session:
    """The tokens of a visitor; both are empty where there is no session."""

    token: str = ""
    refresh: str = ""


def privacy(_values: Mapping[str, object], _locale: str) -> Mapping[str, object]:
    """What the page on privacy says of the cookies: the minutes that an address is kept."""
    return {"minutes": ADDRESS_SECONDS // 60}


class Sessions:
    """Reads, renews and ends the sessions of visitors."""

    def __init__(self, calls: Calls, operations: Iterable[Operation]) -> None:
        self._calls = calls
        self._renews = next((Target(each, {}, ()) for each in operations if each.route.session == RENEWS), None)

    def of(self, req: Request, resp: Response) -> Session:
        """The session of the cookies, renewed where its access token is over."""
        found = Session(token(req), _cookie(req, REFRESH))
        return self.renewed(found, req, resp) if found.refresh and not found.token else found

    def renewed(self, session: Session, req: Request, resp: Response) -> Session:
        """A new pair of tokens for the refresh token; no session where that has ended."""
        if not session.refresh or self._renews is None:
            return self.end(resp)
        try:
            reply = self._calls.write(self._renews, req, {}, "", {"refresh_token": session.refresh})
        except (Unauthenticated, Invalid):
            return self.end(resp)
        return self.begin(resp, reply.value)

    def begin(self, resp: Response, tokens: Mapping[str, Any]) -> Session:
        """Keep the tokens of a response."""
        _keep(resp, ACCESS, tokens["access_token"], tokens["expires_in"])
        _keep(resp, REFRESH, tokens["refresh_token"], tokens["refresh_expires_in"])
        _keep(resp, ADDRESS, "", 0)
        _keep(resp, JOURNEY, "", 0)
        return Session(tokens["access_token"], tokens["refresh_token"])

    def end(self, resp: Response) -> Session:
        """Forget the tokens."""
        _keep(resp, ACCESS, "", 0)
        _keep(resp, REFRESH, "", 0)
        return Session()


def token(req: Request) -> str:
    """The access token of the visitor's cookie."""
    return _cookie(req, ACCESS)


def address(req: Request) -> str:
    """Where the code was mailed to."""
    return unquote(_cookie(req, ADDRESS))


def keep_address(resp: Response, email: str) -> None:
    """Keep it until the code is typed in, out of addresses and histories."""
    _keep(resp, ADDRESS, quote(email, safe=""), ADDRESS_SECONDS, same_site="Strict")


def keep_journey(resp: Response, binding: str, back: str) -> None:
    """Keep what proves this browser when it comes back from a provider, and the page of ours that follows then.

    Strict: the return itself comes from another site and opens a page alone; its button is a form of ours."""
    _keep(resp, JOURNEY, f"{binding}.{quote(back, safe='')}", JOURNEY_SECONDS, same_site="Strict")


def journey(req: Request) -> tuple[str, str]:
    """The binding, and the page that follows."""
    binding, _, back = _cookie(req, JOURNEY).partition(".")
    return binding, unquote(back)


def _cookie(req: Request, name: str) -> str:
    """Its value; empty where there are two of that name, of which one is not ours.

    A browser holds exactly this name to its prefix. Falcon also takes one with spaces of Unicode around it, which any
    host of the domain may set."""
    pairs = (pair.strip(" \t").partition("=") for pair in req.env.get("HTTP_COOKIE", "").split(";"))
    values = [value for key, _, value in pairs if key == name]
    return values[0] if len(values) == 1 else ""


def _keep(resp: Response, name: str, value: str, seconds: int, same_site: str = "Lax") -> None:
    options: dict[str, Any] = {"max_age": seconds} if seconds else {"expires": datetime.fromtimestamp(0, UTC)}
    resp.set_cookie(name, value, path="/", secure=True, http_only=True, same_site=same_site, **options)
