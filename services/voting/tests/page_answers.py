"""Made-up answers for the pages of the desk: a voting that is open, with one cluster."""

from __future__ import annotations

from typing import Any

from wsis_voting.review.store import shown_key

LEAK = "Leaked project"  # what a service must not tell, and no page may show

TURNOUT: dict[str, Any] = {
    "edition": "2017",
    "votes": 5400,
    "started": 310,
    "complete": 290,
    "hours": [
        {"hour": "2017-04-29T21:00:00Z", "votes": 1800, "started": 110, "complete": 100},
        {"hour": "2017-04-30T18:00:00Z", "votes": 3600, "started": 200, "complete": 190},
    ],
    "countries": [
        {"country": "KE", "started": 200, "votes": 3600, "complete": 190},
        {"country": "ZZ", "started": 60, "votes": 900, "complete": 50},
        {"country": "other", "started": 50, "votes": 900, "complete": 50},
    ],
    "domains": [{"domain": "quick.test", "started": 120, "complete": 110}],
    "registrations": {
        "accounts": 400,
        "hours": [{"hour": "2017-04-30T17:00:00Z", "accounts": 40}],
        "domains": [{"domain": "quick.test", "accounts": 130}],
        "countries": [{"country": "KE", "accounts": 250}],
    },
    "unsettled": {"waiting": 12, "in_hand": 3, "oldest_seconds": 2.4},
    # The service sends none of this.
    "projects": [{"project": LEAK, "title": LEAK, "cast": 987654}],
}
VOTING: dict[str, Any] = {
    "edition": "2017",
    "state": "open",
    "opens_at": "2017-03-15T08:00:00Z",
    "closes_at": "2017-04-30T21:00:00Z",
    "categories": 18,
    "every_category": True,
    "changes_allowed": False,
    "live_totals": False,
    "disqualified": [],
    "totals": None,
    "excluded": None,
}
SUMMARY: dict[str, Any] = {
    "edition": "2017",
    "looked_at": "2017-04-30T19:55:00Z",
    "clusters": 3,
    "undecided": 2,
    "holding": 1,
    "deciding": False,
    "unaccounted": 0,
    "ballots_excluded": 40,
    "complete_excluded": 40,
    "votes_excluded": 720,
    "excluded": [{"reason": "aliases", "ballots": 40}],
}
CLUSTER: dict[str, Any] = {
    "cluster": "c1",
    "kind": "domain_burst",
    "key": shown_key("domain_burst", "quick.test|2017-04-30T18"),
    "score": 82,
    "parts": [
        {"sign": "throwaway_domain", "accounts": 120, "share": 1.0, "points": 50.0},
        {"sign": "burst", "accounts": 90, "share": 0.75, "points": 18.8},
        {"sign": "of_a_later_version", "accounts": 2, "share": 0.017, "points": 0.2},
    ],
    "size": 120,
    "complete": 110,
    "still_in": 118,
    "first_at": "2017-04-29T00:00:00Z",
    "last_at": "2017-04-30T00:00:00Z",
    "countries": [{"name": "KE", "ballots": 100}, {"name": "ZZ", "ballots": 20}],
    "domains": [{"name": "quick.test", "ballots": 120}],
    "networks": 4,
    "made_at": "2017-04-30T19:55:00Z",
    "members": "9f2c",
    "decision": None,
    "holds": True,
    "days": [{"day": "2017-04-29T00:00:00Z", "ballots": 20}, {"day": "2017-04-30T00:00:00Z", "ballots": 100}],
    "excluded": 2,
    "concentration": {"most": "over_90", "median": "75_to_90", "categories": [{"category": "K1", "band": "over_90"}]},
    # The service sends none of this.
    "project": LEAK,
    "accounts": [LEAK],
}
EXCLUDED = {
    "decision": "exclude",
    "ground": "burst",
    "reason": "One machine",
    "by": "a7",
    "at": "2017-04-30T20:00:00Z",
}
MEMBERS: list[dict[str, Any]] = [
    {
        "account": f"a{number}",
        "country": "KE",
        "domain": "quick.test",
        "throwaway": True,
        "registered_at": "2017-04-30T00:00:00Z",
        "confirmed_at": "2017-04-30T00:00:00Z",
        "seconds_to_fill": 2.5,
        "first_at": "2017-04-30T00:00:00Z",
        "acted_at": "2017-04-30T00:00:00Z",
        "excluded": ground,
        "projects": [LEAK],
    }
    for number, ground in ((1, ""), (2, "aliases"))
]


CERTIFICATION: dict[str, Any] = {
    "edition": "2017",
    "state": "open",
    "closes_at": "2017-04-30T21:00:00Z",
    "certified_at": None,
    "sealed": False,
    "waits_for": ["close"],
    "holding": 1,
    "dead_letters": 0,
    "requested": None,
    # The service sends none of this.
    "projects": [{"project": LEAK, "counted": 987654}],
}


def job(kind: str, state: str = "queued", **more: Any) -> dict[str, Any]:
    """A job as the service answers with it."""
    return {
        "id": f"voting.{kind}",
        "service": "voting",
        "kind": kind,
        "title": kind,
        "state": state,
        "progress": {"done": 0, "total": 0, "note": ""},
        "result": None,
        "error": None,
        "cancel_requested": False,
        "requested_by": "a7",
        "created_at": "2017-04-30T20:00:00Z",
        "started_at": None,
        "finished_at": None,
        "updated_at": "2017-04-30T20:00:00Z",
        "expires_at": None,
        **more,
    }


WAITING = {"items": [{"code": "clusters", "title": "Clusters", "count": 1, "oldest_at": "2017-04-30T20:00:00Z"}]}
ANSWERS: dict[str, Any] = {
    "prizes.list_editions": {"items": [{"edition": "2017", "title": "WSIS Prizes 2017"}], "next": None},
    "voting.list_waiting": {"items": [{**WAITING["items"][0], "page": None}]},
    "voting.read_voting": VOTING,
    "voting.read_turnout": TURNOUT,
    "voting.read_tally": {"edition": "2017", "certified": False, "ballots": {}, "projects": TURNOUT["projects"]},
    "voting.read_review": SUMMARY,
    "voting.list_clusters": {"items": [CLUSTER, {**CLUSTER, "cluster": "c2", "decision": EXCLUDED}], "next": "n"},
    "voting.read_cluster": CLUSTER,
    "voting.list_cluster_accounts": {"items": MEMBERS, "next": None},
    "voting.read_certification": CERTIFICATION,
    "voting.certify_tally": {"edition": "2017", "state": "closed"},
    "voting.recount_tally": job("recount"),
    "voting.look_for_clusters": job("scan_for_clusters"),
    "voting.decide_on_cluster": job("apply_decision"),
    "voting.decide_on_account": {"account": "a1", "excluded": "other", "spared": False},
}
