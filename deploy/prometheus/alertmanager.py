"""Print the settings of Alertmanager's container: who is told of which alert, by which relay.

    python deploy/prometheus/alertmanager.py >.run/deploy/alertmanager.env

From the environment:
WSIS_ALERTS_PAGE       who is woken: addresses of mail and webhooks (https://...), with commas between them
WSIS_ALERTS_TICKET     who reads it in the morning; so does whoever is woken where this is not set
WSIS_ALERTS_HEARTBEAT  a webhook that is called each minute: where the calls end, nobody watches any more
WSIS_SMTP_URI, WSIS_MAIL_FROM   the relay and the sender, as for notifications

The configuration (https://prometheus.io/docs/alerting/latest/configuration/) is one line of base64, since each program
that reads files of settings treats quotes in its own way, and has the password of the relay.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

SUBJECT = '{{ if eq .Status "resolved" }}Over: {{ end }}{{ .GroupLabels.alertname }} ({{ .CommonLabels.severity }})'
TEXT = (
    '{{ range .Alerts }}{{ if eq .Status "resolved" }}Over: {{ end }}{{ .Annotations.summary }}\n'
    "  since {{ .StartsAt.UTC.Format `2006-01-02 15:04` }} UTC; {{ .Annotations.runbook }}\n{{ end }}"
)
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def main() -> int:
    """Exit status: 2 where a setting is wrong, with a line that names it."""
    try:
        made = json.dumps(configuration(os.environ))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"ALERTMANAGER_CONFIG={base64.b64encode(made.encode()).decode()}")
    return 0


def configuration(environ: Mapping[str, str]) -> dict[str, object]:
    """The configuration of Alertmanager. Raises ValueError that names the setting."""
    page = _receivers(environ, "WSIS_ALERTS_PAGE")
    ticket = _receivers(environ, "WSIS_ALERTS_TICKET") or page
    beat = _receivers(environ, "WSIS_ALERTS_HEARTBEAT")
    mailed = any("email_configs" in receiver for receiver in (page, ticket, beat))
    return {
        "global": _relay(environ) if mailed else {},
        "route": {
            "receiver": "ticket",
            "group_by": ["alertname"],
            "group_wait": "30s",
            "repeat_interval": "1d",
            "routes": [
                _route("page", repeat_interval="1h"),
                _route("heartbeat", group_wait="0s", group_interval="1m", repeat_interval="30s"),
            ],
        },
        # Whoever is awake for a service reads its tickets when that is over.
        "inhibit_rules": [
            {
                "source_matchers": ['severity="page"'],
                "target_matchers": ['severity="ticket"', 'service!=""'],
                "equal": ["service"],
            }
        ],
        "receivers": [{"name": "page", **page}, {"name": "ticket", **ticket}, {"name": "heartbeat", **beat}],
    }


def _route(severity: str, **times: str) -> dict[str, object]:
    return {"matchers": [f'severity="{severity}"'], "receiver": severity, **times}


def _receivers(environ: Mapping[str, str], setting: str) -> dict[str, object]:
    places = [place.strip() for place in environ.get(setting, "").split(",") if place.strip()]
    hooks = [place for place in places if place.startswith(("https://", "http://"))]
    mails = [place for place in places if place not in hooks]
    for place in mails:
        if not all(place.partition("@")) or " " in place:
            raise ValueError(f"{setting}: {place!r} is neither an address of mail nor https://...")
    told = {
        "email_configs": [
            {"to": place, "send_resolved": True, "headers": {"Subject": SUBJECT}, "html": "", "text": TEXT}
            for place in mails
        ],
        "webhook_configs": [{"url": place, "send_resolved": True} for place in hooks],
    }
    return {kind: configs for kind, configs in told.items() if configs}


def _relay(environ: Mapping[str, str]) -> dict[str, object]:
    relay = urlsplit(environ.get("WSIS_SMTP_URI", ""))
    if relay.scheme not in PORTS or not relay.hostname:
        raise ValueError("WSIS_SMTP_URI must name the relay by which alerts are mailed: smtp+starttls://host")
    if relay.scheme == "smtps" and relay.port not in (None, PORTS["smtps"]):  # at any other, it begins in plain text
        raise ValueError(f"WSIS_SMTP_URI: Alertmanager speaks smtps at port {PORTS['smtps']} alone: use smtp+starttls")
    made: dict[str, object] = {
        "smtp_smarthost": f"{relay.hostname}:{relay.port or PORTS[relay.scheme]}",
        "smtp_from": environ.get("WSIS_MAIL_FROM", "") or f"alerts@{relay.hostname}",
        "smtp_require_tls": relay.scheme == "smtp+starttls",
    }
    if relay.username:
        made |= {"smtp_auth_username": unquote(relay.username), "smtp_auth_password": unquote(relay.password or "")}
    return made


if __name__ == "__main__":
    sys.exit(main())
