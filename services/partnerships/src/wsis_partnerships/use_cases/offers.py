"""What a change of places and a sponsor that leaves have in common: the next in line is offered a place."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.events import new_event

from wsis_partnerships import events
from wsis_partnerships.rules import pledges
from wsis_partnerships.rules.funds import Package, has_place
from wsis_partnerships.store import Store


def offer_place(store: Store, ctx: Context, edition: str, package: Package) -> None:
    """Offer a place of a package to the pledge that has waited longest, if there is a place and one waits."""
    waiting = store.next_in_line(edition, package["code"])
    if waiting is not None and has_place(package, len(store.taken_slots(edition, package["code"]))):
        told = new_event(events.PLACE_OFFERED, subject=waiting["_id"], **{**step(waiting), "state": "offered"})
        store.save("pledges", pledges.offered(waiting, ctx.received_at), told)


def step(pledge: pledges.Pledge) -> dict[str, object]:
    """What events say of a pledge."""
    accounts = [pledge["account"]] if pledge["account"] else []
    return {"edition": pledge["edition"], "pledge": pledge["_id"], "state": pledge["state"], "accounts": accounts}
