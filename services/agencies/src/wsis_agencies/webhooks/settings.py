"""What the process `webhooks` reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import SettingError, setting


@dataclass(frozen=True)
class WebhookSettings(settings.Settings):
    """How it sends."""

    webhooks_timeout: float = setting(10.0, "Seconds that one request to a receiver may take")
    webhooks_poll: float = setting(5.0, "Seconds between two looks for new events, beside those when the log says so")
    webhooks_flush: float = setting(0.25, "Seconds between two writes of what was delivered")
    webhooks_scan: float = setting(1.0, "Seconds between two looks for changed subscriptions")
    webhooks_lease: float = setting(10.0, "Seconds after which another process takes over from one that was killed")
    webhooks_loopback: bool = setting(False, "Allow http and loopback addresses as receivers", development=True)
    webhooks_speedup: float = setting(1.0, "Divides the waits between retries", development=True)
    public_url: str = setting("http://127.0.0.1:8000", "Where people reach the gateway; its host is our origin")

    def __post_init__(self) -> None:
        if self.webhooks_speedup <= 0 or self.webhooks_timeout <= 0:
            raise SettingError("WSIS_WEBHOOKS_SPEEDUP and WSIS_WEBHOOKS_TIMEOUT must be above 0")
