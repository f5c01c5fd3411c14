"""Where a service draws the images that people send: a few at a time, so that nobody holds up the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from wsis_shared import images
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, Unavailable
from wsis_shared.places import Places

MAX_WAIT = 1.0  # seconds that an image waits for its turn: it holds one of the workers, which readers need too
_REFUSED = {"file": ["Not a PNG or JPEG that can be read, or more than 40 million pixels."]}


class Studio:
    """Two children of a process at a time. An image may be made to take all the time and memory that it may: who sends
    many has one of them. `refused` is the code of the error for what is no image, `busy` for what may be sent again."""

    def __init__(self, *, refused: str, busy: str) -> None:
        self._refused, self._busy = refused, busy
        self._places = Places(2, own=1, busy=self._unavailable)

    def place(self, ctx: Context) -> AbstractContextManager[None]:
        """One of the two, for who sends. Raises Unavailable."""
        return self._places.take(ctx.actor, ctx.network, seconds=ctx.remaining(MAX_WAIT))

    def draw(self, ctx: Context, content: Iterable[bytes], widths: Sequence[int]) -> list[images.Drawn]:
        """The image in each of these widths, as `images.draw`. Raises Invalid, Unavailable."""
        try:
            with self.place(ctx):
                return images.draw(content, widths)
        except images.Unreadable:
            raise Invalid(self._refused, fields=_REFUSED) from None
        except images.RenderingFailed as error:
            raise self._unavailable() from error

    def _unavailable(self) -> Unavailable:
        return Unavailable(self._busy, retry_after=10)
