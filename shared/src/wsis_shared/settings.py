"""Settings: typed fields read from the environment, each with a comment, so that `wsis settings` can print them all.

    @dataclass(frozen=True)
    class Settings(settings.Settings):
        vote_batch: int = setting(500, "Votes stored in one transaction")

reads `WSIS_VOTE_BATCH`.
"""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NamedTuple, Self, cast

PREFIX = "WSIS_"
HIDDEN = "(secret)"  # in place of the default of a secret
DEVELOPMENT, PRODUCTION = "development", "production"
MANIFESTS = "wsis.services"  # the group of entry points, see wsis_shared.plugin


class SettingError(ValueError):
    """A setting is missing or cannot be read; the message names the variable."""


def setting(default: object, comment: str, *, secret: bool = False, development: bool = False) -> Any:
    """A field of a Settings class: what an operator turns. What nobody would turn is a constant beside its rule.

    `secret` values are never printed. `development`: for development and tests alone, and not in docs/settings.md.
    """
    return field(default=default, metadata={"comment": comment, "secret": secret, "development": development})


class Described(NamedTuple):
    """A setting as its class declares it."""

    variable: str
    default: object
    comment: str
    development: bool = False


@dataclass(frozen=True)
class Settings:
    """Base: `load()` reads each field from `WSIS_<FIELD>`."""

    @classmethod
    def load(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read the environment. Raises SettingError that names the variable."""
        env = os.environ if env is None else env
        hints = typing.get_type_hints(cls)
        values = {}
        for item in fields(cls):
            variable = PREFIX + item.name.upper()
            if variable in env:
                values[item.name] = _read(variable, env[variable], hints[item.name])
            elif item.default is MISSING:
                raise SettingError(f"{variable} must be set: {item.metadata.get('comment', '')}")
        return cls(**values)

    @classmethod
    def current(cls) -> Self:
        """The settings of this process, read at first use. `forget_current` makes the next use read them again."""
        if cls not in _current:
            _current[cls] = cls.load()
        return cast(Self, _current[cls])  # by their own classes

    @staticmethod
    def forget_current() -> None:
        """For tests that change the environment: what `current` returned so far holds for no class any more."""
        _current.clear()

    @classmethod
    def described(cls) -> Iterator[Described]:
        """Each field."""
        for item in fields(cls):
            default = HIDDEN if item.metadata.get("secret") else item.default
            variable, comment = PREFIX + item.name.upper(), item.metadata.get("comment", "")
            yield Described(variable, default, comment, item.metadata.get("development", False))


_current: dict[type[Settings], Settings] = {}  # what `current` returned, by class


def _read(variable: str, text: str, kind: object) -> object:
    if isinstance(kind, types.UnionType):
        if text == "":
            return None
        kind = next(part for part in kind.__args__ if part is not type(None))
    if kind is bool:
        if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
            raise SettingError(f"{variable} must be yes or no, not {text!r}")
        return text.lower() in ("1", "true", "yes", "on")
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise SettingError(f"{variable} must be a number, not {text!r}") from None
    if typing.get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


@dataclass(frozen=True)
class Suite(Settings):
    """What every part reads."""

    amqp_uri: str = setting(
        "amqp://guest:guest@127.0.0.1:5672/", "RabbitMQ; an address of each node, separated by ;", secret=True
    )
    mongo_uri: str = setting("mongodb://127.0.0.1:27017/?w=majority&journal=true", "MongoDB", secret=True)
    mongo_prefix: str = setting("wsis_", "Prefix of the database of each service")
    blobs_uri: str = setting(
        "",
        "Store of files that speaks S3: s3://KEY:SECRET@HOST:PORT/BUCKET?secure=1; empty: GridFS in MongoDB",
        secret=True,
    )
    secret: str = setting(
        "", "Key for cursors and keyed hashes; the same in all processes; at least 32 characters", secret=True
    )
    keys: tuple[str, ...] = setting(
        (), "PURPOSE=KEY, in hex: what a process derives that does not get WSIS_SECRET", secret=True
    )
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    max_workers: int = setting(20, "Requests that one service process handles at a time")
    event_workers: int = setting(10, "Events and inbound mails that one service process handles at a time")
    metrics_port: int = setting(0, "Port of a service's /metrics and /readyz; 0: none")
    otlp_uri: str = setting("", "Collector of traces that speaks OTLP over HTTP, https://HOST:4318; empty: none")
    stop_seconds: float = setting(
        25.0, "Seconds that a process may take to stop; whoever kills it waits 5 s longer (Compose, chart, `wsis up`)"
    )
    nice: int = setting(0, "Scheduling priority of a service process, 0 (normal) to 19 (lowest), as in nice(1)")
    jobs_kept_days: float = setting(30.0, "Days after its end when a job is deleted")
    public_url: str = setting("http://127.0.0.1:8000", "Where people reach the gateway; links in mails start with it")
    contact: str = setting("", "Mail address of the secretariat, on the page /contact; empty: none is named")
    mail_web_uri: str = setting("", "Page of the mail catcher, with its login", secret=True, development=True)

    profile: str = setting(DEVELOPMENT, "production: nothing starts without what an installation needs")
    private_network: bool = setting(
        False,
        "Nobody else is in the network between the machines: production takes addresses of broker, stores and relay "
        "without TLS (Compose)",
    )
    broker_nodes: int = setting(0, "Nodes of the broker; WSIS_AMQP_URI has an address of each")
    manifests: tuple[str, ...] = setting((), "Services of the installation: each image has the manifests of all")

    @property
    def given_keys(self) -> dict[str, bytes]:
        """Purpose -> key, of WSIS_KEYS. Raises SettingError."""
        return read_keys(self.keys)


def read_keys(given: tuple[str, ...]) -> dict[str, bytes]:
    """Purpose -> key, of `PURPOSE=KEY`. Raises SettingError."""
    try:
        return {purpose: bytes.fromhex(key) for purpose, key in (one.rsplit("=", 1) for one in given)}
    except ValueError:
        raise SettingError("WSIS_KEYS must be PURPOSE=KEY,PURPOSE=KEY with keys in hex") from None
