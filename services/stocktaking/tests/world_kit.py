"""An empty register, and what people do in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from wsis_shared.context import Actor
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.register.store.register import Publication, Register

NOW = datetime(2016, 7, 1, 12, tzinfo=UTC)
OFFICER, ADA, BEA, BEN = actor("officer", id="officer"), actor(id="ada"), actor(id="bea"), actor(id="ben")


class RegisterWorld:
    """Each request has a key of its own, so that a repeat has the key of the first. Where nobody says who asks and
    when, it is `asking`, `now`; entries were last updated at `dated`."""

    asking: ClassVar[Actor] = ADA
    now: ClassVar[datetime] = NOW
    dated: ClassVar[datetime] = NOW

    def __init__(self, service: InProcess, make_content: Any) -> None:
        service.restore({})
        self.service, self.register, self.make_content, self._keys = service, Register(service.db), make_content, 0

    def publish(self, entry: str, owner: str | None, at: datetime | None = None, **changes: Any) -> None:
        """An entry that an import made."""
        new = self.register.new_entry(entry, "import", owner, at or self.dated)
        work = Publication(new, self.make_content(**changes), last_updated_at=at or self.dated)
        in_transaction(lambda: self.register.publish([work], self.now))

    def request(
        self, method: str, who: Actor | None = None, at: datetime | None = None, **arguments: Any
    ) -> Callable[[], Any]:
        """To be made once or more often."""
        self._keys += 1
        key = f"key-{self._keys}"
        return lambda: self.service.call(method, who or self.asking, at=at or self.now, key=key, **arguments)

    def do(self, method: str, who: Actor | None = None, at: datetime | None = None, **arguments: Any) -> Any:
        """Made once."""
        return self.request(method, who, at, **arguments)()

    def owners(self) -> dict[str, str | None]:
        """Of each entry."""
        return {row["_id"]: row["owner"] for row in self.service.db["entries"].find({}, {"owner": 1})}
