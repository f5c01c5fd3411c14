"""A webhook cannot reach inside: every connect() of this process is recorded while each URL of the corpus is asked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.abc import ResolveResult
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.destinations import DestinationRefused, is_public, read_destination

from wsis_agencies.webhooks import client as clients
from wsis_agencies.webhooks.client import WebhookClient

from ..ssrf_corpus import CORPUS, HOSTS, PUBLIC, MadeUpDns

_connects: list[tuple[Any, ...]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _connects is not None and isinstance(arguments[1], tuple):
        _connects.append(arguments[1])
        if arguments[1][0] == PUBLIC:
            raise ConnectionRefusedError("the tests stay on this machine")


sys.addaudithook(_hook)  # it cannot be removed: it does nothing while nobody records


@pytest.fixture
def connects() -> Iterator[list[tuple[Any, ...]]]:
    global _connects
    _connects = []
    yield _connects
    _connects = None


def ask(urls: Any, **options: Any) -> list[clients.Reply]:
    """Post to each URL, as the process does."""

    async def work() -> list[clients.Reply]:
        async with WebhookClient(seconds=2, **{"resolver": MadeUpDns(), **options}) as client:
            return [await client.request("POST", url, {}, b"{}") for url in urls]

    return asyncio.run(work())


def test_corpus_is_large() -> None:
    assert len(CORPUS) >= 150


def test_no_url_of_the_corpus_leads_inside(connects: list[tuple[Any, ...]]) -> None:
    replies = ask(CORPUS)
    assert [(url, reply) for url, reply in zip(CORPUS, replies, strict=True) if reply.status is not None] == []
    inside = [address for address in connects if not is_public(address[0])]
    assert inside == []


def test_socket_is_a_gate_of_its_own(connects: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither the check of the text nor that of the resolver, nothing is connected to either."""
    hosts = [host for host in HOSTS if host.isascii() and " " not in host]

    def no_check(url: str, **_: Any) -> Any:
        return type("Destination", (), {"url": url})

    async def no_resolver_check(
        self: Any, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found: list[ResolveResult] = await self._inner.resolve(host, port, family)
        return found

    monkeypatch.setattr(clients, "read_destination", no_check)
    monkeypatch.setattr(clients.PublicResolver, "resolve", no_resolver_check)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        numbers = [host for host in hosts if not host.rstrip(".").endswith(("com", "io", "onion", "internal"))]
        ask([f"http://{host}:{port}/" for host in numbers], resolver=None)  # the resolver of this machine
        ask([f"http://{host}:{port}/" for host in hosts])
    assert [address for address in connects if not is_public(address[0])] == []


def test_name_with_one_address_inside_is_not_used_at_all(
    connects: list[tuple[Any, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    [reply] = ask(["https://both.example.com/"])
    assert (reply.error, connects) == ("not_public", [])
    assert caplog.messages == ["receiver is not public"]


def test_second_answer_of_the_dns_is_not_asked_for(connects: list[tuple[Any, ...]]) -> None:
    dns = MadeUpDns()
    [reply] = ask(["https://rebound.example.com/"], resolver=dns)
    assert reply.error == "not_connected"
    assert dns.asked.count("rebound.example.com") == len([one for one in connects if one[0] == PUBLIC]) == 1


def test_public_address_is_connected_to(connects: list[tuple[Any, ...]]) -> None:
    """Else the tests above would prove nothing."""
    ask(["https://good.example.com/", f"https://{PUBLIC}:8443/"])
    assert connects == [(PUBLIC, 443), (PUBLIC, 8443)]


def test_environment_names_no_proxy(connects: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ask(["https://good.example.com/"])
    assert connects == [(PUBLIC, 443)]


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_public_in_disguise(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | number << 80)
    wrapped = [
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        f"::{address}",
        str(sixtofour),
        f"2001:4860::5efe:{address}",
        f"fe80::5efe:{address}",
    ]
    mapped, *others = map(is_public, wrapped)
    assert mapped == is_public(str(address))
    assert not any(others)
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@given(st.text(max_size=60), st.booleans())
def test_text_is_an_address_or_refused(text: str, loopback: bool) -> None:
    for url in (text, f"https://{text}", f"https://{text}/", f"https://example.com{text}"):
        try:
            found = read_destination(url, allow_loopback=loopback)
        except DestinationRefused:
            continue
        assert found.url.isascii()
        assert "@" not in found.url.split("/")[2]
        assert read_destination(found.url, allow_loopback=loopback) == found


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("https://Hooks.Example.org", "https://hooks.example.org/"),
        ("https://hooks.example.org:8443/a/b?c=d&e", "https://hooks.example.org:8443/a/b?c=d&e"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://example.org./", "https://example.org./"),
    ],
)
def test_ordinary_addresses(url: str, becomes: str) -> None:
    assert read_destination(url).url == becomes


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://[::1]:9/", "http://localhost:1234/", "https://127.0.0.1/"]
)
def test_loopback_for_tests_and_development_alone(url: str) -> None:
    assert read_destination(url, allow_loopback=True).url.startswith(url)
    with pytest.raises(DestinationRefused):
        read_destination(url)
    for other in ("http://10.0.0.1/", "http://example.com/", "http://127.0.0.2/", "https://example.com:22/"):
        with pytest.raises(DestinationRefused):
            read_destination(other, allow_loopback=True)
