"""Signed documents of the log, as they are published (docs/verify-the-vote.md)."""

from __future__ import annotations

from typing import TypedDict

from wsis_voting.keys.rules import Signed


class LogSize(TypedDict):
    """A state of the log."""

    number: int
    size: int
    root: str


class Head(Signed):
    """head.json: the tree of the first `size` leaves has this `root`; `prev` is the hash of the former head."""

    v: int
    edition: str
    number: int
    size: int
    root: str
    time: str
    prev: str


class ResultRules(TypedDict):
    """By which rules it was counted."""

    every_category: bool
    finalists_per_category: int
    tie_rule: str


class ProjectResult(TypedDict):
    """The votes of a project that count."""

    project: str
    counted: int
    disqualified: bool


class CategoryResult(TypedDict):
    """Who is a finalist in a category, and whose tie is open."""

    category: str
    counted: int
    finalists: list[str]
    tied: list[str]
    projects: list[ProjectResult]


class BallotFigures(TypedDict):
    """Ballots with at least one vote, and complete ones."""

    started: int
    complete: int


class VoteFigures(TypedDict):
    """Votes cast, those that count, and for each reason those that do not."""

    cast: int
    counted: int
    void: dict[str, int]


class Result(Signed):
    """result.json; `files` are the digests of the openings, `head` is that of all votes and voids."""

    v: int
    edition: str
    number: int
    certified_at: str
    head: LogSize
    rules: ResultRules
    ballots: BallotFigures
    votes: VoteFigures
    categories: list[CategoryResult]
    files: dict[str, str]


class Certification(Signed):
    """certification.json: `result` is the hash of result.json."""

    v: int
    edition: str
    number: int
    certified_at: str
    head: LogSize
    result: str
