"""Where a request to others may go: https to a public address, written in one unambiguous way.

A URL is checked twice: as text when somebody enters it, and as IP addresses when a socket is opened (`is_public`), as
only then is it known what a name resolves to. What parsers read differently (RFC 3986 against the WHATWG's URL
Standard) is refused as text: user names, backslashes, numbers for hosts.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

import idna

PORTS = frozenset({443, 8443})
MAX_LENGTH = 500  # characters of a URL
LOOPBACK = ("127.0.0.1", "::1")
MAX_HOST = 253  # RFC 1035, 2.3.4

_URL = re.compile(r"\A(https?)://([^/?#\\@\s]+)(/[!$-;=@-\[\]_a-z~]*)?(\?[!$-;=?-\[\]_a-z~]*)?\Z")
_PORT = re.compile(r"\A(.*?)(?::([0-9]{1,5}))?\Z")
_LABEL = re.compile(r"\A[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")
_NUMBER = re.compile(r"\A(?:[0-9]+|0x[0-9a-f]*)\Z")  # "ends in a number": an IPv4 address for the URL Standard

# Special ranges that `is_global` of some Python versions calls global (IANA's registries of special-purpose addresses).
_SPECIAL_V4 = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24")))
_SPECIAL_V6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_ISATAP = 0x5EFE  # RFC 5214: ...:0:5efe:a.b.c.d, with or without the universal bit


class Destination(NamedTuple):
    """The address of a server of others. `url` is what is requested: the host in ASCII, a path in any case."""

    url: str
    host: str
    port: int
    secure: bool


class DestinationRefused(ValueError):
    """Nothing is sent there. The text is a code: malformed, not_https, port, host, not_public."""


def read_destination(url: str, *, allow_loopback: bool = False) -> Destination:
    """The destination of a URL. Raises DestinationRefused.

    `allow_loopback`, for tests and development, adds http, all ports, and the addresses 127.0.0.1 and ::1."""
    match = _URL.match(url) if len(url) <= MAX_LENGTH else None
    if match is None:
        raise DestinationRefused("not_https" if _other_scheme(url) else "malformed")
    scheme, authority, path, query = match.groups()
    secure = scheme == "https"
    if not secure and not allow_loopback:
        raise DestinationRefused("not_https")
    host, port = _split(authority)
    number = int(port) if port else 443 if secure else 80
    name = _ascii(host)
    address = _literal(name)
    is_local = name == "localhost" or str(address) in LOOPBACK
    if address is not None and not is_public(str(address)) and not (allow_loopback and is_local):
        raise DestinationRefused("not_public")
    if address is None and not (allow_loopback and is_local):
        _check_name(name)
    if number not in PORTS and not (allow_loopback and is_local and 0 < number < 1 << 16):
        raise DestinationRefused("port")
    if not secure and not is_local:
        raise DestinationRefused("not_https")
    shown = name if port is None else f"{name}:{number}"
    return Destination(f"{scheme}://{shown}{path or '/'}{query or ''}", name.strip("[]"), number, secure)


def is_public(text: str) -> bool:
    """Is this IP address one of the public Internet, and no other address wrapped in it?"""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _SPECIAL_V4)
    return (
        int(address) >> 125 == 1  # 2000::/3, all that is allocated
        and not address.scope_id
        and address.is_global
        and not any(address in net for net in _SPECIAL_V6)
        and int(address) >> 32 & 0xFDFFFFFF != _ISATAP
    )


def may_connect(address: str, allow_loopback: bool) -> bool:
    """May a socket lead to this IP address?"""
    return is_public(address) or (allow_loopback and address in LOOPBACK)


def _other_scheme(url: str) -> bool:
    scheme = re.match(r"\A([A-Za-z][A-Za-z0-9+.-]*):", url)
    return scheme is not None and scheme[1] != "https"


def _split(authority: str) -> tuple[str, str | None]:
    """Host and port; a literal of IPv6 keeps its brackets."""
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not re.fullmatch(r":[0-9]{1,5}", rest)):
            raise DestinationRefused("malformed")
        return host + bracket, rest[1:] or None
    match = _PORT.match(authority)
    if match is None or ":" in match[1]:
        raise DestinationRefused("malformed")
    return match[1], match[2]


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise DestinationRefused("host") from error


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that the host spells in the one canonical form; None for a name. Raises DestinationRefused for what
    some parser could take for an address."""
    try:
        if host.startswith("["):
            if "%" in host:
                raise DestinationRefused("host")
            return IPv6Address(host[1:-1])
        if _NUMBER.match(host.rstrip(".").rpartition(".")[2]):
            return IPv4Address(host)
    except ValueError as error:
        if isinstance(error, DestinationRefused):
            raise
        raise DestinationRefused("host") from error
    return None


def _check_name(host: str) -> None:
    """A name of the public DNS: two labels or more, and none of the names that stay at home (RFC 6761, 6762, 8375)."""
    labels = host.removesuffix(".").split(".")
    if len(host) > MAX_HOST or len(labels) < 2 or not all(map(_LABEL.match, labels)):
        raise DestinationRefused("host")
    if labels[-1] in ("localhost", "local", "internal", "onion") or labels[-2:] == ["home", "arpa"]:
        raise DestinationRefused("not_public")
