"""Models that a generator makes of the AsyncAPI document: they have names, compile, and take what is sent."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .test_asyncapi import DOCUMENT, MESSAGES, SCHEMAS

GENERATOR = Path(__file__).parent / "asyncapi_models"
PAYLOADS = {
    message["payload"]["$ref"].rpartition("/")[2]: message["examples"][0]["payload"] for message in MESSAGES.values()
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the models in both languages."""
    if not (shutil.which("node") and (GENERATOR / "node_modules").is_dir()):
        pytest.skip("needs Node.js, and what `make node-packages` installs")
    folder = tmp_path_factory.mktemp("models")
    (folder / "asyncapi.json").write_text(json.dumps(DOCUMENT), "utf-8")
    run("node", GENERATOR / "generate_models.js", folder / "asyncapi.json", folder)
    return folder


def run(*command: str | Path) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_each_model_has_the_name_that_the_document_gives_it(generated: Path) -> None:
    models = {path.stem for path in (generated / "typescript").iterdir()} - {"Webhook", "Queue", "Feed"}
    inline = {"DiscussionChangedState", "CommentChangedChange"}  # codes of one property alone
    assert models - set(SCHEMAS) == inline
    assert set(PAYLOADS) <= models


def test_typescript_compiles_with_each_event_that_is_sent(generated: Path) -> None:
    folder = generated / "typescript"
    lines = [f'import {{ {model} }} from "./{model}";' for model in PAYLOADS]
    lines += [f"const a{model}: {model} = {json.dumps(payload)};" for model, payload in PAYLOADS.items()]
    (folder / "sent.ts").write_text("\n".join(lines), "utf-8")
    strict = ("--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler")
    run("node", GENERATOR / "node_modules/typescript/bin/tsc", *strict, folder / "sent.ts")


@pytest.mark.parametrize("model", PAYLOADS)
def test_python_reads_each_event_that_is_sent(generated: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(generated))
    event = read(model, PAYLOADS[model])
    assert (event.id, event.type) == (PAYLOADS[model]["id"], PAYLOADS[model]["type"])
    data = read(model.removesuffix("Event"), PAYLOADS[model]["data"])
    assert [
        name for name, value in PAYLOADS[model]["data"].items() if _plain(getattr(data, name)) != _plain(value)
    ] == []


def read(model: str, payload: dict[str, Any]) -> Any:
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in model).lstrip("_")
    kind = getattr(importlib.import_module(f"wsis_events.{name}"), model)
    assert sys.modules[kind.__module__].__file__
    return kind(payload)


def _plain(value: Any) -> str:
    """Objects inside are models of their own: their names tell enough."""
    return str(getattr(value, "value", value)) if not isinstance(value, list | dict) else str(len(value))
