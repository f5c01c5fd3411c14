"""What the gateway asks every service about its dead letters: each service reads its own queue, with its own rights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import audit, export_audit, paging
from wsis_shared.amqp import dead_letters
from wsis_shared.amqp.dead_letters import DeadLetter, QueueGone, Reading
from wsis_shared.errors import Conflict, Forbidden, NotFound
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc
from wsis_shared.settings import Suite

if TYPE_CHECKING:
    from wsis_shared.bus.service import Bus

Select = Callable[[Reading, Collection[str]], list[DeadLetter]]


class DeadLetterApi:
    """The part of every service that shows, requeues and drops its dead letters. `shows_dead_letters`: may an operator
    read their bodies? A service whose messages are secret says no."""

    shows_dead_letters = True
    bus: Bus

    @rpc
    def list_dead_letters(
        self,
        service: str = "",
        queue: str | None = None,
        q: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> dict[str, object]:
        """Those among the oldest 1,000, the oldest first; `service` has led the gateway here."""
        with self._reading() as found:
            letters = found.letters
        matching = [letter for letter in letters if letter.matches(queue, q, in_body=self.shows_dead_letters)]
        if q and self.shows_dead_letters:  # piece by piece a search reads a body
            self._record("dead_letters_searched", matching, None)
        position = paging.decode(after)
        ids = [letter.id for letter in matching]
        start = ids.index(position[0]) + 1 if position and position[0] in ids else 0
        rows = [self._response(letter) for letter in matching[start : start + limit + 1]]
        return {**paging.page(rows, limit, "key"), "total": len(matching)}

    @rpc(writes=True, store_response=False, repeatable=True)
    def read_dead_letter(self, letter: str) -> dict[str, object]:
        """One with its body, which may contain personal data, so that the response is not stored; audited. Raises
        NotFound, Forbidden."""
        if not self.shows_dead_letters:
            raise Forbidden("suite.dead_letter_secret")
        with self._reading() as found:
            chosen = next((each for each in found.letters if self._id(each) == letter), None)
        if chosen is None:
            raise NotFound("suite.dead_letter_unknown")
        self._record("dead_letter_read", [chosen], None)
        return {**self._response(chosen), "body": chosen.body}

    @rpc(writes=True, store_response=False, repeatable=True)
    def requeue_dead_letters(self, service: str, body: Input) -> dict[str, object]:
        """Return some, or all of a queue, to their queues of origin; audited. Raises Conflict."""
        return self._move("dead_letters_requeued", body, Reading.returnable, Reading.requeue)

    @rpc(writes=True, store_response=False, repeatable=True)
    def drop_dead_letters(self, service: str, body: Input) -> dict[str, object]:
        """Delete some; audited."""
        return self._move("dead_letters_dropped", body, Reading.chosen, Reading.drop)

    def _move(self, action: str, body: Input, choose: Select, act: Select) -> dict[str, object]:
        """The broker knows no transaction of the store: what is moved was recorded before, whatever happens between."""
        wanted, queue = body["ids"], body.get("queue")
        with self._reading() as found:
            ids = [each.id for each in found.letters if (self._id(each) in wanted if wanted else each.queue == queue)]
            try:
                letters = choose(found, ids)
            except QueueGone as error:
                raise Conflict("suite.dead_letter_queue_gone", queue=error.queue) from None
            if letters:
                self._record(action, letters, body["reason"])
                act(found, [each.id for each in letters])
        return {"count": len(letters)}

    def _reading(self) -> AbstractContextManager[Reading]:
        return dead_letters.reading(Suite.current().amqp_uri, self.bus.service)

    def _id(self, letter: DeadLetter) -> str:
        return f"{self.bus.service}.{letter.id}"

    def _response(self, letter: DeadLetter) -> dict[str, object]:
        shown = ("queue", "reason", "at", "message_id", "type", "size", "redacted")
        return {"key": letter.id, "id": self._id(letter), **{name: getattr(letter, name) for name in shown}}

    def _record(self, action: str, letters: list[DeadLetter], reason: str | None) -> None:
        content = [{"id": each.id, "queue": each.queue, "message": each.message_id} for each in letters[:100]]
        entry = audit.entry(
            f"{self.bus.service}.{action}",
            "dead-letters",
            before={"count": len(letters), "letters": content},
            reason=reason,
        )
        in_transaction(partial(export_audit.store, self.bus.db, self.bus.service, entry))
