"""Use cases: load, decide, store, respond. Collaborators are injected once per process, by `compose`."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_partnerships.store import Store
from wsis_partnerships.use_cases.funds import FundCases
from wsis_partnerships.use_cases.pledges import PledgeCases


def compose(parts: Parts) -> tuple[FundCases, PledgeCases]:
    """The use cases with their collaborators; called once per process."""
    store = Store(parts.db)
    return FundCases(store), PledgeCases(store)
