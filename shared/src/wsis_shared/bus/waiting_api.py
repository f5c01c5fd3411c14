"""What staff ask every service: what waits (wsis_shared.waiting)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import auth, context
from wsis_shared.languages import in_language
from wsis_shared.operations import rpc

if TYPE_CHECKING:
    from wsis_shared.bus.service import Bus


class WaitingApi:
    """The part of every service that counts what waits."""

    bus: Bus

    @rpc
    def list_waiting(self) -> dict[str, object]:
        """The kinds that the actor may work on."""
        actor, waiting = context.current().actor, self.bus.waiting
        told = [kind for kind in waiting.kinds if auth.is_allowed(actor, kind.permission, self.bus.grants)]
        return {"items": [{"title": self._title_of_kind(kind.code), **waiting.counted(kind)} for kind in told]}

    def _title_of_kind(self, code: str) -> str:
        return in_language(self.bus.waiting_titles.get(code, {}), context.current().locale) or code
