"""One suite and one contest for all faults; the figures are printed at the end, each with its bar."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.event_readers import LogReader, figures, settle
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.machine import Duration, Machine
from tests.faults.kit.makers import Makers, makers
from tests.faults.kit.people import Someone
from tests.faults.kit.suite import TWO_OF_EACH, Suite
from tests.load.figures import Figure
from wsis_local import throwaway
from wsis_shared.plugin import discover
from wsis_testkit.sizes import NIGHTLY, size

# Only the nightly run has them: no vote, mail or event of these tests is theirs. By day no fault befalls them.
WITHOUT = ("partnerships", "stocktaking")
FIGURES = pytest.StashKey[list[Figure]]()
FAILED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--seed", type=int, default=2017, help="of the order of votes and faults")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES], config.stash[FAILED] = [], []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tally comes last, also with `--shuffle`: it closes the contest."""
    items.sort(key=lambda item: item.path.name == "test_tally.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        item.config.stash[FAILED].append(item.nodeid)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[FIGURES]:
        terminalreporter.section("faults")
    for figure in config.stash[FIGURES]:
        terminalreporter.write_line(str(figure))


@pytest.fixture(scope="session")
def long() -> bool:
    """200,000 votes over 20 kills, 50,000 casts 50 at a time, 10,000 lost answers, 200,000 mails over 10 kills."""
    return NIGHTLY


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--seed"))


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Iterator[Callable[..., None]]:
    """`report(Figure(...), ...)`: print them at the end, and fail where one is short of its bar. That of a `Duration`
    is judged by what the machine did meanwhile."""
    with Machine() as machine:

        def add(*figures: Figure) -> None:
            judged = [
                replace(figure, factor=machine.factor(figure)) if isinstance(figure, Duration) else figure
                for figure in figures
            ]
            pytestconfig.stash[FIGURES] += judged
            short = [str(figure) for figure in judged if not figure.reached]
            assert not short, "; ".join(short)

        yield add


@pytest.fixture(scope="session")
def suite() -> Iterator[Suite]:
    services = size([plugin.name for plugin in discover() if plugin.name not in WITHOUT], None)
    with throwaway.folder() as folder, Suite(Path(folder), services=services, members=3, **TWO_OF_EACH) as made:
        yield made


@pytest.fixture(scope="session")
def voters(suite: Suite) -> Callable[[int], list[Someone]]:
    """`voters(50)`: so many new ones. A process that registers some takes a second, so it registers many."""
    waiting: list[Someone] = []

    def take(count: int) -> list[Someone]:
        while len(waiting) < count:
            waiting.extend(suite.voters(size(600, 5000)))
        return [waiting.pop() for _ in range(count)]

    return take


@pytest.fixture(scope="session")
def crowds() -> list[tuple[str, Crowd]]:
    """All of the contest, each with its test: the tally at the end must hold what their ledgers hold together."""
    return []


@pytest.fixture
def failed(pytestconfig: pytest.Config) -> list[str]:
    """The tests that have failed: their crowds may have cast votes that are on no ledger."""
    return pytestconfig.stash[FAILED]


@pytest.fixture
def crowd(
    suite: Suite,
    voters: Callable[[int], list[Someone]],
    crowds: list[tuple[str, Crowd]],
    request: pytest.FixtureRequest,
) -> Callable[[int], Crowd]:
    """`crowd(50)`: so many new voters. The suite is whole again when a test begins, whatever became of the last one."""
    suite.mend()

    def gather(count: int) -> Crowd:
        some = suite.crowd_of(voters(count), Ledger(suite.folder / f"ledger-{len(crowds)}"))
        crowds.append((request.node.nodeid, some))
        return some

    return gather


@pytest.fixture
def settled(report: Callable[..., None]) -> Callable[..., None]:
    """`settled("D4", crowd, jobs)`: each acknowledged vote is on its ballot, and nobody saw a wrong answer."""

    def check(row: str, crowd: Crowd, jobs: list[tuple[int, str]]) -> None:
        lost = asyncio.run(crowd.missing(jobs))
        report(
            Figure(f"{row} acknowledged", len(crowd.ledger.entries()), "votes", at_least=len(jobs)),
            Figure(f"{row} recovered", len(jobs) - lost, "votes"),
            Figure(f"{row} lost", lost, "votes", at_most=0),
            Figure(
                f"{row} answers that no voter should see", sum(crowd.seen.unexpected.values()), "answers", at_most=0
            ),
        )

    return check


@pytest.fixture
def events(suite: Suite, report: Callable[..., None]) -> Iterator[Callable[[int], Makers]]:
    """`events(12)`: so many discussions, whose changes are events. When the test ends, the event log must hold them
    all, once, in the order of each discussion."""
    made: list[tuple[Makers, LogReader]] = []

    def make(discussions: int) -> Makers:
        log = LogReader(suite.contest.visitor)
        made.append((makers(suite.contest, suite.stack.ports["gateway"], discussions), log))
        return made[-1][0]

    yield make
    for work, log in made:
        settle(work.changes, [log])
        report(
            Figure("events acknowledged", work.done, "events", at_least=1),
            *figures("event log", work.changes, log),
            Figure("wrong answers to their makers", sum(work.unexpected.values()), "answers", at_most=0),
        )
