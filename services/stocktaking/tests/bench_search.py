"""Search of 20,000 entries with five facets: through the gateway, in the service, and as an aggregation of the store.

Distinct URLs reach the index each time; repeated ones come from the gateway's memory but for the first of each.
"""

from __future__ import annotations

import json
import random
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil
from tests.load import wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from tests.load.wrk import Target
from wsis_shared import clock
from wsis_shared.mongo_connection import connect
from wsis_testkit import wait_for

from wsis_stocktaking.register.rules import cards
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import NEWEST, RELEVANCE, SearchQuery

from . import generated

SIZE, LARGE = 20_000, 200_000
CONNECTIONS, SECONDS, ROUNDS = 16, 6, 3
MOST_MS, MOST_LARGE_MS, LEAST_RATIO, MOST_REBUILD_SECONDS = 30, 100, 100, 20
MOST_EXPORT_SECONDS, MOST_WORKBOOK_SECONDS, MOST_MB = 5, 15, 250
SNAPSHOTS = "/v1/entry-snapshots"
FACETS = ("sdg", "region", "stakeholder_type", "kind", "country")
DISTINCT, REPEATED, COMPARED, AGGREGATED = 20_000, 40, 60, 12
AT = datetime(2016, 7, 1, tzinfo=UTC)

Card = cards.Card


def run(folder: Path) -> Iterator[Figure]:
    """The same cards in the store and, for what is measured inside, in an index of this process."""
    made = _cards(SIZE)
    searches = Searches(made)
    with Ground(folder, "stocktaking") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            db = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}stocktaking"]
            began = time.monotonic()
            _store(db, made)
            stored = time.monotonic()
            uri = ground.stack.gateway_uri
            wait_for(lambda: _ready(uri), 240, "the index")
            yield Figure(f"the index has {SIZE:,} entries after the store", time.monotonic() - stored, "s")
            yield Figure("entries stored", SIZE / (stored - began), "entries/s")
            service = ground.stack.pids()["stocktaking"]
            yield Figure("memory of the service", psutil.Process(service).memory_info().rss / 2**20, "MB")
            yield from _through_the_gateway(ground, searches)
            yield from _differences(uri, made, searches)
            yield from _exports(ground, service)
            yield from _inside(db, made, searches)
    yield from _large()


class Searches:
    """Searches of people: none to two words, none to two filters, drawn from what the cards have."""

    def __init__(self, made: Sequence[Card]) -> None:
        chance = random.Random(2016)
        some = chance.sample(made, min(2000, len(made)))
        self._words = sorted(
            {
                word
                for card in some
                for text in card["title"].values()
                for word in text.split()
                if len(word) > 3 and word.isalpha()
            }
        )
        self._values = [cards.facet_values(card, clock.now().year) for card in some]

    def make(self, number: int) -> SearchQuery:
        """The search with this number."""
        chance = random.Random(number)
        filters = {}
        for facet in chance.sample(cards.FACETS, chance.choice((0, 1, 1, 2))):
            if codes := chance.choice(self._values)[facet]:
                filters[facet] = (chance.choice(codes),)
        text = " ".join(chance.sample(self._words, chance.choice((0, 1, 1, 2))))
        return SearchQuery(text, filters, RELEVANCE if text else NEWEST)

    def path(self, number: int) -> str:
        """Its URL. The limit alone makes it another than that of a search with the same words."""
        query = self.make(number)
        asked = {"q": query.text} if query.text else {}
        return "/v1/entries?" + urlencode(
            {
                **asked,
                **{facet: ",".join(codes) for facet, codes in query.filters.items()},
                "facets": ",".join(FACETS),
                "min_sequence": number % SIZE,
            }
        )


def _through_the_gateway(ground: Ground, searches: Searches) -> Iterator[Figure]:
    pids = {name: pid for name, pid in ground.stack.pids().items() if name in ("gateway", "stocktaking", "broker")}
    for label, count in (("distinct", DISTINCT), ("repeated", REPEATED)):
        file = ground.folder / f"{label}.txt"
        file.write_text("\n".join(searches.path(number) for number in range(count)))
        target = Target(ground.stack.gateway_uri, script=Path(__file__).with_name("search.lua"), processes=pids)
        wrk.load(target, connections=CONNECTIONS, seconds=2, arguments=[str(file)])
        rounds = [
            wrk.load(target, connections=CONNECTIONS, seconds=SECONDS, arguments=[str(file)]) for _ in range(ROUNDS)
        ]
        best = min(rounds, key=lambda each: each.p95)
        name = f"search with five facets, {label} URLs, {CONNECTIONS} connections"
        yield Figure(f"{name}, requests", best.rate, "requests/s")
        yield Figure(f"{name}, p50", best.p50, "ms")
        yield Figure(f"{name}, p95", statistics.median(each.p95 for each in rounds), "ms", at_most=MOST_MS)
        for part, spent in best.spent.items():
            yield Figure(f"{name}, CPU of {part}", spent, "ms")


def _differences(uri: str, made: Sequence[Card], searches: Searches) -> Iterator[Figure]:
    """Totals and counts of answers beside a count by hand over the cards that the text finds."""
    values = {card["entry"]: cards.facet_values(card, clock.now().year) for card in made}
    wrong = 0
    for number in range(COMPARED):
        query = searches.make(number)
        answer = _get(uri + searches.path(number))
        asked = urlencode({"q": query.text, "fields": "entry", "format": "jsonl"})
        found = (
            values
            if not query.text
            else {json.loads(line)["entry"]: None for line in _read(f"{uri}/v1/entries?{asked}").splitlines()}
        )
        fitting = [values[entry] for entry in found]

        def fits(each: dict[str, list[str]], skipped: str = "", query: SearchQuery = query) -> bool:
            return all(set(codes) & set(each[facet]) for facet, codes in query.filters.items() if facet != skipped)

        wrong += answer["total"] != sum(map(fits, fitting))
        for facet in FACETS:
            counted = Counter(code for each in fitting if fits(each, facet) for code in each[facet])
            wrong += {row["code"]: row["count"] for row in answer["facets"][facet]} != counted
    yield Figure(f"counts of {COMPARED} searches that differ from those by hand", wrong, "", at_most=0)


def _exports(ground: Ground, service: int) -> Iterator[Figure]:
    """All entries as files, those of a snapshot too, and the most memory that the service ever had. A workbook of all
    comes from the snapshot: made anew, it takes as long as its library needs."""
    bars = {"csv": MOST_EXPORT_SECONDS, "xlsx": MOST_WORKBOOK_SECONDS}
    for name, most in bars.items():
        size, seconds = _download(ground, f"/v1/entries?format={name}")
        yield Figure(f"all {SIZE:,} entries as {name}, {size >> 20} MB", seconds, "s", at_most=most)
    officer, uri = {"Authorization": f"Bearer {ground.token(role='officer')}"}, f"{ground.stack.gateway_uri}{SNAPSHOTS}"
    began = time.monotonic()
    httpx.post(uri, headers=officer, timeout=60).raise_for_status()
    while not _get(uri)["items"]:
        time.sleep(1)
    yield Figure(f"a snapshot of {SIZE:,} entries taken", time.monotonic() - began, "s")
    size, seconds = _download(ground, f"{SNAPSHOTS}/{SIZE}/file?format=xlsx")
    name = f"all {SIZE:,} entries as xlsx from the snapshot, {size >> 20} MB"
    yield Figure(name, seconds, "s", at_most=MOST_EXPORT_SECONDS)
    status = Path(f"/proc/{service}/status").read_text()
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    yield Figure("peak memory of the service", peak, "MB", at_most=MOST_MB)


def _download(ground: Ground, path: str) -> tuple[int, float]:
    """Bytes and seconds."""
    began, size = time.monotonic(), 0
    with urllib.request.urlopen(f"{ground.stack.gateway_uri}{path}", timeout=120) as answer:  # our own address
        while chunk := answer.read(1 << 20):
            size += len(chunk)
    return size, time.monotonic() - began


def _inside(db: Any, made: Sequence[Card], searches: Searches) -> Iterator[Figure]:
    began = time.monotonic()
    index = _index(made)
    yield Figure(f"rebuild of {SIZE:,} entries from cards", time.monotonic() - began, "s", at_most=MOST_REBUILD_SECONDS)
    some = [number for number in range(400) if searches.make(number).text and searches.make(number).filters]
    ours, store = [], []
    for number in some[:AGGREGATED]:
        query = searches.make(number)
        store.append(_timed(lambda query=query: list(db["entries"].aggregate(_pipeline(query)))))
        ours.append(_timed(lambda query=query: index.search(query, limit=20, facets=FACETS)))
    yield Figure("a search with five facets as an aggregation of the store, p50", statistics.median(store), "ms")
    yield Figure("the same search of the index, p50", statistics.median(ours), "ms")
    ratio = statistics.median(slow / fast for slow, fast in zip(store, ours, strict=True))
    yield Figure("aggregation to index, median of the ratios", ratio, "times", at_least=LEAST_RATIO)


def _large() -> Iterator[Figure]:
    """In this process alone: loading so many into the store takes minutes."""
    made = _cards(LARGE)
    searches = Searches(made)
    began = time.monotonic()
    index = _index(made)
    yield Figure(f"rebuild of {LARGE:,} entries from cards", time.monotonic() - began, "s")
    del made
    seconds = sorted(
        _timed(lambda number=number: index.search(searches.make(number), limit=20, facets=FACETS))
        for number in range(600)
    )
    yield Figure(f"search of {LARGE:,} entries inside a process, p50", seconds[300], "ms")
    yield Figure(f"search of {LARGE:,} entries inside a process, p95", seconds[570], "ms", at_most=MOST_LARGE_MS)


def _pipeline(query: SearchQuery) -> list[dict[str, Any]]:
    """Words anywhere in title or description, filters on the facets as they are stored, five facets."""
    words = [
        {"$or": [{field: {"$regex": word, "$options": "i"}} for field in ("titles", "texts")]}
        for word in query.text.split()
    ]
    filters = [{f"facets.{facet}": {"$in": list(codes)}} for facet, codes in query.filters.items()]
    counted = {
        facet: [{"$unwind": f"$facets.{facet}"}, {"$group": {"_id": f"$facets.{facet}", "count": {"$sum": 1}}}]
        for facet in FACETS
    }
    page = [{"$sort": {"sequence": -1}}, {"$limit": 20}]
    return [{"$match": {"$and": [*words, *filters]}}, {"$facet": {"page": page, **counted}}]


def _cards(count: int) -> list[Card]:
    return [
        cards.card(
            {
                "_id": f"e{number}",
                "revision": 1,
                "sequence": number,
                "content": content,
                "prize": None,
                "published_at": AT,
                "revised_at": AT,
            }
        )
        for number, content in enumerate(generated.contents(count), 1)
    ]


def _store(db: Any, made: Sequence[Card]) -> None:
    """Public entries, with flat texts and facets beside them so that the store can search too; the sequence last."""
    names = {"entry", "revision", "sequence", "prize", "published_at", "revised_at", "last_updated_at", "translated_by"}
    for first in range(0, len(made), 500):
        entries, revisions = [], []
        for card in made[first : first + 500]:
            content = {name: value for name, value in card.items() if name not in names}
            entries.append(
                {
                    "_id": card["entry"],
                    "visibility": "public",
                    "content": content,
                    **{name: card[name] for name in names - {"entry"}},
                    "titles": list(card["title"].values()),
                    "texts": list(card["description"].values()),
                    "facets": cards.facet_values(card, clock.now().year),
                    "version": 1,
                }
            )
            revisions.append(
                {
                    "_id": f"{card['entry']}/1",
                    "entry": card["entry"],
                    "number": 1,
                    "content": content,
                    "prize": None,
                    "source": "import",
                    "published_from": AT,
                    "sequence": card["sequence"],
                }
            )
        db["entries"].insert_many(entries)
        db["revisions"].insert_many(revisions)
    db["counters"].update_one({"_id": "sequence"}, {"$set": {"value": len(made)}}, upsert=True)


def _index(made: Sequence[Card]) -> TantivyIndex:
    index = TantivyIndex()
    index.apply(made, [], len(made))
    return index


def _ready(uri: str) -> bool:
    """Has the index all? It answers 503 after two seconds otherwise."""
    try:
        return bool(_get(f"{uri}/v1/entries?limit=1&min_sequence={SIZE}")["total"] == SIZE)
    except NotMeasured:
        return False


def _get(uri: str) -> Any:
    return json.loads(_read(uri))


def _read(uri: str) -> str:
    try:
        with urllib.request.urlopen(uri, timeout=60) as answer:  # our own address
            text: str = answer.read().decode()
            return text
    except OSError as error:
        raise NotMeasured(f"{uri}: {error}") from error


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
