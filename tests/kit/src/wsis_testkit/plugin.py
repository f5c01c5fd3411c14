"""Fixtures, registered with pytest by entry point, so that every service's tests have them."""

from __future__ import annotations

import gc
import os
import random
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import wsis_testkit
from wsis_shared import gc_tuning
from wsis_testkit import programs, sizes, wait_for

LOG_LINES, LOG_WIDTH = 30, 400  # of each process, for a test that failed
TICK = 0.02  # seconds: the clock of files goes by steps, and may be so far behind
TEST_SECRET = "a secret of the tests, long enough to be one"

sizes.load_profile()  # before a test module is imported
gc_tuning.pause()  # while libraries and test modules are imported, which stay until the end


def pytest_collection_finish() -> None:
    """From here on garbage is looked for, among what tests make alone, and as seldom as in a service."""
    gc.freeze()
    gc_tuning.resume()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many programs were started: each costs more than most tests."""
    if programs.STARTS:
        counts = ", ".join(f"{count} {what}" for what, count in sorted(programs.STARTS.items()))
        terminalreporter.write_line(f"started: {counts}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A failed test shows the last lines of each log that has grown meanwhile."""
    report = yield
    if report.failed:
        from wsis_local import supervise  # whose libraries no passed test needs

        folders = [path for folder in supervise.LOGS for path in folder.glob("*.log")]
        for log in sorted(path for path in (*folders, *programs.LOGS) if path.is_file()):
            if log.stat().st_mtime >= call.start - TICK:
                lines = log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]
                report.sections.append((f"Log {log}", "\n".join(line[:LOG_WIDTH] for line in lines)))
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="only tests that need neither broker nor store")
    parser.addoption("--shuffle", type=int, metavar="SEED", help="modules in another order, and tests in each of them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--shuffle` in another order; with `--pure` without those that lead to `infrastructure` by any fixture."""
    if (seed := config.getoption("--shuffle")) is not None:
        dice = random.Random(seed)
        dice.shuffle(items)
        modules = list(dict.fromkeys(item.path for item in items))
        items.sort(key=lambda item: modules.index(item.path))
    if config.getoption("--pure"):
        needing = {item for item in items if "infrastructure" in getattr(item, "fixturenames", ())}
        config.hook.pytest_deselected(items=list(needing))
        items[:] = [item for item in items if item not in needing]


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[dict[str, str]]:
    """Broker, store and mail catcher: those that the environment names, or that `make infrastructure` keeps, else new
    ones for this session."""
    from wsis_local import broker, running, stack, throwaway

    if os.environ.get("WSIS_AMQP_MANAGEMENT_URI") and os.environ.get("WSIS_MONGO_URI"):
        assert broker.find(os.environ) is not None
        yield dict(os.environ)
        return
    if kept := running.infrastructure():
        yield {**os.environ, **kept}
        return
    with (
        throwaway.folder() as folder,
        stack.Stack(Path(folder), parts=stack.INFRASTRUCTURE, expiry=False) as made,
    ):
        yield made.environment()


@pytest.fixture
def set_setting() -> Iterator[Callable[[str, object], None]]:
    """`set_setting("log_dir", tmp_path)`: the environment of this process until the test ends; `current()` follows."""
    from wsis_shared.settings import PREFIX, Settings

    with pytest.MonkeyPatch.context() as patch:

        def set_one(name: str, value: object) -> None:
            patch.setenv(PREFIX + name.upper(), str(value))
            Settings.forget_current()

        yield set_one
    Settings.forget_current()


@pytest.fixture
def count_commands(environment: dict[str, str]) -> Callable[[Callable[[], Any]], list[str]]:
    """`count_commands(lambda: store.page("2017"))`: the store commands that the work sends from this process, by name.

    Lists and checks must need as many for 1 row as for 100: compare `len(...)`.
    """
    from wsis_testkit.store_commands import STORE_COMMANDS

    return STORE_COMMANDS.during


@pytest.fixture(scope="module")
def environment(infrastructure: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A virtual host, databases and a folder of public logs of this module's own; also set in this process."""
    from wsis_local.broker import Broker
    from wsis_shared import mongo
    from wsis_shared.mongo_connection import connect
    from wsis_shared.process_registry import ProcessRegistry
    from wsis_shared.settings import Settings
    from wsis_testkit import store_commands  # noqa: F401 -- registers its listener before a client is made

    node = Broker(infrastructure["WSIS_AMQP_URI"], infrastructure["WSIS_AMQP_MANAGEMENT_URI"])
    name = f"test-{uuid.uuid4().hex[:10]}"
    env = {
        **{key: value for key, value in infrastructure.items() if key.startswith("WSIS_")},
        "WSIS_AMQP_URI": node.make_vhost(name),
        "WSIS_MONGO_PREFIX": f"{name.replace('-', '_')}_",
        "WSIS_SECRET": TEST_SECRET,
        "WSIS_LOG_DIR": str(tmp_path_factory.mktemp("public-log")),
        "WSIS_NICE": "0",  # where tests keep the processors busy, a process of low priority would not be done in time
    }
    before = {key: os.environ.get(key) for key in env}
    os.environ.update(env)
    Settings.forget_current()
    mongo._client = None  # the next user makes one for this module's address
    try:
        yield env
    finally:
        mongo.client().close()
        with connect(env["WSIS_MONGO_URI"]) as client:
            for database in client.list_database_names():
                if database.startswith(env["WSIS_MONGO_PREFIX"]):
                    # Who was killed amid a transaction holds its locks: the store would wait a minute for them.
                    ProcessRegistry(client[database]).reap()
                    client.drop_database(database)
        mongo._client = None
        for key, value in before.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})
        Settings.forget_current()
        node.drop_vhost(name)


@pytest.fixture(scope="session")
def s3_uri() -> Iterator[str]:
    """WSIS_BLOBS_URI of an empty bucket in a store that speaks S3."""
    from wsis_testkit import s3

    with s3.run() as uri:
        yield uri


@pytest.fixture(scope="module")
def amqp_client(environment: dict[str, str]) -> Iterator[Any]:
    """A connection to the module's virtual host."""
    from wsis_local.patience import factor
    from wsis_shared.amqp.client import AmqpClient

    made = AmqpClient(environment["WSIS_AMQP_URI"], "test").start()
    assert made.wait_connected(10 * factor())
    yield made
    made.stop()


@pytest.fixture(scope="module")
def serve(
    environment: dict[str, str],
    amqp_client: Any,
    database: Callable[[str], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Any]]:
    """`serve("voting", WSIS_SETTING="...")`: the installed service, with its indexes made, in a process of its own.
    `seed=True` and `real=True` (`programs.start`) as needed; what still runs at the end of the module is killed."""
    from wsis_shared.blobs import store
    from wsis_shared.plugin import discover

    running = []

    def start(name: str, *, wait: bool = True, seed: bool = False, real: bool = False, **settings: str) -> Any:
        plugin = discover(only=(name,)).get(name)
        assert plugin is not None, f"{name} is not installed"
        db = database(name)
        store.ensure_indexes(name)
        if seed and plugin.seed:
            plugin.load("seed")(db)
        folder = tmp_path_factory.mktemp(name)
        served = wsis_testkit.serve(name, {**environment, **settings}, amqp_client, folder, wait=False, real=real)
        running.append(served)
        return served.wait_healthy() if wait else served

    yield start
    for served in running:  # those that the others may wait for are gone, so nobody is given time to finish
        programs.kill(served.process)


@pytest.fixture(scope="module")
def open_gateway(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """`open_gateway("voting", WSIS_SETTING="...")`: a client of the real gateway with the routes of one service, which
    it waits for. `serve("voting", wait=False)` before it: both then start side by side."""
    from wsis_testkit.gateway import running_gateway

    def start(service: str, headers: Mapping[str, str] | None = None, **settings: str) -> Any:
        own = {**environment, "WSIS_GATEWAY_PLUGINS": service, "WSIS_KEYS_FROM": "accounts.jwks", **settings}
        client = opened.enter_context(running_gateway(own, tmp_path_factory.mktemp("gateway") / "log", headers))

        def ready() -> bool:
            services = client.get("/readyz").json()["services"]
            return bool(services.get(service, {}).get("ready"))

        wait_for(ready, 90, f"{service} behind the gateway")
        return client

    with ExitStack() as opened:
        yield start


@pytest.fixture(scope="module")
def start_process(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """`start_process("sample", "webhooks", WSIS_SETTING="...")`: a further process of an installed service; what still
    runs at the end of the module is killed."""
    from wsis_testkit import process

    running = []

    def start(service: str, name: str, *, real: bool = False, **settings: str) -> Any:
        log = tmp_path_factory.mktemp(name) / "log"
        running.append(process.start_process(service, name, {**environment, **settings}, log, real=real))
        return running[-1]

    yield start
    for started in running:
        programs.kill(started.process)


@pytest.fixture(scope="module")
def database(environment: dict[str, str]) -> Callable[[str], Any]:
    """`database("voting")`: the database of a service, with its indexes."""
    from wsis_shared import mongo
    from wsis_shared.collection_specs import ensure_indexes
    from wsis_shared.plugin import discover

    indexed = set()  # tests ask while they wait, and the indexes of a service are some 200 commands

    def of(name: str) -> Any:
        db = mongo.database(name)
        if db.name not in indexed:
            plugin = discover(only=(name,)).get(name)
            ensure_indexes(db, (plugin.load("collections") if plugin else None) or ())
            indexed.add(db.name)
        return db

    return of


@pytest.fixture(scope="module")
def published(environment: dict[str, str]) -> Iterator[Callable[[str], Any]]:
    """`published("voting").wait("voting_closed")`: what a subscriber sees from the call of `published` on."""
    made: dict[str, Any] = {}
    threads = []

    def of(source: str) -> Any:
        if source not in made:
            made[source], thread = wsis_testkit.collect(environment["WSIS_AMQP_URI"], source)
            threads.append(thread)
        return made[source]

    yield of
    for thread in threads:
        thread.stop()


@pytest.fixture(scope="module")
def fake_service(environment: dict[str, str]) -> Iterator[Callable[..., None]]:
    """`fake_service("accounts", contacts=lambda ids: {...})`: a service whose methods are the given functions."""
    threads = []

    def of(service: str, **methods: Callable[..., Any]) -> None:
        threads.append(wsis_testkit.fake_service(environment["WSIS_AMQP_URI"], service, methods))

    yield of
    for thread in threads:
        thread.stop()
