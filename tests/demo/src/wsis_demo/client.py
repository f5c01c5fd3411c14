"""A client of the suite's HTTP interface: one `Suite` for an address, one `Person` for whoever asks.

    suite = Suite("http://127.0.0.1:8000", Mailbox("http://127.0.0.1:8025"))
    ana = suite.register({"email": "ana@example.org", ...})      # confirmed through the mail, signed in
    ana.post("/v1/editions/2017/votes", {"category": "C1", "project": "..."})

Answers are decoded JSON. What the suite refuses is raised as a `Problem` (RFC 9457) with its stable code.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from wsis_local.patience import Deadline

from wsis_demo.mailbox import Mailbox

REPEATS = 6  # of a request whose answer was lost, or that was told to come again
PAGE = 100
LAST_SECONDS = 10  # of an access token's life in which a new one is fetched
JOB_SECONDS = 900.0  # of a quiet machine, for which an accepted job is followed
MOST_PATIENCE = 65.0  # seconds: the longest Retry-After that is waited for


class Problem(Exception):
    """A refusal: `status`, `code`, `title`, `detail`, `params`, and `errors` as {field: [messages]}."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status, self.answer = answer.status_code, answer
        told = _json_of(answer)
        self.code, self.title = str(told.get("code", "")), str(told.get("title", ""))
        self.detail, self.params = str(told.get("detail", "")), dict(told.get("params", {}))
        self.errors = {row["field"]: row["messages"] for row in told.get("errors", [])}
        request = answer.request
        super().__init__(f"{request.method} {request.url.path}: {self.status} {self.code} {self.detail} {self.errors}")


class Person:
    """Somebody who asks. Without tokens: a visitor. Safe to use from several threads."""

    def __init__(
        self, suite: Suite, email: str = "", tokens: Mapping[str, Any] | None = None, locale: str = ""
    ) -> None:
        self.suite, self.email, self.locale = suite, email, locale
        self._tokens: dict[str, Any] = {}
        self._fresh_until = 0.0
        self._lock = threading.Lock()
        if tokens:
            self._keep(tokens)

    @property
    def account(self) -> str:
        """The account's id."""
        return str(self._tokens.get("account", ""))

    @property
    def token(self) -> str:
        """An access token that works; the suite lets them live for minutes."""
        if self._tokens and time.monotonic() > self._fresh_until:
            self._refresh(str(self._tokens["access_token"]))
        return str(self._tokens.get("access_token", ""))

    # -- asking ---------------------------------------------------------------------------------------------------

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        """One request, whatever its answer; no repeats. `query` fields that are None are left out."""
        sent = {"Accept-Language": self.locale} if self.locale else {}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        asked = {name: value for name, value in query.items() if value is not None}
        return self.suite.http.request(
            method, self.suite.address + path, json=body, params=asked or None, headers={**sent, **(headers or {})}
        )

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", tag: str = "", **query: Any) -> Any:
        """The answer's JSON, or None where it has no body. A write carries an Idempotency-Key, so that it can be
        repeated when its answer is lost, and as If-Match the `tag` that was read. Raises Problem."""
        headers = {} if method == "GET" else {"Idempotency-Key": key or uuid.uuid4().hex}
        answer = self._answer(method, path, body, {**headers, **({"If-Match": tag} if tag else {})}, **query)
        if answer.status_code == 202 and "Location" in answer.headers:
            *_, outcome = self.follow(answer.headers["Location"])
            return outcome.get("result", outcome)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.json() if is_json else answer.content or None

    def _answer(self, method: str, path: str, body: Any, headers: Mapping[str, str], **query: Any) -> httpx.Response:
        """Repeats a request whose answer is lost; an access token that ran out is refreshed. Raises Problem."""
        for attempt in range(REPEATS):
            token = self.token
            try:
                answer = self.send(method, path, body, headers=headers, **query)
            except httpx.TransportError:
                if attempt == REPEATS - 1:
                    raise
                time.sleep(0.2 * 2**attempt)
                continue
            if answer.status_code == 401 and self._tokens and attempt < REPEATS - 1:
                self._refresh(token)
            elif answer.status_code in (429, 503) and attempt < REPEATS - 1:
                time.sleep(min(float(answer.headers.get("Retry-After", 1)), MOST_PATIENCE))
            else:
                break
        if answer.is_error:
            raise Problem(answer)
        return answer

    def edit(self, method: str, path: str, body: Any, *, read: str = "") -> Any:
        """Change a document as it is now, read at its own path or another one."""
        return self.ask(method, path, body, tag=self._answer("GET", read or path, None, {}).headers["ETag"])

    def get(self, path: str, **query: Any) -> Any:
        """Read."""
        return self.ask("GET", path, **query)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        """Do."""
        return self.ask("POST", path, body, key=key)

    def put(self, path: str, body: Any) -> Any:
        """Set."""
        return self.ask("PUT", path, body)

    def patch(self, path: str, body: Any) -> Any:
        """Change."""
        return self.ask("PATCH", path, body)

    def delete(self, path: str) -> Any:
        """Remove."""
        return self.ask("DELETE", path)

    def upload(self, path: str, content: bytes, filename: str, media_type: str, **body: Any) -> Any:
        """Send a file, with a body where the route has one. Raises Problem."""
        files: dict[str, tuple[str | None, bytes, str]] = {
            "file": (filename, content, media_type),
            "body": (None, json.dumps(body).encode(), "application/json"),
        }
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.suite.http.post(
            self.suite.address + path,
            files=files,
            headers={**headers, "Idempotency-Key": uuid.uuid4().hex},
        )
        if answer.is_error:
            raise Problem(answer)
        return answer.json()

    def each(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        after = None
        while True:
            page = self.get(path, limit=PAGE, after=after, **query)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def follow(self, location: str, seconds: float = JOB_SECONDS) -> Iterator[dict[str, Any]]:
        """An accepted command or job, each time it is read until it has ended. Raises RuntimeError for a job that did
        not succeed, TimeoutError."""
        deadline = Deadline(seconds)
        while not deadline.passed:
            found: dict[str, Any] = self.get(location)
            yield found
            if found["state"] in ("failed", "cancelled"):
                raise RuntimeError(f"job {found['kind']}: {found['state']} {found['error']}")
            if found["state"] not in ("pending", "queued", "running"):
                return
            time.sleep(0.2)
        raise TimeoutError(f"{location} has not ended within {seconds} s")

    # -- within ---------------------------------------------------------------------------------------------------

    def _refresh(self, stale: str) -> None:
        with self._lock:
            if self._tokens["access_token"] == stale:
                body = {"refresh_token": self._tokens["refresh_token"]}
                self._keep(self.suite.visitor.post("/v1/sign-in/refresh", body))

    def _keep(self, tokens: Mapping[str, Any]) -> None:
        self._tokens = dict(tokens)
        self._fresh_until = time.monotonic() + float(tokens["expires_in"]) - LAST_SECONDS

    def refresh(self) -> Person:
        """Fetch new tokens, for example when roles were given."""
        self._refresh(self.token)
        return self


class Suite:
    """A suite at an address, the catcher that its mails end in, and host:port where it takes mails ("": nowhere)."""

    def __init__(self, address: str, mailbox: Mailbox, inbound: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.address, self.mailbox, self.inbound = address.rstrip("/"), mailbox, inbound
        self._of_thread = threading.local()
        self._clients: list[httpx.Client] = []
        self._tls = tls or httpx.create_ssl_context(
            trust_env=False
        )  # for all: to make one takes longer than ten requests
        self._lock = threading.Lock()
        # Mails with a code that were asked for, by template: what the answers to such requests imply.
        self.asked: Counter[str] = Counter()
        self.visitor = Person(self)

    @property
    def http(self) -> httpx.Client:
        """This thread's client: one connection that stays open."""
        client: httpx.Client | None = getattr(self._of_thread, "client", None)
        if client is None:
            client = self._of_thread.client = httpx.Client(timeout=60, trust_env=False, verify=self._tls)
            self._clients.append(client)
        return client

    def begin(self) -> None:
        """Count mails, and requests for them, from now on."""
        self.mailbox.begin()
        self.asked.clear()

    def close(self) -> None:
        """Close the connections of all threads: a server that is told to stop waits for them."""
        for client in self._clients:
            client.close()

    def register(self, form: Mapping[str, Any]) -> Person:
        """Fill in the form, read the code in the mail, confirm: the person is signed in."""
        email = form["email"]
        self.ask_account(form)
        proof = {"email": email, "code": self.mailbox.code(email)}
        try:
            tokens = self.visitor.post("/v1/accounts/confirmation", proof)
        except Problem as problem:
            if problem.code != "accounts.code_invalid":
                raise
            # The answer to a first try was lost, and the code with it: tokens are kept nowhere to be given again.
            return self.sign_in(email, form.get("locale", ""))
        return Person(self, email, tokens, form.get("locale", ""))

    def ask_account(self, form: Mapping[str, Any]) -> None:
        """Fill in the form, and no more."""
        self.visitor.post("/v1/accounts", dict(form))
        self._asked("accounts/confirmation_code")

    def sign_in(self, email: str, locale: str = "") -> Person:
        """Have a code mailed and sign in with it."""
        seen = self.mailbox.last(email)
        self.visitor.post("/v1/sign-in/codes", {"email": email})
        self._asked("accounts/sign_in_code")
        code = self.mailbox.code(email, after=seen)
        return Person(self, email, self.visitor.post("/v1/sign-in", {"email": email, "code": code}), locale)

    def _asked(self, template: str) -> None:
        with self._lock:
            self.asked[template] += 1


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
