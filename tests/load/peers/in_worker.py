"""An application without a broker in the gateway's own worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class InWorker:
    """The application `app`, with what the worker asks of the gateway beside."""

    def __init__(self, app: Any) -> None:
        self._app, self.amqp_client = app, self

    def __call__(self, env: Any, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._app(env, start_response)
        return answer

    def serves_probes(self, _address: object) -> bool:
        """It has none."""
        return False

    def wait_connected(self, _seconds: float) -> bool:
        """There is nothing to wait for."""
        return True

    def end_streams(self) -> None:
        """There are none."""
