"""Queues and their readers, made by RabbitMQ's management API (https://www.rabbitmq.com/docs/management#http-api).

A subscription has one quorum queue and one user of the same name, `sub.<agency>.<subscription>`, whose only right is to
read that queue. A reader that declares, publishes, binds or reads another queue gets 403 (ACCESS_REFUSED).
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from base64 import b64encode
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from wsis_shared.errors import Unavailable

from wsis_agencies.settings import Settings

TIMEOUT = 5.0  # seconds of one request
CONNECTIONS, CHANNELS = 5, 20  # of one reader at a time
NOTHING, EVERYTHING = "^$", ".*"


def uris(settings: Settings, user: str, password: str) -> list[str]:
    """The addresses of the broker for this login."""
    login = f"{_quoted(user)}:{_quoted(password)}"
    addresses = map(urlsplit, settings.agencies_amqp_uri.split(";"))
    vhost = _quoted(settings.agencies_vhost)
    return [
        urlunsplit((parts.scheme, f"{login}@{parts.netloc.rpartition('@')[2]}", f"/{vhost}", "", ""))
        for parts in addresses
    ]


def own_uris(settings: Settings) -> list[str]:
    """Those of this service, with the login that it manages the broker by."""
    parts = urlsplit(settings.agencies_management_uri)
    return uris(settings, unquote(parts.username or ""), unquote(parts.password or ""))


class Management:
    """`uri` is http[s]://user:password@host:port of a user with the tag administrator."""

    def __init__(self, uri: str, vhost: str, max_length: int) -> None:
        self._uri, self._vhost, self._max_length = uri, vhost, max_length

    def prepare(self) -> None:
        """Create the virtual host, in which our own user may do everything. Idempotent. Raises Unavailable."""
        self._request("PUT", f"vhosts/{_quoted(self._vhost)}")
        self._permit(unquote(urlsplit(self._uri).username or ""), EVERYTHING, EVERYTHING, EVERYTHING)

    def put_queue(self, name: str, password: str) -> None:
        """Create the queue and its reader, or give the reader this password (see `put_password`). A queue that exists
        keeps its length: the broker changes none, and refuses to declare it with another one. Idempotent.

        Raises Unavailable.
        """
        arguments = {
            "x-queue-type": "quorum",
            "x-max-length": self._max_length,
            "x-overflow": "reject-publish",
            "x-delivery-limit": -1,  # a reader may return an event as often as it likes
        }
        queue = {"durable": True, "auto_delete": False, "arguments": arguments}
        path = f"queues/{_quoted(self._vhost)}/{_quoted(name)}"
        if not self._request("GET", path, missing_ok=True):
            self._request("PUT", path, queue)
        self.put_password(name, password)
        for limit, value in (("max-connections", CONNECTIONS), ("max-channels", CHANNELS)):
            self._request("PUT", f"user-limits/{_quoted(name)}/{limit}", {"value": value})
        self._permit(name, NOTHING, NOTHING, f"^{re.escape(name)}$")

    def put_password(self, name: str, password: str) -> None:
        """Give a reader this password, and end the connections that were opened with a former one: the broker asks for
        a password when a connection opens, and never again. Idempotent. Raises Unavailable."""
        self._request("PUT", f"users/{_quoted(name)}", {"password": password, "tags": ""})
        self._request("DELETE", f"connections/username/{_quoted(name)}", missing_ok=True)

    def delete_queue(self, name: str) -> None:
        """Delete the queue, what is in it, and its reader, whose connections end. Idempotent. Raises Unavailable."""
        for path in (f"users/{_quoted(name)}", f"queues/{_quoted(self._vhost)}/{_quoted(name)}"):
            self._request("DELETE", path, missing_ok=True)

    def _permit(self, user: str, configure: str, write: str, read: str) -> None:
        rights = {"configure": configure, "write": write, "read": read}
        self._request("PUT", f"permissions/{_quoted(self._vhost)}/{_quoted(user)}", rights)

    def _request(self, method: str, path: str, body: object = None, *, missing_ok: bool = False) -> bool:
        """Whether it was there. Raises Unavailable."""
        parts = urlsplit(self._uri)
        login = b64encode(f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 -- http or https, by a rule of the start
            urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], f"/api/{path}", "", "")),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 -- same
                response.read()
                return True
        except urllib.error.HTTPError as error:
            if not (missing_ok and error.code == 404):
                raise Unavailable("notifications.queues_away", retry_after=10) from error
            return False
        except OSError as error:
            raise Unavailable("notifications.queues_away", retry_after=10) from error


def _quoted(name: str) -> str:
    return quote(name, safe="")
