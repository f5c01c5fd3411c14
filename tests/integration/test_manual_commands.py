"""Commands of the manual and the runbooks for the tools of the broker, as these tools know them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PAGES = [path for area in ("operate", "runbooks") for path in Path("docs", area).glob("*.md")]


@pytest.mark.parametrize("tool", ["rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-queues"])
def test_a_tool_of_the_broker_knows_what_the_manual_asks_of_it(tool: str) -> None:
    known = set(re.findall(r"^ +(\w+)  ", subprocess.check_output((tool, "help"), text=True), re.MULTILINE))
    text = "".join(path.read_text("utf-8") for path in PAGES)
    asked = set(re.findall(rf"(?<![\w-]){tool}(?: -\S+)* ([a-z]\w+)", text))
    assert asked
    assert asked - known == set()
