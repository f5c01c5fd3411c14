"""URLs that lead inside, or that two parsers read differently; and a made-up DNS for the names among them."""

from __future__ import annotations

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

PUBLIC = "93.184.215.14"

_INSIDE_V4 = (
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
)
_INSIDE_V6 = (
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:0a00:0001::1",
    "2001:0:7f00:1::",
    "2001:0000:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "3fff::1",
    "fe80::1",
    "fe80::5efe:7f00:1",
    "fe80::1%25lo",
    "fe80::1%25eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff05::1:3",
    "100::1",
    "2001:4860::5efe:127.0.0.1",
    "2001:4860::200:5efe:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "5f00::1",
    "4000::1",
)
_SPELLED = (
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "0177.1",
    "127.1",
    "127.0.1",
    "127",
    "0",
    "00",
    "0x0",
    "0.0",
    "127.0.0.1.",
    "127.0.0.01",
    "0000127.0.0.1",
    "127.0.0.1.0",
    "1.2.3",
    "3232235777",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "4294967296",
    "256.256.256.256",
    "-1",
    "0x",
    "127。0。0。1",
    "127．0．0．1",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "[127.0.0.1]",
    "[::1",
    "::1",
    "[::1]x",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::1.2.3]",
    "[v1.fe80]",
)
_NAMES = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "foo.localhost",
    "router",
    "router.local",
    "metadata.google.internal",
    "printer.home.arpa",
    "service.onion",
    "a..example.com",
    ".example.com",
    "-a.example.com",
    "a_.example.com.",
    "ex%61mple.com",
    "%31%32%37.0.0.1",
    "example.com%00.inside",
    "a" * 64 + ".example.com",
    "xn--a.\u2024com",
    # Names that the made-up DNS answers with addresses inside.
    "inside.example.com",
    "both.example.com",
    "mapped.example.com",
    "six.example.com",
    "nothing.example.com",
    "rebound.example.com",
    "nip.127.0.0.1.nip.io",
)
_URLS = (
    "http://example.com/",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "//example.com/",
    "HTTP://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "dict://127.0.0.1/",
    "ldap://127.0.0.1/",
    "jar:https://example.com!/",
    "data:text/plain,x",
    "unix:///var/run/docker.sock",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:5672/",
    "https://example.com:6379/",
    "https://example.com:27017/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:99999999999/",
    "https://example.com:-443/",
    "https://example.com:443x/",
    "https://example.com:４４３/",
    "https://good@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://user:pass@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com%40127.0.0.1@x/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com\\.inside.example.com/",
    "https://example.com\\",
    "https://127.0.0.1#@example.com/",
    "https://127.0.0.1?@example.com/",
    "https://example.com#",
    "https://example.com/#x",
    "https://127.0.0.1;example.com/",
    "https://127.0.0.1 .example.com/",
    "https://example.com\t/",
    "https://exa\nmple.com/",
    "https://example.com\r\nX: y/",
    "https://example.com/\r\nHost: inside",
    "https://example.com/\x00",
    " https://example.com/",
    "https://example.com/ x",
    "https://[::1]@example.com/",
    "https://example.com,127.0.0.1/",
    "https://example.com:443:22/",
    "https://",
    "https://?",
    "",
    "example.com",
    "https://example.com/" + "a" * 500,
    "https://ex\u00adample.inside.example.com:22/",
)

HOSTS = (*_INSIDE_V4, *(f"[{address}]" for address in _INSIDE_V6), *_SPELLED, *_NAMES)
CORPUS = tuple(dict.fromkeys([*(f"https://{host}/hook" for host in HOSTS), *_URLS]))

RECORDS = {
    "inside.example.com": ["10.0.0.1"],
    "both.example.com": [PUBLIC, "fd00::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "six.example.com": ["::1"],
    "nip.127.0.0.1.nip.io": ["127.0.0.1"],
    "good.example.com": [PUBLIC],
}


class MadeUpDns(AbstractResolver):
    """Answers from RECORDS; `rebound.example.com` is public when it is asked first, and inside later. Numbers are
    addresses, as for getaddrinfo."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name."""
        self.asked.append(host)
        addresses = RECORDS.get(host)
        if host == "rebound.example.com":
            addresses = ["127.0.0.1"] if self.asked.count(host) > 1 else ["93.184.215.14"]
        if not addresses:
            raise OSError("Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                proto=0,
                flags=0,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
            )
            for one in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""
