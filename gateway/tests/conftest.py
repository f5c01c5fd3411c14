"""The real gateway under gunicorn, a real broker, a sample service, and tokens signed with the tests' keys."""

import os
import socket
from pathlib import Path

import httpx
import pytest
from wsis_local.ports import Ports
from wsis_testkit import programs, wait_for
from wsis_testkit.gateway import CONFIGURATION
from wsis_testkit.tokens import TokenSigner

PLUGINS = Path(__file__).parent / "plugins"
CLASSES = ("READ", "WRITE", "HEAVY", "BALLOT", "SIGNUP")
HIGH_LIMITS = {f"WSIS_LIMIT_{name}": "100000/minute" for name in CLASSES}


@pytest.fixture(scope="module", autouse=True)
def sample_installed():
    """Put the sample plugins on the path of the gateway, the service and this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(PLUGINS), os.environ.get("PYTHONPATH")])))
        patch.syspath_prepend(str(PLUGINS))
        yield


@pytest.fixture(scope="module")
def sample(sample_installed, serve):
    """The sample service."""
    return serve("sample")


class GatewayProcess:
    """A gateway in its own process. `http` is a client of its port for clients, `probes` of its metrics port."""

    def __init__(self, environment, folder, *, real=False, **settings):
        ports = Ports.free()
        self.port, self.metrics_port = ports["gateway"], ports["gateway_metrics"]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"gateway-{self.port}.log"
        self.environment = {
            **os.environ,
            **environment,
            **HIGH_LIMITS,
            "WSIS_GATEWAY_PORT": str(self.port),
            "WSIS_GATEWAY_METRICS_PORT": str(self.metrics_port),
            "WSIS_GATEWAY_PLUGINS": "sample,unfit",
            "WSIS_KEYS_FROM": "accounts.jwks",
            **settings,
        }
        self.process, self.real = None, real

    def start(self):
        self.process = programs.start("gateway", [CONFIGURATION], self.environment, self.log, real=self.real)
        self.http = httpx.Client(base_url=self.uri, timeout=15)
        self.probes = httpx.Client(base_url=f"http://127.0.0.1:{self.metrics_port}", timeout=15)
        wait_for(self.alive, 20, "the gateway to respond")
        # Started and connected to the broker; this does not depend on any service.
        wait_for(lambda: self.probes.get("/readyz").json()["broker"] == "connected", 10, "the gateway to connect")

    def alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the gateway exited: {self.log.read_text()[-3000:]}")
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def raw(self, data, seconds=5.0, port=None):
        """Send bytes and return the response until the server closes the connection or the timeout."""
        with socket.create_connection(("127.0.0.1", port or self.port), timeout=seconds) as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass  # the server may respond before it has read everything
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except OSError:
                pass
            return received

    def stop(self):
        self.http.close()
        self.probes.close()
        return programs.stop(self.process, seconds=40)


@pytest.fixture(scope="module")
def run_gateway(environment, sample_installed, tmp_path_factory):
    """`run_gateway(WSIS_LIMIT_READ="2/minute")`: another gateway with its own settings; `real` as in programs.start."""
    running = []

    def run(*, real=False, **settings):
        running.append(GatewayProcess(environment, tmp_path_factory.mktemp("gateway"), real=real, **settings))
        running[-1].start()
        return running[-1]

    yield run
    for gateway in running:  # those that did not get ready too; no client is left that should be given time
        programs.kill(gateway.process)


@pytest.fixture(scope="module")
def gateway(run_gateway, sample, keys):
    """The gateway of most tests, with the sample service."""
    return run_gateway()


@pytest.fixture(scope="module")
def http(gateway):
    return gateway.http


@pytest.fixture(scope="module")
def probes(gateway):
    return gateway.probes


@pytest.fixture(scope="module")
def keys(fake_service):
    keys = TokenSigner()
    fake_service("accounts", jwks=keys.jwks)
    return keys


@pytest.fixture(scope="module")
def signed_in(keys):
    """`signed_in("officer")`: headers of a request by an account with these roles."""

    def headers(*roles, sub="ada", **more):
        return {"Authorization": f"Bearer {keys.token(*roles, sub=sub)}", **more}

    return headers
