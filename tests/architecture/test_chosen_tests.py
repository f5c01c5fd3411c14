"""Which tests run, and in which order: the pure ones of `make quick`, those of a path, a shuffled order."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
PLUGINS = [f"-pno:{name}" for name in ("pytest_nameko", "schemathesis", "anyio", "cacheprovider")]
TESTS = """
import pytest

@pytest.fixture
def contest(database):
    assert False, "started"

def test_rule():
    pass

def test_store(contest):
    pass
"""


def test_tests_that_lead_to_the_infrastructure_are_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    ran = pytester.inline_run(*PLUGINS, "--pure")
    ran.assertoutcome(passed=1)
    assert [item.name for call in ran.getcalls("pytest_deselected") for item in call.items] == ["test_store"]


def test_another_order_holds_all_tests_and_keeps_those_of_a_module_together(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(**{f"test_{module}": "\n".join(f"def test_{x}(): pass" for x in "defgh") for module in "abc"})

    def order(*options: str) -> list[str]:
        ran = pytester.inline_run(*PLUGINS, "--collect-only", *options)
        return [item.nodeid for item in ran.getcalls("pytest_collection_finish")[0].session.items]

    straight, shuffled = order(), order("--shuffle", "7")
    assert len(straight) == 15
    assert shuffled != straight
    assert sorted(shuffled) == sorted(straight)
    modules = [name.partition("::")[0] for name in shuffled]
    assert [len({*modules[at : at + 5]}) for at in (0, 5, 10)] == [1, 1, 1]
    assert order("--shuffle", "7") == shuffled


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["quick", "PATHS=shared/tests/test_keys.py"], "pytest -q --pure shared/tests/test_keys.py"),
        (["contract", "ARGS=-k 'rights and broker'"], "pytest -q tests/contract -k 'rights and broker'"),
        (
            ["contract", "ARGS=-x tests/contract/conftest.py::test_one"],
            "pytest -q tests/contract/conftest.py::test_one -x",
        ),
        (["unit", "ARGS=shared/tests"], ".ci/suites.py shared/tests --"),
    ],
)
def test_paths_take_the_place_of_all_tests(arguments: list[str], runs: str) -> None:
    command = ["make", "--dry-run", "--assume-old=install", *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert runs in " ".join(said.split())
