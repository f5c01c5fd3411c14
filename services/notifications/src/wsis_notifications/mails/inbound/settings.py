"""What the process `inbound` reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import SettingError, setting


@dataclass(frozen=True)
class InboundSettings(settings.Settings):
    """Where it listens, for which domain, and how much one peer may take."""

    mail_domain: str = setting("", "Domain of the mailboxes; mail to any other domain is refused")
    newsletter_domain: str = setting("", "A further one: that of the bounces of campaigns")
    inbound_smtp: str = setting("", "host:port to listen on with SMTP; empty: no SMTP")
    inbound_lmtp: str = setting("", "host:port to listen on with LMTP, for a relay of your own; empty: no LMTP")
    inbound_max_bytes: int = setting(1_000_000, "Largest mail")
    inbound_recipients: int = setting(20, "Recipients of one mail (LMTP: one)")
    inbound_commands: int = setting(200, "Commands of each kind in one session", development=True)
    inbound_idle_seconds: float = setting(
        60.0, "Seconds that a peer may take for one command, or for the whole content", development=True
    )
    inbound_session_seconds: float = setting(600.0, "Seconds that one session may last", development=True)
    inbound_connections: int = setting(200, "Open connections")
    inbound_connections_per_address: int = setting(10, "Open connections of one IP address; 0: no limit (a relay)")

    def __post_init__(self) -> None:
        if not self.mail_domain:
            raise SettingError("WSIS_MAIL_DOMAIN must be set: the domain of the mailboxes")
        if not self.inbound_smtp and not self.inbound_lmtp:
            raise SettingError("WSIS_INBOUND_SMTP or WSIS_INBOUND_LMTP must be set: where to listen")
        for variable, address in (("WSIS_INBOUND_SMTP", self.inbound_smtp), ("WSIS_INBOUND_LMTP", self.inbound_lmtp)):
            if address and not address.rpartition(":")[2].isdecimal():
                raise SettingError(f"{variable}={address!r} is not host:port")


def host_and_port(address: str) -> tuple[str, int]:
    """ "127.0.0.1:2525" in its two parts; an IPv6 address stands in brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 -- ":2525" asks for all interfaces
