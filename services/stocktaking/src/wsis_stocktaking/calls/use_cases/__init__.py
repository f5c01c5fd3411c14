"""Calls for updates: officers who write and send them, owners who answer, reminders."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_stocktaking.calls.store import Calls
from wsis_stocktaking.calls.use_cases.answering import Answering
from wsis_stocktaking.calls.use_cases.calling import Calling
from wsis_stocktaking.entries.store.invitations import Invitations
from wsis_stocktaking.register.store.register import Register


def compose(parts: Parts) -> tuple[Calling, Answering]:
    """The use cases with their collaborators; called once per process."""
    calls, register = Calls(parts.db), Register(parts.db)
    return Calling(calls, register, Invitations(parts.db)), Answering(calls, register)
