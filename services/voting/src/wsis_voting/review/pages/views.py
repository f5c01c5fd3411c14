"""What pages make of clusters: what their ballots have in common, and what may be decided; pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.translations import by_key

from wsis_voting.ballots.rules.counts import GROUNDS
from wsis_voting.contests.rules.contest import State
from wsis_voting.review.rules.clusters import KINDS
from wsis_voting.review.rules.exclusions import Decision

SCORES = (30, 50, 80)  # that one may ask for
_BY_DOMAIN = ("throwaway_domain", "domain_burst")


def clusters(values: Input, locale: str) -> JsonObject:
    """`rows` of (cluster, what its ballots have in common, where that has a name)."""
    found = values["clusters"]["items"]
    return {
        "rows": [(row, common(row)["name"]) for row in found],
        "grounds": grounds(locale),
        "kinds": tuple(KINDS),
        "scores": SCORES,
    }


def cluster(values: Input, locale: str) -> JsonObject:
    """What may be decided on it, and on one of its members: accounts alone are decided on before the first close."""
    shown, voting = values["shown"], values["voting"]
    before = shown["decision"]["decision"] if shown["decision"] else ""
    allowed = [each.value for each in Decision if each is not Decision.REINSTATE or before == Decision.EXCLUDE]
    asked = values["query"].get("account")
    member = next((row for row in values["accounts"]["items"] if row["account"] == asked), None)
    excluded = bool(member and member["excluded"])
    return {
        **common(shown),
        "allowed": allowed if voting["state"] != State.CERTIFIED else [],
        "member": member,
        "of_account": [each.value for each in Decision if each is not Decision.REINSTATE or excluded],
        "by_account": voting["state"] in (State.NOT_OPEN, State.OPEN),
        "grounds": grounds(locale),
    }


def common(cluster: Input) -> Mapping[str, str | None]:
    """What its ballots have in common: `name` is a mail domain, empty where it is a keyed hash; `day` is that of a
    burst."""
    key, _, day = cluster["key"].partition(" ")
    return {"name": key if cluster["kind"] in _BY_DOMAIN else "", "day": f"{day}T00:00:00Z" if day else None}


def grounds(locale: str) -> Mapping[str, str]:
    """Ground of an exclusion -> its words, as voters read them."""
    texts = by_key("wsis_voting", "ballot")
    return {ground: str(texts[f"ground_{ground}"][locale]) for ground in GROUNDS}
