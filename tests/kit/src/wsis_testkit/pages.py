"""The pages of the web without a broker: the gateway's own handler, with made-up answers where the bus would be."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, MutableSequence
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import falcon
import openpyxl
from falcon import testing
from falcon.routing import CompiledRouter
from lxml import html as markup
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, SuiteError, Unavailable
from wsis_shared.plugin import DiscoveryResult, discover
from wsis_shared.rates import rate_classes_of
from wsis_shared.reference.sets import sets_of
from wsis_testkit.tokens import TokenSigner

from wsis_gateway import routing, web
from wsis_gateway.access_log import AccessLog
from wsis_gateway.auth import Authenticator, keys_endpoint
from wsis_gateway.cache import Cache
from wsis_gateway.compression import CompressionMiddleware
from wsis_gateway.feeds import Feeds
from wsis_gateway.handler import Handler
from wsis_gateway.limits import Limits
from wsis_gateway.middleware import CacheMiddleware, RequestMiddleware
from wsis_gateway.problems import ErrorHandlers, field_messages, load_titles
from wsis_gateway.revocations import Revocations
from wsis_gateway.routing import Operation
from wsis_gateway.settings import Settings
from wsis_gateway.streaming import StreamHandler
from wsis_gateway.web import assets
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.catalogue import Catalogue, catalogue, commons
from wsis_gateway.web.session import ACCESS

MAX_BYTES = 14_000  # of a page, compressed: one round trip (RFC 6928) on the slowest networks
JWKS = "accounts.jwks"  # answered by the kit, whichever plugins are there
Answer = Any  # what a method returns, an error that it raises, or a function of its arguments


class Bus:
    """Answers calls of services as told: "voting.read_ballot" -> answer. A service that has none is away. An act that
    has an idempotency key is done once, as services do it (wsis_shared.inbox)."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.calls: MutableSequence[tuple[str, dict[str, Any], Context]] = []
        self._done: dict[tuple[str | None, str, str], tuple[dict[str, Any], Any]] = {}

    def request(self, service: str, call: str, arguments: Any, ctx: Context, **_: object) -> Any:
        """The answer to a request."""
        if ctx.idempotency_key is None:
            return self._answer(f"{service}.{call}", arguments, ctx)
        key = (ctx.actor.id, f"{service}.{call}", ctx.idempotency_key)
        if key not in self._done:
            self._done[key] = (dict(arguments), self._answer(key[1], arguments, ctx))
        sent, answer = self._done[key]
        if sent != dict(arguments):
            raise Invalid("suite.idempotency_key_reused", fields={"Idempotency-Key": ["Used with another request."]})
        return answer

    def _answer(self, name: str, arguments: Any, ctx: Context) -> Any:
        if name not in self.answers:
            raise Unavailable("suite.service_away", "")
        self.calls.append((name, dict(arguments), ctx))
        answer = self.answers[name]
        answer = answer(arguments) if callable(answer) else answer
        if isinstance(answer, SuiteError):
            raise answer
        return answer

    def command(self, service: str, call: str, payload: Any, ctx: Context, **_: object) -> tuple[bool, Any]:
        """The outcome of a command."""
        return True, self._answer(f"{service}.{call}", {**payload["args"], "body": payload["body"]}, ctx)

    def wait_connected(self, _seconds: float) -> bool:
        """It always is."""
        return True


class Pages:
    """A browser without a network: `get("/en/sign-in")` shows a page, `send` fills in its form and sends it."""

    def __init__(self, answers: Mapping[str, Answer], *plugins: str, **settings: str) -> None:
        self.signer = TokenSigner()
        self.bus = Bus({JWKS: self.signer.jwks(), **answers})
        self.app = application(self.bus, plugins, settings)
        self._client = testing.TestClient(self.app)
        self.cookies: dict[str, str] = {}

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a method: "accounts.read_account", or of whichever service "read_account"."""
        return [arguments for name, arguments, _ in self.bus.calls if method in (name, name.partition(".")[2])]

    def bodies(self, method: str) -> list[Any]:
        """The bodies of those calls."""
        return [arguments["body"] for arguments in self.sent(method)]

    def sign_in(self, *roles: str) -> Pages:
        """Have a session with these roles."""
        self.cookies[ACCESS] = self.signer.token(*roles)
        return self

    def tokens(self, _arguments: object) -> dict[str, Any]:
        """What accounts answers where a session begins or is renewed."""
        return {
            "access_token": self.signer.token(),
            "token_type": "Bearer",
            "expires_in": 600,
            "refresh_token": "r2",
            "refresh_expires_in": 86400,
            "account": "a1",
        }

    def get(self, address: str, **headers: str) -> Shown:
        """The page at an address; redirects are followed."""
        return self._request("GET", address, headers)

    def file(self, address: str, name: str) -> Shown:
        """What the link of a page to its file of this name gives."""
        links = {str(link) for link in self.get(address).all("//main//a/@href")}
        [link] = [link for link in links if parse_qs(urlsplit(link).query).get("file") == [name]]
        return self.get(link)

    def workbook(self, address: str, name: str) -> list[dict[str, Any]]:
        """The rows of such a file, of Excel, which is for this visitor alone: name of the column -> cell."""
        given = self.file(address, name)
        assert (given.status, given.headers["cache-control"]) == (200, "no-store"), given.html
        assert given.headers["content-disposition"].endswith('.xlsx"')
        head, *rows = openpyxl.load_workbook(BytesIO(given.result.content), read_only=True).active.values
        return [dict(zip(head, row, strict=True)) for row in rows]

    def post_file(self, address: str, fields: list[tuple[str, str]], file: tuple[str, str, bytes]) -> Shown:
        """What a form with a file (name, media type, content) is answered with; its store needs a database."""
        head = '--xx\r\nContent-Disposition: form-data; name="'
        parts = [f'{head}{name}"\r\n\r\n{text}\r\n'.encode() for name, text in fields if name != "file"]
        name, media_type, content = file
        parts.append(f'{head}file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'.encode() + content)
        about = {"Content-Type": "multipart/form-data; boundary=xx", "Sec-Fetch-Site": "same-origin"}
        return self._request("POST", address, about, b"".join(parts) + b"\r\n--xx--\r\n")

    def post(self, address: str, fields: Mapping[str, Any] | list[tuple[str, str]], **headers: str) -> Shown:
        """What a form is answered with; redirects are followed."""
        about = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **headers}
        return self._request("POST", address, about, urlencode(fields, doseq=True))

    def _request(self, method: str, address: str, headers: Mapping[str, str], body: str | bytes | None = None) -> Shown:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        path, _, query = address.partition("?")
        about = {**({"Cookie": cookies} if cookies else {}), **headers}
        result = self._client.simulate_request(
            method, path, query_string=query, headers=about, body=body, remote_addr="127.0.0.1"
        )
        for name, cookie in result.cookies.items():
            self.cookies[name] = cookie.value
            if not cookie.value:
                del self.cookies[name]
        if 300 <= result.status_code < 304:
            return self._request("GET", result.headers["location"], {})
        return Shown(self, address, result)


class Shown:
    """A page as it came, which is never larger than the slowest networks bear."""

    def __init__(self, pages: Pages, address: str, result: testing.Result) -> None:
        self._pages, self.address, self.result = pages, address, result
        packed = result.headers.get("content-encoding") == "gzip"
        self.status, self.headers = result.status_code, result.headers
        self.html = (gzip.decompress(result.content) if packed else result.content).decode(errors="replace")
        is_page = self.headers.get("content-type", "").startswith("text/html")  # and no file
        self.tree = markup.fromstring(self.html.strip() if is_page and self.html.strip() else "<html/>")
        travels = len(gzip.compress(self.html.encode(), 6)) if is_page else 0
        assert travels < MAX_BYTES, f"{address}: {travels} bytes of compressed HTML"

    def text(self, path: str = "//main") -> str:
        """The words of an element, spaces made single."""
        return " ".join(" ".join(each.text_content() for each in self.tree.xpath(path)).split())

    def texts(self, path: str) -> list[str]:
        """The words of each element, spaces made single."""
        return [" ".join(each.text_content().split()) for each in self.tree.xpath(path)]

    def all(self, path: str) -> list[Any]:
        """Elements or attributes by XPath."""
        found: list[Any] = self.tree.xpath(path)
        return found

    def form(self, words: str, number: int = 0) -> int:
        """The number of the form whose button says so, for `send`; of several, the one of this `number`."""
        return [at for at, form in enumerate(self.tree.forms) if words in form.xpath(".//button/text()")][number]

    def form_named(self, name: str) -> int:
        """The number of the form of that name."""
        return next(at for at, form in enumerate(self.tree.forms) if form.fields.get("_form") == name)

    def send(self, number: int = 0, *, chosen: tuple[str, str, bytes] | None = None, **typed: Any) -> Shown:
        """Fill in a form of the page and send it, as a browser would; `chosen`: with a file (name, media type,
        content)."""
        form = self.tree.forms[number]
        fields = [(name, value) for name, value in form.form_values() if name not in typed]
        fields += [
            (name, each) for name, value in typed.items() for each in (value if isinstance(value, list) else [value])
        ]
        return self._pages.post_file(form.action, fields, chosen) if chosen else self._pages.post(form.action, fields)


def application(
    bus: Any, plugins: tuple[str, ...] = (), env: Mapping[str, str] | None = None
) -> falcon.App[falcon.Request, falcon.Response]:
    """The pages of the installed plugins, over this bus, by these settings."""
    env = {"WSIS_LIMIT_FACTOR": "1000", **(env or {})}
    settings = Settings.load(env)
    pages, found, operations = _installed(plugins)
    limits, cache = Limits(settings, rate_classes_of(found).values(), env), Cache()
    errors = ErrorHandlers(load_titles(found), field_messages(found))
    keys = keys_endpoint(found, JWKS)
    revocations = Revocations(keys[0], lambda: None)
    revocations._asked_at = float("inf")  # nothing was revoked
    authenticator = Authenticator(bus, found, keys, revocations)
    handler = Handler(settings, bus, authenticator, limits, cache, StreamHandler(settings, Feeds(), errors.document))
    app = _App(handler, _router(plugins), [RequestMiddleware(settings, _access_log()), CompressionMiddleware()])
    app.req_options.auto_parse_form_urlencoded = False
    errors.install(app)
    calls = Calls(routing.serve_all(handler.serve, commons(found)), authenticator, handler)
    web.install(app, pages, calls, operations, limits, cache, errors, sets_of(found))
    return app


@cache
def _installed(plugins: tuple[str, ...]) -> tuple[Catalogue, DiscoveryResult, tuple[Operation, ...]]:
    """What does not change while tests run: the manifests and their pages."""
    operations, found = routing.operations(discover(plugins))
    pages, found, operations = catalogue(found, operations)
    assert not found.rejected, found.rejected
    return pages, found, operations


class _App(falcon.App[falcon.Request, falcon.Response]):
    """Its routes are those of every app with the same plugins: to add and compile them takes longer than most tests."""

    def __init__(self, handler: Handler, router: CompiledRouter, middleware: list[Any]) -> None:
        super().__init__(middleware=[*middleware, CacheMiddleware(handler), self], router=router)
        self.handler = handler
        self.assets: Any = None

    def add_route(self, uri_template: str, resource: Any, **_: Any) -> None:
        """That of the files of the web."""
        self.assets = resource

    def process_resource(self, req: falcon.Request, *_: object) -> None:
        """Whose request it is, for what all apps share."""
        req.context.app = self


@cache
def _router(plugins: tuple[str, ...]) -> CompiledRouter:
    app = falcon.App()
    routing.install(
        app,
        _installed(plugins)[2],
        lambda operation, req, resp, variables: req.context.app.handler.serve(operation, req, resp, variables),
    )
    files = SimpleNamespace(on_get=lambda req, resp, name: req.context.app.assets.on_get(req, resp, name))
    app.add_route(f"{assets.PATH}/{{name}}", files)
    router: CompiledRouter = app._router
    return router


@cache
def _access_log() -> AccessLog:
    """One for all: it has a thread of its own."""
    return AccessLog()
