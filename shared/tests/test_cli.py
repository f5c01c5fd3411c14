"""`wsis` has its own commands and those of the distributions that are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from wsis_shared.cli import main

WSIS = str(Path(sys.executable).with_name("wsis"))
COMMAND = """
import click


@click.command()
@click.argument("name")
def greet(name):
    \"\"\"Greet somebody.\"\"\"
    click.echo(f"good day, {name}")
    raise SystemExit(7)
"""


def wsis(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    return subprocess.run([sys.executable, WSIS, *arguments], env=env, capture_output=True, text=True)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A distribution that adds `greet`, and tries to replace `list`."""
    (tmp_path / "greeting.py").write_text(COMMAND)
    information = tmp_path / "greeting-0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: greeting\nVersion: 0\n")
    (information / "entry_points.txt").write_text("[wsis.commands]\ngreet = greeting:greet\nlist = greeting:greet\n")
    return tmp_path


def test_distribution_adds_a_command(installed: Path) -> None:
    done = wsis("greet", "Ana", path=installed)
    assert (done.stdout, done.returncode) == ("good day, Ana\n", 7)
    assert "Greet somebody." in wsis("--help", path=installed).stdout


def test_command_of_no_installed_distribution_is_unknown() -> None:
    done = CliRunner().invoke(main, ["greet", "Ana"])
    assert (done.stdout, done.exit_code) == ("", 2)
    assert "No such command 'greet'" in done.stderr


def test_own_command_is_not_replaced(installed: Path) -> None:
    assert wsis("list", path=installed).stdout == CliRunner().invoke(main, ["list"]).stdout != ""


def test_commands_of_plugins_and_dead_letters_are_there() -> None:
    assert {"accounts", "dead-letters", "outbox", "voting"} <= set(main.list_commands(click.Context(main)))
    assert CliRunner().invoke(main, ["accounts", "--help"]).stdout.startswith("Usage: main accounts")
    assert CliRunner().invoke(main, ["dead-letters", "--help"]).stdout.startswith("Usage: main dead-letters")


def test_a_start_of_a_service_imports_no_manifest_first() -> None:
    """Every process of an image starts with `wsis run`, which another interpreter follows: manifests took half a second
    of processor time, each time."""
    script = """
import os, sys
os.execv = lambda *_: print([name for name in sys.modules if name.startswith(("wsis", "marshmallow"))]) or sys.exit()
sys.argv = ["wsis", "run", "voting"]
from wsis_shared.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("['wsis_shared', 'wsis_shared.cli']\n", 0), done.stderr
