"""nginx in front of the gateway: its configuration, read and by the program itself."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_local.ports import listens
from wsis_testkit import wait_for
from wsis_testkit.process import free_port


@pytest.fixture(scope="module")
def deploy(project: Any) -> Path:
    folder: Path = project.root / "deploy"
    return folder


@pytest.fixture
def nginx(deploy: Path, tmp_path: Path) -> Path:
    """nginx.conf for this machine, below whose folder are all of its files."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is in Debian's package nginx-light")
    made = ("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", "-subj", "/CN=localhost")
    pair = ("-keyout", tmp_path / "tls.key", "-out", tmp_path / "tls.crt")
    subprocess.run((*made, *pair), check=True, capture_output=True)
    shutil.copy(deploy / "nginx/public_log.conf", tmp_path)
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    for place in ("/etc/nginx/tls", "/var/cache/nginx", "/etc/nginx", "/var/lib/wsis"):
        text = text.replace(place, str(tmp_path))
    text = re.sub(r"server gateway-\d:", "server 127.0.0.1:", text).replace("pid /run", f"pid {tmp_path}")
    (tmp_path / "nginx.conf").write_text(text)
    return tmp_path / "nginx.conf"


def test_nginx_takes_its_configuration(nginx: Path) -> None:
    done = subprocess.run(["nginx", "-t", "-c", str(nginx)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_client_of_acme_proves_the_name_and_all_else_is_led_to_https(nginx: Path) -> None:
    port = free_port()
    text = nginx.read_text("utf-8").replace("listen 8080", f"listen 127.0.0.1:{port}")
    nginx.write_text(text.replace("listen 8443", f"listen 127.0.0.1:{free_port()}"))
    challenge = nginx.parent / "acme/.well-known/acme-challenge/token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    # Its workers are of this user: nobody else gets into the folders of tests.
    user = f"user {getpass.getuser()}; daemon off; error_log /dev/null;"
    with subprocess.Popen(["nginx", "-c", str(nginx), "-g", user], stderr=subprocess.DEVNULL) as running:
        try:
            web = httpx.Client(base_url=f"http://127.0.0.1:{port}")
            wait_for(lambda: listens(port), 30)
            assert web.get("/.well-known/acme-challenge/token").text == "proof"
            assert web.get("/.well-known/acme-challenge/%2e%2e/%2e%2e/tls.key").status_code != 200
            assert web.get("/en/").headers["location"] == "https://127.0.0.1/en/"
            assert web.get("/v1/editions").status_code == 403
        finally:
            running.terminate()


def test_nginx_closes_idle_connections_before_the_gateway_does(deploy: Path, project: Any) -> None:
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    upstream = re.search(r"^    upstream gateway \{(.*?)^    \}", text, re.MULTILINE | re.DOTALL)
    assert upstream
    [ours] = re.findall(r"keepalive_timeout (\d+)s;", upstream[1])
    configuration = (project.root / "gateway/src/wsis_gateway/gunicorn.conf.py").read_text("utf-8")
    [gateway] = re.findall(r"^keepalive = (\d+)\b", configuration, re.MULTILINE)
    assert int(ours) < int(gateway)


def test_nginx_has_no_cache_for_accounts_sessions_streams_long_polls_and_conditions(deploy: Path) -> None:
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    parts = "$http_authorization$has_session$event_stream$long_poll$http_if_none_match$http_range"
    assert re.search(re.escape(f'map "{parts}" $cache_zone {{') + r'\s+"" public;\s+default off;\s+}', text)
    assert "proxy_cache $cache_zone;" in text


def test_nginx_overwrites_what_clients_say_of_themselves(deploy: Path) -> None:
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert "non_idempotent;" not in text


def test_the_proxy_lets_every_file_pass_that_the_gateway_takes(deploy: Path, project: Any) -> None:
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    [general] = re.findall(r"^    client_max_body_size (\d+)m;", text, re.MULTILINE)
    own = re.findall(r"location ~ (\S+) \{[^}]*client_max_body_size (\d+)m;", text)
    uploads = {
        route.path: route.upload.max_bytes for plugin in project.found for route in plugin.routes if route.upload
    }
    let_pass = {
        path: max(int(megabytes) for pattern, megabytes in [("", general), *own] if re.search(pattern, path)) * 2**20
        for path in uploads
    }
    assert {path for path, size in uploads.items() if size > let_pass[path]} == set()
