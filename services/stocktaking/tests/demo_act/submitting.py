"""A member drafts an entry, an officer returns it, the member completes it, and the officer approves."""

from __future__ import annotations

from typing import Any

from wsis_demo.client import Person
from wsis_demo.play import Mismatch, Play

from . import state
from .state import Stocktaking

RETURNED = "Name the Sustainable Development Goals that the school serves"


def submit(play: Play) -> str:
    """The public reads an entry after the approval, not before."""
    told = state.of(play)
    entity, member = next(iter(play.submitters.items()))
    content = _content(told, entity.name, entity.kind, entity.country)
    gaps = member.post("/v1/entries", {"content": {**content, "kind": None}})
    if list(gaps["missing"]) != ["content.kind"]:
        told.differs(f"a draft without kind lacks {gaps['missing']}")
    entry = _submit(told, member, gaps, content)
    _decide(told, entry, "return", RETURNED)
    play.refused("stocktaking.entry_unknown", lambda: play.suite.visitor.get(f"/v1/entries/{entry}"))
    entry = _submit(told, member, member.get(f"/v1/me/entries/{entry}"), {**content, "sdgs": [4, 5]})
    _decide(told, entry, "approve", None)
    public = play.suite.visitor.get(f"/v1/entries/{entry}")
    play.count(
        mails={"stocktaking/entry_submitted": 2, "stocktaking/entry_returned": 1, "stocktaking/entry_approved": 1}
    )
    revisions = play.suite.visitor.get(f"/v1/entries/{entry}/revisions")["items"]
    if [row["source"] for row in revisions] != ["submission"]:
        told.differs(f"the entry of a member has the revisions {revisions}")
    if member.email in str(public):
        told.differs("a public entry names an address")
    return f"entry {entry} drafted, returned, completed and approved"


def _submit(told: Stocktaking, member: Person, own: dict[str, Any], content: dict[str, Any]) -> str:
    path = f"/v1/me/entries/{own['id']}"
    saved = member.put(path, {"version": own["version"], "content": content})
    if saved["missing"]:
        raise Mismatch(f"a complete draft lacks {saved['missing']}")
    known = told.play.suite.mailbox.last(member.email)
    member.post(f"{path}/submission", {"version": saved["version"]})
    # The receipt has a copy of the draft while it waits for review.
    told.play.suite.mailbox.wait(member.email, after=known)
    return str(own["id"])


def _decide(told: Stocktaking, entry: str, decision: str, reason: str | None) -> None:
    path = f"/v1/entry-reviews/{entry}"
    review = told.play.officer.get(path)
    told.play.officer.put(f"{path}/decision", {"version": review["version"], "decision": decision, "reason": reason})


def _content(told: Stocktaking, organization: str, kind: str, country: str) -> dict[str, Any]:
    title = {
        "en": f"Evening school of coding, {told.play.edition}",
        "fr": f"École du soir de programmation, {told.play.edition}",
    }
    text = {"en": "Adults learn to write programs in the evening.", "fr": "Des adultes apprennent à programmer."}
    return {
        "title": title,
        "description": text,
        "original_language": "en",
        "organization": {"name": organization, "type": kind, "country": country},
        "kind": "training_initiative",
        "coverage": "national",
        "countries": [country],
        "status": "ongoing",
        "action_lines": [{"line": "C4", "sub_themes": []}],
        "sdgs": [],
    }
