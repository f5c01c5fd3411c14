"""What pages make of candidates: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_consultation.facilitators.rules import calls

_SETS = {"regions": "regions", "constituencies": "stakeholder_types", "genders": ""}


def balance(values: Input, _locale: str) -> Input:
    """The balance by each property, with the set of its codes."""
    shown = values["balance"]
    return {"tables": [(name, titles, shown[name]) for name, titles in _SETS.items() if shown["total"]]}


def nominating(values: Input, _locale: str) -> Input:
    """The names of mechanisms, by id."""
    return {"mechanism_names": {row["id"]: row["name"] for row in values["mechanisms"]["items"]}}


def own_nominations(values: Input, _locale: str) -> Input:
    """The names of the mechanisms that the reader coordinates, by id."""
    return {"mechanism_names": {row["id"]: row["name"] for row in values["mechanisms"]["items"] if row["mine"]}}


def mechanism(values: Input, _locale: str) -> Input:
    """What a mechanism may speak for, and who may coordinate it, by id: those with the role, and those who do now."""
    known = values.get("known")  # none where it is made
    given = known or {"name": "", "constituencies": [], "coordinators": []}
    found = (values["accounts"] or {}).get("items", ())
    people = {row["account"]: f"{row.get('names') or row['account']} · {row['email']}" for row in found}
    return {
        "known": known,
        "given": given,
        "people": people,
        "others": [account for account in given["coordinators"] if account not in people],
        "codes": calls.constituencies(),
    }


def candidate(values: Input, _locale: str) -> Input:
    """Who may be the same person."""
    found = (values["duplicates"] or {}).get("items", ())
    pairs = [(each["score"], [each["one"], each["other"]]) for each in found]
    own = values["person"]["id"]
    return {
        "alike": [
            (score, other)
            for score, both in pairs
            if own in [one["id"] for one in both]
            for other in both
            if other["id"] != own
        ]
    }
