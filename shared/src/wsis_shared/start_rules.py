"""What a process must be told before it starts, in one table: `RULES`. Each line of a refusal begins with the setting.

Each process asks them at its start (`check`), and `wsis doctor` asks them of a running installation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from importlib.metadata import entry_points
from importlib.util import find_spec
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from wsis_shared.settings import (
    DEVELOPMENT,
    MANIFESTS,
    PREFIX,
    PRODUCTION,
    SettingError,
    Settings,
    Suite,
    read_keys,
)

if TYPE_CHECKING:
    from wsis_shared.plugin import Plugin
    from wsis_shared.process import Process

NOT_STARTED = 2  # exit status of a process that is refused
MIN_SECRET_LENGTH = 32  # characters
ENCRYPTED = ("amqps", "https", "mongodb+srv", "rediss", "smtps", "smtp+starttls")
IN_PROCESS = ("local", "memory")  # stores of limits
HTTP = "must begin with http:// or https://"
NOBODY = ".invalid"  # RFC 2606: no such host exists, the examples of ours are below it


class Start(NamedTuple):
    """What a process reads: field -> value. `purposes`: of the keys that it derives, where these are all it needs."""

    values: Mapping[str, object]
    purposes: tuple[str, ...] = ()

    def text(self, field: str) -> str:
        """The value of a field of type str."""
        return cast(str, self.values[field])

    def texts(self, field: str) -> tuple[str, ...]:
        """The value of a list."""
        return cast(tuple[str, ...], self.values[field])


class Rule(NamedTuple):
    """`broken` says of the setting what it must be, or nothing. In production, or everywhere (`always`)."""

    field: str
    broken: Callable[[Start], str]
    always: bool = False


def check(*parts: Settings, purposes: tuple[str, ...] = ()) -> None:
    """Raise SettingError with a line for each setting that is missing or wrong. `parts`: all that the process reads."""
    if lines := broken(*parts, purposes=purposes):
        raise SettingError("\n".join(lines))


def broken(*parts: Settings, purposes: tuple[str, ...] = (), rules: Iterable[Rule] | None = None) -> list[str]:
    """A line for each setting, by RULES or others. Raises SettingError where WSIS_KEYS cannot be read."""
    start = Start({item.name: getattr(part, item.name) for part in parts for item in fields(part)}, purposes)
    production = start.text("profile") == PRODUCTION
    lines: dict[str, str] = {}  # by setting: what its first rule says
    for rule in RULES if rules is None else rules:
        if rule.field in start.values and (rule.always or production) and (must := rule.broken(start)):
            lines.setdefault(rule.field, f"{PREFIX}{rule.field.upper()} {must}")
    if production:
        for field in _of_development(parts):
            lines.setdefault(field, f"{PREFIX}{field.upper()} must not be set: it is for development alone")
    return list(lines.values())


def settings_of(part: Plugin | Process) -> tuple[Settings, ...]:
    """All that a service or process reads."""
    own = part.load("settings")
    return (Suite.load(), *([own.load()] if own else []))


def check_secret(secret: str) -> None:
    """For commands, which start without. Raises SettingError."""
    if must := _secret_of(secret):
        raise SettingError(f"{PREFIX}SECRET {must}")


def is_encrypted(address: SplitResult) -> bool:
    """By TLS with a certificate that is verified."""
    options = {name.lower(): values[-1].lower() for name, values in parse_qs(address.query).items()}
    if address.scheme == "s3":
        return options.get("secure", "1") not in ("0", "no", "false")
    if any(value == "true" for name, value in options.items() if name.startswith("tls") and "nvalid" in name):
        return False  # tlsAllowInvalidCertificates and its like
    return address.scheme in ENCRYPTED or "true" in (options.get("tls"), options.get("ssl"))


def is_here(host: str) -> bool:
    """On this machine: an address of loopback, or a socket in the file system."""
    host = unquote(host)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost") or host.startswith("/")


def addresses(uri: str) -> Iterator[SplitResult]:
    """Of each node: they are separated by `;`, which MongoDB does not know."""
    return (urlsplit(address.strip()) for address in uri.split(";") if address.strip())


def hosts(address: SplitResult) -> Iterator[str]:
    """Without ports. An address of MongoDB has several."""
    for host in address.netloc.rpartition("@")[2].split(","):
        yield host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _one_of_two(start: Start) -> str:
    given = start.text("profile")
    return "" if given in (DEVELOPMENT, PRODUCTION) else f"must be {DEVELOPMENT} or {PRODUCTION}, not {given!r}"


def _secret(start: Start) -> str:
    missing = [purpose for purpose in start.purposes if purpose not in read_keys(start.texts("keys"))]
    if start.purposes and not missing:
        return ""
    must = _secret_of(start.text("secret"))
    return f"{must}, or WSIS_KEYS ({', '.join(missing)})" if must and missing else must


def _secret_of(secret: str) -> str:
    return "" if len(secret) >= MIN_SECRET_LENGTH else f"must be set, to {MIN_SECRET_LENGTH} characters or more"


def _set(field: str, what: str) -> Rule:
    return Rule(field, lambda start: "" if start.values[field] else f"must be set: {what}")


def _login(field: str) -> Rule:
    """Where there is an address."""

    def broken(start: Start) -> str:
        for address in addresses(start.text(field)):
            user, _, password = address.netloc.rpartition("@")[0].partition(":")
            if user == "guest":
                return "must not have the user guest, whom everybody knows"
            if not user or not password:
                return "must have a user and a password"
        return ""

    return Rule(field, broken)


def _http(field: str) -> Rule:
    """An address of the web: urllib reads files too."""

    def broken(start: Start) -> str:
        given = start.text(field)
        return "" if not given or urlsplit(given).scheme in ("http", "https") else HTTP

    return Rule(field, broken, always=True)


def _private(field: str) -> Rule:
    """What goes to another machine is encrypted, or that network is nobody else's."""

    def broken(start: Start) -> str:
        plain = [
            host
            for address in addresses(start.text(field))
            if not is_encrypted(address)
            for host in hosts(address)
            if not is_here(host)
        ]
        if not plain or start.values["private_network"]:
            return ""
        return f"must use TLS to {plain[0]}, or WSIS_PRIVATE_NETWORK be yes: nobody else is in the network between"

    return Rule(field, broken)


def _each_node(start: Start) -> str:
    wanted, given = start.values["broker_nodes"], len(list(addresses(start.text("amqp_uri"))))
    return f"must have {wanted} addresses (WSIS_BROKER_NODES), not {given}" if wanted not in (0, given) else ""


def _installed(start: Start) -> str:
    names = entry_points(group=MANIFESTS).names
    absent = [name for name in start.texts("manifests") if name not in names]
    return f"names {absent[0]}, whose manifest is not installed: its events would be lost" if absent else ""


def _public(start: Start) -> str:
    address = urlsplit(start.text("public_url"))
    host = address.hostname or ""
    if address.scheme == "https" and not is_here(host) and not host.endswith(NOBODY):
        return ""
    return "must be where people reach the gateway: https://, and a host that they find"


def _shared(start: Start) -> str:
    alone = urlsplit(start.text("limits_uri")).scheme in IN_PROCESS
    return "must name a shared store: else each process lets pass the whole rate" if alone else ""


def _s3(start: Start) -> str:
    return _needs("boto3", "s3") if start.text("blobs_uri") else ""


def _otlp(start: Start) -> str:
    return _needs("opentelemetry", "otlp") if start.text("otlp_uri") else ""


def _needs(library: str, extra: str) -> str:
    return "" if find_spec(library) else f"needs a library that is not installed: build the image with EXTRAS={extra}"


def _of_development(parts: tuple[Settings, ...]) -> Iterator[str]:
    for part in parts:
        for item in fields(part):
            if item.metadata.get("development") and getattr(part, item.name) != item.default:
                yield item.name


RULES = (
    Rule("profile", _one_of_two, always=True),
    Rule("secret", _secret, always=True),
    _set("smtp_uri", "the relay that takes the mails")._replace(always=True),
    _login("amqp_uri"),
    _set("broker_nodes", "nodes of the broker; WSIS_AMQP_URI has an address of each"),
    Rule("amqp_uri", _each_node),
    _login("mongo_uri"),
    _http("agencies_management_uri"),
    _http("doctor_management_uri"),
    _login("agencies_management_uri"),
    *(
        _private(field)
        for field in (
            "amqp_uri",
            "mongo_uri",
            "blobs_uri",
            "limits_uri",
            "smtp_uri",
            "otlp_uri",
            "agencies_amqp_uri",
            "agencies_management_uri",
            "doctor_management_uri",
            "doctor_mongo_uri",
        )
    ),
    Rule("blobs_uri", _s3, always=True),
    Rule("otlp_uri", _otlp, always=True),
    _set("manifests", "services of the installation: each image has the manifests of all"),
    Rule("manifests", _installed),
    Rule("public_url", _public),
    _set("gateway_proxies", "else all who come through the proxy are one network"),
    Rule("limits_uri", _shared),
)
# Of `wsis backup`, which is no process of the suite: it is told addresses alone.
OF_BACKUP = (Rule("profile", _one_of_two, always=True), _login("mongo_uri"), Rule("blobs_uri", _s3, always=True))
