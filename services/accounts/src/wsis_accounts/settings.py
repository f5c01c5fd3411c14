"""What the service reads from the environment, and the identity providers that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from wsis_shared.destinations import DestinationRefused, read_destination
from wsis_shared.resources import parse_yaml
from wsis_shared.revocations import MAX_TOKEN_LIFE
from wsis_shared.schemas import LOCALES
from wsis_shared.settings import SettingError, setting
from wsis_shared.settings import Settings as Base
from yaml import YAMLError

PROVIDERS, KEYS = "WSIS_SIGN_IN_PROVIDERS", "WSIS_SIGN_IN_KEYS"
_ID = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_FIELDS = {"name", "issuer", "client_id", "domains", "acr", "amr"}


@dataclass(frozen=True)
class Provider:
    """`names` by language; `domains` are those of the mail addresses that may come from it, all where there are none.
    An identity with one of these values in `acr` or `amr` has shown a second factor there. `secret` is empty where it
    knows this client by PKCE alone."""

    id: str
    names: Mapping[str, str]
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    domains: frozenset[str] = frozenset()
    acr: tuple[str, ...] = ()
    amr: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settings(Base):
    """What an operator turns of registration and sign-in."""

    access_minutes: int = setting(
        10, "Life of an access token, at most 15: it is revoked at once, where it must be", development=True
    )
    registration_challenge: bool = setting(
        False, "Demand a solved proof-of-work challenge (GET /v1/challenges) with each registration"
    )
    challenge_cost: int = setting(
        20_000, "Rounds of PBKDF2 for each of some 256 tries: 20000 is a second of a computer, more of a telephone"
    )
    staff_second_factor: bool = setting(
        False, "Demand an authenticator app beside the mailed code of whoever holds a role that two officers grant"
    )
    sign_in_providers: str = setting(
        "", "Identity providers of agencies (OpenID Connect), as YAML (docs/operate/sign-in.md); empty: none"
    )
    sign_in_keys: str = setting("", "Their client secrets, as YAML: a line ID: SECRET for each", secret=True)
    sign_in_loopback: bool = setting(False, "Allow http and loopback addresses of identity providers", development=True)
    throwaway_domains: tuple[str, ...] = setting(
        (), "Domains of throwaway mailboxes beside those of the list that is installed"
    )
    mail_smtputf8: bool = setting(
        False, "The relay offers SMTPUTF8 (RFC 6531): addresses with letters beyond ASCII before the @ may register"
    )

    def __post_init__(self) -> None:
        _ = self.providers  # one that is wrong stops the start
        if not timedelta() < self.access_life <= MAX_TOKEN_LIFE:
            raise SettingError("WSIS_ACCESS_MINUTES must be 1 to 15: the gateway refuses tokens that live longer")

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Identity providers by id. Raises SettingError."""
        return _providers(self.sign_in_providers, self.sign_in_keys, allow_loopback=self.sign_in_loopback)

    @property
    def access_life(self) -> timedelta:
        """Life of an access token."""
        return timedelta(minutes=self.access_minutes)


def _providers(text: str, secrets: str, *, allow_loopback: bool) -> dict[str, Provider]:
    """The providers by id. Raises SettingError that names the provider and its field."""
    rows, keys = _mapping(PROVIDERS, text), _mapping(KEYS, secrets)
    if unknown := sorted(set(keys) - set(rows)):
        raise SettingError(f"{KEYS} names {unknown[0]}, which {PROVIDERS} does not")
    found = {str(id): _provider(str(id), row, keys.get(id, ""), allow_loopback) for id, row in rows.items()}
    issuers = [provider.issuer for provider in found.values()]
    if len(set(issuers)) < len(issuers):
        raise SettingError(f"{PROVIDERS} names an issuer twice")
    return found


def _mapping(variable: str, text: str) -> Mapping[str, object]:
    try:
        read = parse_yaml(text) or {}
    except YAMLError:
        raise SettingError(f"{variable} must be YAML") from None  # its message would quote a secret
    if not isinstance(read, dict):
        raise SettingError(f"{variable} must have a line for each provider, by its id")
    return read


def _provider(id: str, row: object, secret: object, allow_loopback: bool) -> Provider:
    if not _ID.fullmatch(id):
        raise SettingError(f"{PROVIDERS}: {id}: an id has small letters, digits, - and _")
    if not isinstance(row, dict) or (unknown := set(row) - _FIELDS):
        wrong = f"unknown: {', '.join(sorted(map(str, unknown)))}" if isinstance(row, dict) else "no fields"
        raise SettingError(f"{PROVIDERS}: {id}: {wrong}")
    issuer = _text(id, row, "issuer")
    try:
        read_destination(issuer, allow_loopback=allow_loopback)
    except DestinationRefused as error:
        raise SettingError(f"{PROVIDERS}: {id}: issuer must be https to a public address ({error})") from None
    if "?" in issuer:
        raise SettingError(f"{PROVIDERS}: {id}: issuer has no query")
    return Provider(
        id,
        _names(id, row.get("name")),
        issuer,
        _text(id, row, "client_id"),
        secret if isinstance(secret, str) else str(secret),
        frozenset(domain.lower() for domain in _texts(id, row, "domains")),
        _texts(id, row, "acr"),
        frozenset(_texts(id, row, "amr")),
    )


def _names(id: str, name: object) -> Mapping[str, str]:
    """One name for all, or one by language, English at least."""
    names = {"en": name} if isinstance(name, str) else name
    if (
        not isinstance(names, dict)
        or not names.get("en")
        or not all(language in LOCALES and isinstance(text, str) for language, text in names.items())
    ):
        raise SettingError(f"{PROVIDERS}: {id}: name is a text, or one by language, English at least")
    return names


def _text(id: str, row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise SettingError(f"{PROVIDERS}: {id}: {name} must be a text")
    return value


def _texts(id: str, row: Mapping[str, object], name: str) -> tuple[str, ...]:
    values = row.get(name, [])
    if not isinstance(values, Sequence) or isinstance(values, str) or not all(isinstance(one, str) for one in values):
        raise SettingError(f"{PROVIDERS}: {id}: {name} must be a list of texts")
    return tuple(values)
