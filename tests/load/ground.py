"""The ground that the benchmarks stand on: a broker, a store, a made-up service, the real gateway, signed tokens."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from tests.load.figures import NotMeasured
from tests.load.wrk import Target
from wsis_local.ports import LOOPBACK, free_ports
from wsis_local.stack import Stack
from wsis_shared import rates
from wsis_shared.plugin import discover
from wsis_testkit import fake_service
from wsis_testkit.tokens import TokenSigner

PLUGINS = Path(__file__).with_name("plugins")
ROOT = Path(__file__).parents[2]
# Nobody is refused for asking too often, nor reads for being many: that is not what is measured.
WITHOUT_LIMITS = rates.same_for_all(discover(), "1000000000/minute")


class Ground:
    """Everything that a row needs; what it starts ends with it."""

    def __init__(self, folder: Path, *services: str, **settings: str) -> None:
        """With the service `bench` alone, unless others are named."""
        services = services or ("bench",)
        self.folder = folder
        path = os.pathsep.join(filter(None, [str(PLUGINS), str(ROOT), os.environ.get("PYTHONPATH", "")]))
        environ = {
            **os.environ,
            **WITHOUT_LIMITS,
            "PYTHONPATH": path,
            "WSIS_GATEWAY_PLUGINS": ",".join(services),
            "WSIS_KEYS_FROM": "accounts.jwks",
            "WSIS_GATEWAY_READS": "1000",
            **settings,
        }
        self.stack = Stack(folder, parts=("broker", "store", "services", "gateway"), services=services, environ=environ)
        self._signer = TokenSigner("bench")
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with self._ends as ends:
            ends.enter_context(self.stack)
            # The gateway asks accounts for the keys of tokens.
            accounts = fake_service(self.stack.broker.amqp_uri, "accounts", {"jwks": self._signer.jwks})
            ends.callback(accounts.stop)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def token(self, subject: str = "", role: str = "member") -> str:
        """An access token of an account with this role."""
        roles = list(dict.fromkeys(("member", role)))  # as accounts issues them
        return self._signer.token(sub=subject or uuid.uuid4().hex, seconds=900, roles=roles, sid=uuid.uuid4().hex)

    def target(self, path: str, **more: Any) -> Target:
        """The gateway, with the made-up service behind it."""
        pids = self.stack.pids()
        return self.other(self.stack.gateway_uri + path, pids["gateway"], pids["bench"], **more)

    def other(self, uri: str, web: int, service: int, **more: Any) -> Target:
        """Another web server and its service on the same broker."""
        return Target(uri, processes={"web": web, "service": service, "broker": self.stack.pids()["broker"]}, **more)

    @contextmanager
    def server(self, name: str, arguments: Sequence[str], **environ: str) -> Iterator[int]:
        """Run `python -m ...` with the addresses of broker and store; yields its process id."""
        env = {**self.stack.environment(), **environ}
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen([sys.executable, "-m", *arguments], env=env, stdout=out, stderr=out, cwd=ROOT)
        try:
            yield process.pid
        except NotMeasured as error:
            raise NotMeasured(f"{error}; the end of {name}'s log:\n{log.read_text()[-500:]}") from error
        finally:
            process.terminate()
            process.wait(30)

    @contextmanager
    def web(self, name: str, arguments: Sequence[str], probe: str, **environ: str) -> Iterator[tuple[str, int]]:
        """The same for a web server: `{port}` in its arguments is a free one. Yields its address, once `probe`, a
        path below it, answers, and its process id."""
        port = str(next(free_ports()))
        uri = f"http://{LOOPBACK}:{port}"
        with self.server(name, [part.replace("{port}", port) for part in arguments], **environ) as pid:
            wait_for_answer(uri + probe)
            yield uri, pid


def gunicorn(app: str, *options: str) -> list[str]:
    """A worker that keeps connections open as long as the gateway's does."""
    return ["gunicorn", "--bind", f"{LOOPBACK}:{{port}}", "--workers", "1", "--keep-alive", "20", *options, app]


def gunicorn_as_gateway(app: str) -> list[str]:
    """A worker with the gateway's own configuration."""
    configuration = files("wsis_gateway").joinpath("gunicorn.conf.py")
    return ["gunicorn", "--config", str(configuration), "--bind", f"{LOOPBACK}:{{port}}", app]


def wait_for_answer(uri: str, seconds: float = 30.0) -> None:
    """Raises NotMeasured where no good answer comes in time."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(uri, timeout=5) as answer:  # our own address
                answer.read()
                return
        except OSError as error:
            if time.monotonic() > until:
                raise NotMeasured(f"{uri} does not answer: {error}") from error
        time.sleep(0.1)
