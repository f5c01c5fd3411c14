"""Possible duplicates: found for an entry, as pairs with their verdicts, and by comparing the register."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import audit, clock, likeness
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import every, job, rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.duplicates.rules import pairs
from wsis_stocktaking.duplicates.rules.likeness import profile
from wsis_stocktaking.duplicates.rules.pairs import Pair
from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import PUBLIC, Register
from wsis_stocktaking.search import index
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


CANDIDATES = 100  # of the index, by words and website; at most so many are compared


class Finder:
    """Finds candidates in the index, and scores them."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def find(self, content: Input, without: Collection[str] = ()) -> list[tuple[int, Card]]:
        """(score, card) of public entries from POSSIBLE on, the most alike first. Raises Unavailable while the index is
        filled."""
        own = [link["url"] for link in content.get("links") or []]
        found = self._index.candidates(list(content["title"].values()), own[0] if own else None, CANDIDATES)
        cards = [card for card in found if card["entry"] not in without]
        sought, profiles = profile(content), [profile(card) for card in cards]
        weight = likeness.weights([sought, *profiles])
        scored = [(likeness.score(sought, each, weight), card) for each, card in zip(profiles, cards, strict=True)]
        return sorted(
            (pair for pair in scored if pair[0] >= pairs.POSSIBLE), key=lambda pair: (-pair[0], pair[1]["entry"])
        )


class FindingCases:
    """At entry, for members; at approval, for officers."""

    def __init__(self, finder: Finder, register: Register, duplicates: Duplicates) -> None:
        self._finder, self._register, self._duplicates = finder, register, duplicates

    @rpc(writes=True, store_response=False)
    def find_duplicates(self, body: Input) -> JsonObject:
        """Possible duplicates of what somebody is about to enter."""
        content = {
            "title": body["title"],
            "organization": {"name": body["organization"]},
            "countries": body["countries"],
            "links": [{"url": body["website"]}] if body["website"] else [],
        }
        return {"items": [_candidate(*pair) for pair in self._finder.find(content)]}

    @rpc
    def list_duplicates_of(self, entry: str) -> JsonObject:
        """Possible duplicates of an entry. Raises NotFound, Unavailable."""
        return {"items": self.list_of(self._register.find(entry))}

    @rpc
    def list_duplicates_of_own(self, ctx: Context, entry: str) -> JsonObject:
        """Possible duplicates of an own entry. Raises NotFound, Unavailable."""
        found = self._register.find(entry)
        if found["owner"] != ctx.actor.id:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return {"items": self.list_of(found)}

    def list_of(self, entry: Entry) -> list[JsonObject]:
        """Possible duplicates of an entry without those that have a verdict. Raises Unavailable while the index is
        filled."""
        content = entry["draft"]["content"] if entry["draft"] else entry["content"]
        if not content or not content["title"]:
            return []
        scored = self._finder.find(content, without={entry["_id"]})
        decided = self._duplicates.decided(entry["_id"], [card["entry"] for _, card in scored])
        return [_candidate(score, card) for score, card in scored if card["entry"] not in decided]


def _candidate(score: int, card: Card) -> JsonObject:
    return {
        "entry": card["entry"],
        "title": card["title"],
        "original_language": card["original_language"],
        "countries": card["countries"],
        "organization": card["organization"]["name"],
        "score": score,
        "likely": score >= pairs.LIKELY,
    }


class PairCases:
    """For officers."""

    def __init__(self, register: Register, duplicates: Duplicates) -> None:
        self._register, self._duplicates = register, duplicates

    @rpc
    def list_duplicates(
        self, state: str = "open", min_score: int = 0, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """Pairs, the most alike first."""
        page = self._duplicates.page(state, min_score, after, limit)
        entries = self._duplicates.entries(id for row in page.rows for id in row["entries"])
        return page.response(lambda row: _pair(row, entries))

    @rpc(writes=True)
    def decide_duplicate(self, ctx: Context, entry: str, other: str, body: Input) -> JsonObject:
        """Keep the verdict on two entries. Raises NotFound, Invalid, Conflict."""
        if entry == other:
            raise Conflict("stocktaking.same_entry")
        found = [self._register.find(id) for id in (entry, other)]
        pair = self._duplicates.find(entry, other) or self._new(found, ctx)
        decided: Pair = {
            **pair,
            "state": body["verdict"],
            "by": ctx.actor.id,
            "at": ctx.received_at,
            "reason": body["reason"],
        }
        entry_of_audit = audit.entry(
            "stocktaking.duplicate_decided",
            f"entry/{entry}/duplicate/{other}",
            {"verdict": pair["state"]} if pair["state"] != pairs.OPEN else None,
            {"verdict": body["verdict"]},
            body["reason"],
        )
        return _pair(self._duplicates.decide(decided, entry_of_audit), self._duplicates.entries([entry, other]))

    @staticmethod
    def _new(found: list[Entry], ctx: Context) -> Pair:
        """A pair that no comparison has found: of an entry that is not public yet, or with little in common."""
        contents = [row["content"] or (row["draft"]["content"] if row["draft"] else None) for row in found]
        ids = sorted(row["_id"] for row in found)
        one, other = (profile(content) if content and content["title"] else None for content in contents)
        score = likeness.score(one, other) if one and other else 0
        return {
            "_id": pairs.pair_id(*ids),
            "entries": ids,
            "score": score,
            "state": pairs.OPEN,
            "scan": None,
            "found_at": ctx.received_at,
        }


def _pair(pair: Pair, entries: Mapping[str, Entry]) -> JsonObject:
    one, other = (_side(id, entries.get(id)) for id in pair["entries"])
    return {
        "one": one,
        "other": other,
        "score": pair["score"],
        "likely": pair["score"] >= pairs.LIKELY,
        "state": pair["state"],
        "found_at": pair["found_at"],
        "decided_by": pair.get("by"),
        "decided_at": pair.get("at"),
        "reason": pair.get("reason"),
    }


def _side(id: str, entry: Entry | None) -> JsonObject:
    content = entry.get("content") if entry else None
    return {
        "entry": id,
        "title": content and content["title"].get(content["original_language"]),
        "organization": content and content["organization"]["name"],
        "public": entry is not None and entry["visibility"] == PUBLIC,
    }


BATCH = 20  # entries of one step


class Position(TypedDict):
    """How far a comparison is, behind a sequence, and what it has counted."""

    after: int
    until: int
    entries: int
    pairs: int


class ScanningCases:
    """Compares."""

    def __init__(self, finder: Finder, index: SearchIndex, duplicates: Duplicates) -> None:
        self._finder, self._index, self._duplicates = finder, index, duplicates

    @rpc(writes=True)
    def start_duplicate_scan(self, jobs: Jobs, body: Input) -> Job:
        """Start the job that compares all entries, or those that are new; while it runs, it is that one."""
        return _start(jobs, full=body["full"])

    @every(3600)
    def scan_new_duplicates(self, jobs: Jobs) -> None:
        """Compare new entries, if there are any. Raises Unavailable while the index is filled."""
        if self._index.position() > self._duplicates.scanned():
            _start(jobs, full=False)

    @job(duty_cycle=0.5)
    def scan_duplicates(self, run: Run) -> Next | Finish:
        """One batch. The end was set at the beginning: what becomes public meanwhile, the next job compares."""
        after = 0 if run.arguments["full"] else self._duplicates.scanned()
        start: Position = {"after": after, "until": self._index.position(), "entries": 0, "pairs": 0}
        at: Position = run.checkpoint or start
        cards = self._index.list_by_sequence(SearchQuery(), after=at["after"], until=at["until"], limit=BATCH)
        if not cards:
            return self._finish(run, at)
        scores: dict[tuple[str, str], int] = {}
        for card in cards:
            for score, other in self._finder.find(card, without={card["entry"]}):
                one, two = sorted((card["entry"], other["entry"]))
                scores[one, two] = max(score, scores.get((one, two), 0))
            time.sleep(0)  # other greenlets of this process serve requests
        self._duplicates.add(run.id, scores, clock.now())
        at = {
            **at,
            "after": cards[-1]["sequence"],
            "entries": at["entries"] + len(cards),
            "pairs": at["pairs"] + len(scores),
        }
        return run.next(at, done=at["after"], total=at["until"])

    def _finish(self, run: Run, at: Position) -> Finish:
        if run.arguments["full"]:
            self._duplicates.drop_stale(run.id)
        self._duplicates.set_scanned(at["until"])
        return run.finish({"entries": at["entries"], "pairs": at["pairs"]})


def _start(jobs: Jobs, *, full: bool) -> Job:
    return jobs.enqueue("scan_duplicates", {"full": full}, key=f"scan-{'full' if full else 'new'}")


def compose(parts: Parts) -> tuple[FindingCases, PairCases, ScanningCases]:
    """The use cases with their collaborators; called once per process."""
    register, duplicates = Register(parts.db), Duplicates(parts.db)
    searched = index.of_process(register)
    finder = Finder(searched)
    return (
        FindingCases(finder, register, duplicates),
        PairCases(register, duplicates),
        ScanningCases(finder, searched, duplicates),
    )
