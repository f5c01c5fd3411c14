"""Events of the WSIS Prizes: each nominated project becomes an entry, and its mark follows what is announced."""

from __future__ import annotations

from wsis_shared.events import EventDependency

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("prizes", "project_nominated", reads=("edition", "project", "account")),
    EventDependency("prizes", "nominees_published", reads=("edition", "nominees")),
    EventDependency("prizes", "champions_announced", reads=("edition", "champions")),
    EventDependency("prizes", "winners_announced", reads=("edition", "winners", "champions")),
    EventDependency("prizes", "project_withdrawn", reads=("edition", "project", "category", "nominated")),
    EventDependency("prizes", "project_disqualified", reads=("edition", "project", "category")),
    EventDependency("stocktaking", "entry_withdrawn", reads=("entry", "merged_into"), handler="follow_merged_entry"),
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_submitter"),
)
