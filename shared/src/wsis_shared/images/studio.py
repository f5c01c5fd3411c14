"""Where a service draws the images that people send: a few at a time, so that nobody holds up the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

from wsis_shared import images
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, Unavailable
from wsis_shared.places import Places

MAX_WAIT = 1.0  # seconds that an image waits for its turn: it holds one of the workers, which readers need too
_REFUSED = {"file": ["Not a PNG or JPEG that can be read, or more than 40 million pixels."]}


class Studio:
    """Two children of a process at a time. An image may be made to take all the time and memory that it may: who sends
    many has one of them. `refused` makes the error of what is no image, with the message for its field, `busy` that of
    what may be sent again."""

    def __init__(self, *, refused: Callable[[dict[str, list[str]]], Invalid], busy: Callable[[], Unavailable]) -> None:
        self._refused, self._busy, self._places = refused, busy, Places(2, own=1, busy=busy)

    def place(self, ctx: Context) -> AbstractContextManager[None]:
        """One of the two, for who sends. Raises Unavailable."""
        return self._places.take(ctx.actor, ctx.network, seconds=ctx.remaining(MAX_WAIT))

    def draw(self, ctx: Context, content: Iterable[bytes], widths: Sequence[int]) -> list[images.Drawn]:
        """The image in each of these widths, as `images.draw`. Raises Invalid, Unavailable."""
        try:
            with self.place(ctx):
                return images.draw(content, widths)
        except images.Unreadable:
            raise self._refused(_REFUSED) from None
        except images.RenderingFailed as error:
            raise self._busy() from error
