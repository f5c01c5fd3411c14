"""How many readers and mails of the newsletter there were."""

from __future__ import annotations

from wsis_demo.play import NEWSLETTER, Play

from . import state


def report(play: Play) -> str:
    """Readers and mails; the lines are shown at the end of the play."""
    told = state.of(play)
    left, sent = sum(reader.left for reader in told.readers), play.mails[NEWSLETTER]
    line = f"{len(told.readers)} readers, {left} left; {sent} mails of the newsletter in 7 languages"
    told.say("newsletter", line)
    return line
