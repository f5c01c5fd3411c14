"""The manual's commands for a cluster, as helm and kubectl read them; none is reached.

The installation of docs/operate/kubernetes.md runs as it stands there, its helm and kubectl by `--dry-run=client`; of
every other command of operators the options are those that its help has.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("docs/operate/*.md"), *ROOT.glob("docs/runbooks/*.md")]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?<![\w/-])((?:helm|kubectl|deploy/release) [^`\n;&|]+)")
OF_ALL = re.compile(r" -n \S+| -- .*")  # where and what, which every command of kubectl may say
HELP = {"helm": "upgrade", "kubectl": "options"}  # what explains the options that a command has from elsewhere
STAND_INS = {
    "helm": 'shift 2; exec {program} install "$@" --dry-run=client',  # `upgrade --install` asks a cluster all the same
    "kubectl": 'exec {program} "$@" --dry-run=client --output json',
}


def errors(tools: Path) -> Iterator[str]:
    """What is not as the manual has it. `tools`: the folder of both programs."""
    yield from _installed(tools)
    for page in PAGES:
        for command in COMMAND.findall(BLOCK.sub("", page.read_text("utf-8"))):
            wrong = sorted(_options(command) - _known(tools, command))
            yield from (f"{page.relative_to(ROOT)}: {command}: no option {option}" for option in wrong)


def _installed(tools: Path) -> Iterator[str]:
    """Its blocks, in a folder that looks like the project."""
    page = (ROOT / "docs/operate/kubernetes.md").read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="wsis-manual-") as name:
        suite, commands = Path(name, "suite"), Path(name, "bin")
        suite.mkdir()
        commands.mkdir()
        for each in ("deploy", "services", ".venv"):
            (suite / each).symlink_to(ROOT / each)
        (suite / "mine.values.yaml").symlink_to(ROOT / "deploy/installation.values.yaml")
        for each, line in STAND_INS.items():
            (commands / each).write_text(f"#!/bin/sh\n{line.format(program=tools / each)}\n")
            (commands / each).chmod(0o755)
        pair = ("-keyout", "tls.key", "-out", "tls.crt", "-subj", "/CN=wsis.example.org")
        subprocess.run(("openssl", "req", "-x509", "-nodes", *pair), cwd=suite, check=True, capture_output=True)
        path = f"{commands}:{os.environ['PATH']}"
        for block in BLOCK.findall(page):
            command = ("bash", "-euc", block.replace("HOST", "node.example"))
            done = subprocess.run(command, cwd=suite, env={**os.environ, "PATH": path}, capture_output=True, text=True)
            if done.returncode:
                yield f"kubernetes.md: {block.strip().splitlines()[0]}: {done.stderr.strip()[-300:]}"
            elif "kubectl" in block:
                yield from _quoted(done.stdout)


def _quoted(said: str) -> Iterator[str]:
    """Settings that a pod would get with the quotes of their file, of objects that kubectl has printed."""
    while said := said.lstrip():
        made, end = json.JSONDecoder().raw_decode(said)
        said = said[end:]
        for name, value in (made.get("data") or {}).items():
            if base64.b64decode(value)[:1] in (b"'", b'"'):
                yield f"kubernetes.md: {name} of the Secret {made['metadata']['name']} begins with a quote"


def _options(command: str) -> set[str]:
    return {word.partition("=")[0] for word in OF_ALL.sub("", command).split() if word.startswith("-")}


def _known(tools: Path, command: str) -> set[str]:
    """Options of a command, by its help."""
    program, verb = OF_ALL.sub("", command).split()[:2]
    program, verb = ("helm", "upgrade") if program == "deploy/release" else (program, verb)
    asked = [(verb, "--help"), (HELP[program], "--help")]
    said = "".join(subprocess.run((tools / program, *words), capture_output=True, text=True).stdout for words in asked)
    return set(re.findall(r"(?<![\w-])--?\w[\w-]*", said)) | {"--files"}
