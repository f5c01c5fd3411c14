"""What the prizes have published, read from them. Before an announcement the prizes return nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wsis_shared.errors import NotFound, SuiteError

Row = dict[str, Any]
PAGE = 100
_NOT_YET = frozenset({"prizes.nominees_not_published", "prizes.champions_not_announced", "prizes.winners_not_released"})


class Prizes:
    """Reads from the service of the prizes. Raises Unavailable, and NotFound where there is no such edition."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def nominee(self, edition: str, project: str) -> Row | None:
        """The page of a nominee; None where it is no nominee any more."""
        try:
            found: Row = self._client.read_nominee(edition=edition, project=project)
        except NotFound:
            return None
        return found

    def nominees(self, edition: str) -> list[Row]:
        """All nominees; none before they are published."""
        return list(self._pages(self._client.list_nominees, edition))

    def champions(self, edition: str) -> list[Row]:
        """All champions, winners among them; none before they are announced."""
        return list(self._pages(self._client.list_champions, edition))

    def winners(self, edition: str) -> list[Row]:
        """All winners; none before they are released."""
        return list(self._pages(self._client.list_winners, edition))

    def _pages(self, call: Any, edition: str) -> Iterator[Row]:
        after: str | None = None
        while True:
            try:
                page = call(edition=edition, limit=PAGE, after=after)
            except SuiteError as error:
                if error.code in _NOT_YET:
                    return
                raise
            yield from page["items"]
            after = page["next"]
            if after is None:
                return
