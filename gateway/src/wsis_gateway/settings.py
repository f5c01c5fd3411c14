"""The settings of the gateway."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared.settings import SettingError, Suite, setting

PAGES, API, BOTH = "pages", "api", "both"


@dataclass(frozen=True)
class Settings(Suite):
    """Rates are written as `600/minute`, `5/second`, `10/hour` (see the docs of `limits`)."""

    keys_from: str = setting(
        "", "service.method that publishes token keys; empty: the route /.well-known/jwks.json", development=True
    )
    gateway_host: str = setting("127.0.0.1", "Address to listen on")
    gateway_port: int = setting(8000, "Port to listen on")
    gateway_metrics_host: str = setting("127.0.0.1", "Address of the metrics port")
    gateway_metrics_port: int = setting(
        8001, "Port of /metrics and /readyz, which the port of clients does not serve; 0: it does"
    )
    gateway_workers: int = setting(1, "Processes; with more than one, set WSIS_LIMITS_URI to a shared store")
    gateway_proxies: tuple[str, ...] = setting(
        (), "Addresses or networks of trusted proxies (X-Forwarded-For), for example 10.0.0.0/8"
    )
    gateway_plugins: tuple[str, ...] = setting((), "Plugins to serve; empty: all installed plugins")
    gateway_serves: str = setting(
        BOTH, "pages, api or both: with two deployments no page holds up a vote (`make bench-pages` prints its time)"
    )
    gateway_origins: tuple[str, ...] = setting((), "Origins of web pages that may call the API (CORS); * for any")
    gateway_hsts: int = setting(
        31_536_000, "Seconds of Strict-Transport-Security, which browsers heed where there is TLS alone; 0: none"
    )
    gateway_reads: int = setting(
        32, "Reads in flight per process; others wait, then get 503, so that votes have priority"
    )
    gateway_streams: int = setting(
        1000, "Streams and long polls that clients hold open, per process; others get 503. Each has a connection"
    )
    gateway_poll_seconds: float = setting(
        25.0, "Longest wait of a long poll, in seconds; below the read timeout of the proxy in front (nginx: 35)"
    )
    gateway_traces: float = setting(0.01, "Share of the requests that are traced (WSIS_OTLP_URI), 0 to 1")

    limits_uri: str = setting(
        "local://", "Store of the rate limits: this process, or redis://..., mongodb://...", secret=True
    )
    limit_factor: int = setting(1, "Factor on every limit", development=True)
    limit_network_factor: int = setting(
        20, "Factor between the limit of an account and that of a network without sign-in"
    )

    def __post_init__(self) -> None:
        if self.gateway_serves not in (PAGES, API, BOTH):
            raise SettingError(f"WSIS_GATEWAY_SERVES must be {PAGES}, {API} or {BOTH}")
        if self.gateway_metrics_port == self.gateway_port:
            raise SettingError("WSIS_GATEWAY_METRICS_PORT must differ from WSIS_GATEWAY_PORT, or be 0 to share it")

    @property
    def has_pages(self) -> bool:
        """Are there pages of the web?"""
        return self.gateway_serves != API

    @property
    def has_api(self) -> bool:
        """Are there routes for programs, and their documentation?"""
        return self.gateway_serves != PAGES
