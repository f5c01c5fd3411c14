"""An identity provider of an agency: OpenID Connect over HTTP on loopback, with keys and signatures of its own.

It checks what a provider has to: the client and its secret, the address of the return, PKCE, and that a code is used
once. Tests tell it whom it signs in (`person`), and what it does wrong (`spoil`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "wsis", "s3cret: of/the+client"
Claims = dict[str, Any]
Sign = Callable[[Claims, RSAKey], str]


def signed(claims: Claims, key: RSAKey) -> str:
    """As providers do."""
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


@dataclass
class Provider:
    """A running provider. `spoil` changes the claims of an ID token, `sign` signs it; `calls` are the paths that were
    asked for. While it is `away`, it answers 503."""

    issuer: str = ""
    person: Claims = field(default_factory=dict)
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Sign = signed
    away: bool = False
    calls: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: _new_key())
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def settings(self, id: str = "itu", **more: object) -> dict[str, str]:
        """What has accounts know it."""
        row = {"name": {"en": "ITU", "fr": "UIT"}, "issuer": self.issuer, "client_id": CLIENT, **more}
        return {
            "WSIS_SIGN_IN_PROVIDERS": json.dumps({id: row}),
            "WSIS_SIGN_IN_KEYS": json.dumps({id: SECRET}),
            "WSIS_SIGN_IN_LOOPBACK": "yes",
        }

    def sign_in(self, url: str) -> dict[str, str]:
        """What a browser brings back that opens the page of the provider, where `person` is signed in."""
        shown = httpx.get(url, follow_redirects=False)
        assert shown.status_code == 302, shown.text
        return dict(parse_qsl(urlsplit(shown.headers["location"]).query))

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = _new_key()

    def answer(self, path: str, query: str, form: dict[str, str], login: str) -> tuple[int, Claims, str]:
        """Status, document and where to."""
        self.calls.append(path)
        if self.away:
            return 503, {}, ""
        if path == "/.well-known/openid-configuration":
            return 200, self._metadata(), ""
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}, ""
        if path == "/authorize":
            return self._authorize({name: values[0] for name, values in parse_qs(query).items()})
        return self._token(form, login) if path == "/token" else (404, {}, "")

    def _metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }

    def _authorize(self, asked: dict[str, str]) -> tuple[int, Claims, str]:
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if wanted.items() - asked.items() or "openid" not in asked["scope"].split():
            return 400, {"error": "invalid_request"}, ""
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return 302, {}, f"{asked['redirect_uri']}?{urlencode(back)}"

    def _token(self, form: dict[str, str], login: str) -> tuple[int, Claims, str]:
        if base64.b64decode(login.removeprefix("Basic ")).decode() != f"{CLIENT}:{quote_plus(SECRET)}":
            return 401, {"error": "invalid_client"}, ""
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or (asked["code_challenge"], asked["redirect_uri"]) != (challenge, form["redirect_uri"]):
            return 400, {"error": "invalid_grant"}, ""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        token = self.sign(self.spoil({**claims, **self.person}), self.key)
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token}, ""


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}, private=True)


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider on a free port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(dict(parse_qsl(body)))

        def _answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            status, document, to = provider.answer(parts.path, parts.query, form, self.headers["Authorization"] or "")
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if to:
                self.send_header("Location", to)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
