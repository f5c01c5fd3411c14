"""Brokers and stores are reached in one place each."""

from __future__ import annotations

import re
from typing import Any


def test_brokers_are_reached_by_one_function(project: Any) -> None:
    """It checks the name in the certificate, which kombu alone does not."""
    calling = [
        str(module)
        for module in project.modules
        if re.search(r"(?<![\w.])Connection\(|\(Connection\):", module.text)
        and any((source, name) == ("kombu", "Connection") for source, name, _ in module.imports())
        and module.owner not in project.development
    ]
    assert calling == ["shared/src/wsis_shared/amqp/connection.py"]


def test_stores_are_reached_by_one_function(project: Any) -> None:
    """It keeps to MongoDB's Stable API. A peer of the benchmarks is on its own."""
    calling = [
        str(module)
        for module in project.modules
        if re.search(r"(?<![\w.])MongoClient(\[.*?\])?\(", module.path.read_text("utf-8"))
        and not str(module).startswith("tests/load/peers/")
    ]
    assert calling == ["shared/src/wsis_shared/mongo_connection.py"]
