"""What agencies and its process `webhooks` read from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import SettingError, setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Where queues of agencies are."""

    nice: int = setting(10, "Scheduling priority of the process, as in nice(1): votes come before events")
    public_url: str = setting(
        "http://127.0.0.1:8000", "Where people reach the gateway; links of the feed start with it"
    )
    agencies_management_uri: str = setting(
        "",
        "Management API of the broker for agencies' queues: https://user:password@host:port of an administrator; "
        "empty: no queues are offered",
        secret=True,
    )
    agencies_amqp_uri: str = setting(
        "amqp://127.0.0.1:5672",
        "Where agencies, and this service, reach that broker, without login: amqps://host:port; this service also at "
        "further addresses, each after a ;",
    )
    agencies_vhost: str = setting("agencies", "Virtual host of the queues")
    agencies_queue_length: int = setting(
        10_000, "Events in a queue that is made from now on; what follows waits in the event log"
    )


@dataclass(frozen=True)
class WebhookSettings(settings.Settings):
    """How the process `webhooks` sends."""

    webhooks_timeout: float = setting(10.0, "Seconds that one request to a receiver may take")
    webhooks_loopback: bool = setting(False, "Allow http and loopback addresses as receivers", development=True)
    webhooks_speedup: float = setting(1.0, "Divides the waits between retries", development=True)
    public_url: str = setting("http://127.0.0.1:8000", "Where people reach the gateway; its host is our origin")

    def __post_init__(self) -> None:
        if self.webhooks_speedup <= 0 or self.webhooks_timeout <= 0:
            raise SettingError("WSIS_WEBHOOKS_SPEEDUP and WSIS_WEBHOOKS_TIMEOUT must be above 0")
