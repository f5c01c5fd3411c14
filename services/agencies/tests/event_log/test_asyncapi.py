"""The AsyncAPI document: valid, complete, compatible with the last release, and free of what must not leave."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from wsis_shared.plugin import discover

from wsis_agencies.event_log.use_cases import asyncapi

from ..public_event_judge import fields_of, findings

HERE = Path(__file__).parent
RELEASED = HERE.parents[3] / "docs/asyncapi.json"
PARSER = HERE / "asyncapi_parser"
# Made-up plugins of tests are no part of a release.
PLUGINS = [plugin for plugin in discover() if plugin.name != "herald"]
DOCUMENT = json.loads(json.dumps(asyncapi.document(PLUGINS)))
SCHEMAS = DOCUMENT["components"]["schemas"]
MESSAGES = DOCUMENT["components"]["messages"]
Schema = Mapping[str, Any]


def validator(schema: Schema, document: Schema = DOCUMENT) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}, validate_formats=True)


def test_every_public_event_is_a_message_of_every_channel() -> None:
    public = {
        event.key(plugin.public_name).cloudevents_type
        for plugin in PLUGINS
        for event in plugin.publishes
        if event.public
    }
    assert set(MESSAGES) == public
    for channel in DOCUMENT["channels"].values():
        assert set(channel["messages"]) == public


@pytest.mark.parametrize("name", MESSAGES)
def test_example_fits_its_schema_and_a_takedown_does_too(name: str) -> None:
    payload = MESSAGES[name]["payload"]
    [example] = MESSAGES[name]["examples"]
    check = validator(payload)
    assert [error.message for error in check.iter_errors(example["payload"])] == []
    assert check.is_valid({**example["payload"], "data": None})
    assert not check.is_valid({**example["payload"], "data": {}})
    assert not check.is_valid({**example["payload"], "sequence": "1"})


@pytest.mark.parametrize("name", MESSAGES)
def test_nothing_personal_secret_or_under_embargo_leaves(name: str) -> None:
    [example] = MESSAGES[name]["examples"]
    assert findings(example["payload"]) == []
    assert findings({"type": name, "data": dict(fields_of(SCHEMAS[name], SCHEMAS))}) == []


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ({"email": "x"}, ()),
        ({"list": [{"voter_id": 1}]}, ()),
        ({"note": "ama@people.example"}, ()),
        ({"title": "By Ama MENSAH"}, ("Ama Mensah",)),
        ({"winner": "9b1d"}, ()),
        ({"ranks": [1]}, ()),
        ({"choice": "9b1d"}, ()),
    ],
)
def test_the_judge_finds_what_must_not_leave(data: dict[str, Any], known: tuple[str, ...]) -> None:
    envelope = {"type": "wsis.prizes.project_submitted.v1", "data": data}
    assert len(findings(envelope, known)) == 1
    assert findings({**envelope, "data": {"title": "Clinics", "project": "9b1d"}}, known) == []


def breaks(old: Schema, new: Schema, former: Schema, path: str = "") -> Iterator[str]:
    """What a reader of the schema `old`, of the document `former`, can no longer rely on."""
    old, new = _resolved(old, former), _resolved(new, DOCUMENT)
    for keyword in ("type", "const", "format"):
        if old.get(keyword) != new.get(keyword):
            yield f"{path or 'data'}: {keyword} was {old.get(keyword)}, is {new.get(keyword)}"
    if gone := set(old.get("required", ())) - set(new.get("required", ())):
        yield f"{path or 'data'}: no longer required: {sorted(gone)}"
    for name, inner in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{path}.{name}: removed"
        else:
            yield from breaks(inner, new["properties"][name], former, f"{path}.{name}")
    for keyword in ("anyOf", "allOf"):
        for number, inner in enumerate(old.get(keyword, ())):
            others = new.get(keyword, ())
            yield from breaks(inner, others[number] if number < len(others) else {}, former, path)
    if "items" in old:
        yield from breaks(old["items"], new.get("items", {}), former, f"{path}[]")


def _resolved(schema: Schema, document: Schema) -> Schema:
    reference = schema.get("$ref")
    return document["components"]["schemas"].get(reference.rpartition("/")[2], {}) if reference else schema


def test_no_event_of_the_last_release_lost_anything() -> None:
    former = json.loads(RELEASED.read_text("utf-8"))
    wrong = [f"{name}: gone" for name in former["components"]["messages"] if name not in MESSAGES]
    for name, message in former["components"]["messages"].items():
        if name in MESSAGES:
            wrong += [f"{name} {text}" for text in breaks(message["payload"], MESSAGES[name]["payload"], former)]
    assert wrong == []
    assert set(former["channels"]) <= set(DOCUMENT["channels"])


def test_what_breaks_a_reader_is_noticed() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    fields: dict[str, Any] = {"a": text, "b": number, "c": {"type": "array", "items": text}}
    old = {"type": "object", "required": ["a", "b"], "properties": fields}

    def with_fields(**changes: Any) -> Schema:
        return {**old, "properties": {**fields, **changes}}

    assert list(breaks(old, with_fields(d={"type": "null"}), {})) == []
    for new in (
        {**old, "required": ["a"]},
        {**old, "properties": {"a": text, "c": fields["c"]}},
        with_fields(b=text),
        with_fields(c={"type": "array", "items": number}),
    ):
        assert len(list(breaks(old, new, {}))) == 1, new


def test_the_official_parser_has_nothing_to_complain_of(tmp_path: Path) -> None:
    if not (shutil.which("node") and (PARSER / "node_modules").is_dir()):
        pytest.skip("needs Node.js, and what tests/event_log/asyncapi_parser/package.json names (see the README)")
    (tmp_path / "asyncapi.json").write_text(json.dumps(DOCUMENT), "utf-8")
    command = ["node", str(PARSER / "check_asyncapi.js"), str(tmp_path / "asyncapi.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == []
    assert int(done.stderr) == len(MESSAGES)
