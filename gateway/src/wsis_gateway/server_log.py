"""What gunicorn itself has to say, such as its start or the end of a worker: JSON lines like all others."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger
from wsis_shared import log


class ServerLog(Logger):
    """Hands its records to the handler of the suite."""

    def setup(self, cfg: Any) -> None:
        """Called in the master, before the workers set up theirs."""
        super().setup(cfg)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
        log.setup("gateway", cfg.loglevel.upper())
