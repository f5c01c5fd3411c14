"""What `wsis doctor` says of identity providers: each is asked for metadata and keys, as a sign-in asks for them."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared.doctor import Finding

from wsis_accounts.identity_providers import METADATA, NO_KEYS, OTHER_ISSUER, ProviderClient
from wsis_accounts.settings import PROVIDERS, Provider, Settings

PAGE = "docs/operate/sign-in.md"


def look(settings: Settings) -> Iterator[Finding]:
    """A line for each provider that nobody can sign in by now."""
    for provider in settings.providers.values():
        if reason := ProviderClient(provider, allow_loopback=settings.sign_in_loopback).problem():
            problem = f"the identity provider {provider.id} cannot be used: {reason}"
            yield Finding("accounts", problem, f"{_fix(provider, reason)} ({PAGE})")


def _fix(provider: Provider, reason: str) -> str:
    """`reason` is in the words of the log."""
    address = provider.issuer.rstrip("/") + METADATA
    issuer = f"the issuer of {provider.id} in {PROVIDERS}"
    if reason == OTHER_ISSUER:
        return f"set {issuer} to what {address} says, letter by letter"
    if reason == NO_KEYS:
        return "let the provider publish the keys that sign its ID tokens at its `jwks_uri`"
    if reason.startswith("status"):
        return f"see whether {address}, and what it names as `jwks_uri`, are there; else correct {issuer}"
    if reason in ("not_public", "not_https", "port"):
        return f"let {issuer} and the endpoints that its metadata names be https, at public addresses, port 443 or 8443"
    if reason.startswith("SSL"):
        return "let the provider renew its certificate, or trust its authority in the image (SSL_CERT_FILE)"
    return f"see whether this process reaches {address}; mailed codes work meanwhile"
