"""Counts of rows by state, reason, language and domain, kept with each batch: a pure function of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wsis_shared.json_types import JsonObject

from wsis_notifications.campaigns.rules.states import BatchOfRows, Counted, RowOfReader, Totals

Key = tuple[str, str, str, str]  # state, reason, language, domain
DOMAIN_READERS = 10  # a domain with fewer readers may be a person's
DOMAINS = 50
HARD = ("hard", "rcpt")  # how the reasons of such bounces begin: in a report, or at the relay


def count(rows: Iterable[RowOfReader]) -> list[Counted]:
    """[[state, reason, language, domain, number], ...] of rows, as a batch keeps it."""
    counted = Counter((row["state"], row["reason"] or "", row["language"], row["domain"]) for row in rows)
    return [(*key, number) for key, number in sorted(counted.items())]


def moved(figures: Iterable[Counted], before: RowOfReader, after: RowOfReader) -> list[Counted]:
    """The figures of a batch when one of its rows has changed."""
    counted: Counter[Key] = Counter({(item[0], item[1], item[2], item[3]): item[4] for item in figures})
    for row, step in ((before, -1), (after, 1)):
        counted[row["state"], row["reason"] or "", row["language"], row["domain"]] += step
    return [(*key, number) for key, number in sorted(counted.items()) if number > 0]


def may_have(batch: BatchOfRows, state: str) -> bool:
    """May one of its rows be in this state? The rows of a batch that is not done change before its figures do."""
    return batch["state"] != "done" or any(item[0] == state for item in batch["figures"])


def tally(figures: Iterable[Counted]) -> Totals:
    """Of a batch: mails that were handed over, hard bounces, complaints."""
    counts: Totals = {"sent": 0, "hard": 0, "complaints": 0}
    for state, reason, _, _, number in figures:
        counts["sent"] += number if state in ("sent", "bounced", "unknown") else 0
        counts["hard"] += number if state == "bounced" and reason.startswith(HARD) else 0
        counts["complaints"] += number if reason == "complaint" else 0
    return counts


def total(batches: Iterable[Iterable[Counted]]) -> dict[str, list[JsonObject]]:
    """Counts of a campaign: by state, by reason, by language and by domain, the largest first."""
    by: dict[str, Counter[tuple[str, str]]] = {
        "states": Counter(),
        "reasons": Counter(),
        "languages": Counter(),
        "domains": Counter(),
    }
    for figures in batches:
        for state, reason, language, domain, number in figures:
            by["states"][state, state] += number
            if reason:
                by["reasons"][reason, state] += number
            by["languages"][language, state] += number
            by["domains"][domain, state] += number
    readers: Counter[str] = Counter()
    for (domain, _), number in by["domains"].items():
        readers[domain] += number
    largest = {domain for domain, number in readers.most_common(DOMAINS) if number >= DOMAIN_READERS}
    merged: Counter[tuple[str, str]] = Counter()
    for (domain, state), number in by["domains"].items():
        merged[domain if domain in largest else "other", state] += number
    by["domains"] = merged
    return {
        name: [{"name": key, "state": state, "count": number} for (key, state), number in counter.most_common()]
        for name, counter in by.items()
    }
