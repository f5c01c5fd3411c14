"""A browser of tests, and how it signs in."""

from __future__ import annotations

import re
from html import unescape

import httpx

from .conftest import Client

ORIGIN = "https://wsis.example"
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """Sends the cookies that it was given, as a browser does, and no others."""

    def __init__(self, http: httpx.Client) -> None:
        self._http, self.cookies, self.attributes = http, dict[str, str](), dict[str, set[str]]()

    def get(self, path: str, **headers: str | bytes) -> httpx.Response:
        return self._kept(self._http.get(path, headers={**self._cookie(), **headers}))

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        said = {**self._cookie(), **(OURS if headers is None else headers)}
        return self._kept(self._http.post(path, data=fields, headers=said))

    def _cookie(self) -> dict[str, str]:
        text = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": text} if text else {}

    def _kept(self, response: httpx.Response) -> httpx.Response:
        for line in response.headers.get_list("set-cookie"):
            pair, _, attributes = line.partition(";")
            name, _, value = pair.partition("=")
            words = {word.strip().lower() for word in attributes.split(";")}
            assert {"secure", "httponly", "path=/"} <= words, line
            assert not any(word.startswith("domain") for word in words), line
            self.cookies[name] = value
            if value in ("", '""'):
                del self.cookies[name]
            else:
                self.attributes[name] = {word for word in words if not word.startswith("max-age")}
        return response


def enter(browser: Browser, client: Client, query: str = "") -> httpx.Response:
    """Sign in by the pages."""
    page = f"/en/sign-in{query}"
    asked = browser.post(page, **hidden(browser.get(page)), email=client.address)
    assert asked.status_code == 303, asked.text
    page = asked.headers["location"]
    code = client.mail("sign_in_requested")["code"]
    return browser.post(page, **{**hidden(browser.get(page)), "email": client.address, "code": code})


def hidden(page: httpx.Response) -> dict[str, str]:
    """What the first form of a page sends besides what is typed."""
    form = page.text.partition("<form")[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in _HIDDEN.findall(form)}
