"""The AsyncAPI document: valid, complete, compatible with the last release, and free of what must not leave."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
from wsis_shared.events import EventKey
from wsis_shared.plugin import discover

from wsis_agencies.event_log.rules.direct import DIRECT
from wsis_agencies.event_log.use_cases import asyncapi
from wsis_agencies.event_log.use_cases.event_models import names_of
from wsis_agencies.settings import Settings

from ..public_event_judge import fields_of, findings

HERE = Path(__file__).parent
RELEASED = HERE.parents[3] / "docs/asyncapi.json"
PARSER = HERE / "asyncapi_parser"
# Made-up plugins of tests are no part of a release.
PLUGINS = [plugin for plugin in discover() if plugin.name != "herald"]
DOCUMENT = json.loads(json.dumps(asyncapi.document(PLUGINS)))
SCHEMAS = DOCUMENT["components"]["schemas"]
MESSAGES = DOCUMENT["components"]["messages"]
DIRECT_TYPES = {event.type for event in DIRECT}
LOGGED = [name for name in MESSAGES if name not in DIRECT_TYPES]
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
    assert set(LOGGED) == public
    for name, channel in DOCUMENT["channels"].items():
        assert set(channel["messages"]) - DIRECT_TYPES == public
        assert set(channel["messages"]) & DIRECT_TYPES == {event.type for event in DIRECT if name in event.channels}


def test_a_queue_is_tested_and_a_webhook_is_challenged_too() -> None:
    """What a receiver gets without a number, as it is sent: the deliveries use the same declarations."""
    challenged, tested = (MESSAGES[f"wsis.notifications.webhook_{what}.v1"] for what in ("challenged", "tested"))
    assert challenged["examples"][0]["payload"]["data"] == {"challenge": "bJ0cDDr3mYtVfWmVvUk6vD3o"}
    assert "sequence" not in tested["examples"][0]["payload"]
    for message in (challenged, tested):
        check = validator(message["payload"])
        assert check.is_valid(message["examples"][0]["payload"])
        assert not check.is_valid({**message["examples"][0]["payload"], "data": None})


def test_models_have_names_of_a_generator() -> None:
    """The data of an event by its type, and its envelope; a service before it where two have one type."""
    assert {"CloudEvent", "WebhookHeaders", "EditionOpened", "EditionOpenedEvent", "WebhookTestedEvent"} <= set(SCHEMAS)
    assert {"PrizesPhaseChanged", "ConsultationPhaseChanged"} <= set(SCHEMAS)
    assert "PhaseChanged" not in SCHEMAS
    assert [name for name in SCHEMAS if not (name.isidentifier() and name[0].isupper())] == []
    assert [name for name, schema in SCHEMAS.items() if schema.get("title") != name] == []
    for name, message in MESSAGES.items():
        assert SCHEMAS[message["payload"]["$ref"].rpartition("/")[2]]["properties"]["type"]["const"] == name


def test_a_second_version_has_a_name_of_its_own() -> None:
    keys = [EventKey("voting", "voting_closed"), EventKey("voting", "voting_closed", 2), EventKey("prizes", "closed")]
    assert list(names_of(keys).values()) == ["VotingClosed", "VotingClosedV2", "Closed"]


def undescribed(schemas: Mapping[str, Schema]) -> Iterator[str]:
    """The properties that nobody describes."""
    for name, schema in schemas.items():
        for property, inner in schema.get("properties", {}).items():
            if not ("$ref" in inner or inner.get("description")):
                yield f"{name}.{property}"


def test_each_property_and_model_says_what_it_means() -> None:
    """A publisher describes its own (`metadata`); what any event may say is in event_log/data/properties.yaml."""
    assert list(undescribed(SCHEMAS)) == []
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []
    mute = {"T": {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/x"}, "c": {"description": "c"}}}}
    assert list(undescribed(mute)) == ["T.a"]


def test_codes_are_those_of_the_reference_data() -> None:
    submitted = SCHEMAS["ProjectSubmitted"]["properties"]
    assert submitted["category"] == {"$ref": "#/components/schemas/ActionLine"}
    assert submitted["sdgs"]["items"] == {"$ref": "#/components/schemas/Goal"}
    assert len(SCHEMAS["ActionLine"]["enum"]) == 18
    assert SCHEMAS["Goal"]["enum"] == list(range(1, 18))
    assert {"africa", "international"} <= set(SCHEMAS["Region"]["enum"])
    assert "NO" in SCHEMAS["Country"]["enum"]
    check = validator({"$ref": "#/components/schemas/ProjectSubmitted"})
    fits = MESSAGES["wsis.prizes.project_submitted.v1"]["examples"][0]["payload"]["data"]
    assert check.is_valid({**fits, "region": None})
    for wrong in ({"category": "C7"}, {"sdgs": [18]}, {"region": "mars"}, {"country": "XX"}):
        assert not check.is_valid({**fits, **wrong}), wrong


def test_servers_and_how_one_is_known_there() -> None:
    servers = DOCUMENT["servers"]
    assert servers["gateway"]["host"] == urlsplit(Settings.current().public_url).netloc
    assert "security" not in servers["gateway"], "public events need no sign-in"
    for name in ("queues", "receiver"):
        [link] = servers[name]["security"]
        assert link["$ref"].rpartition("/")[2] in DOCUMENT["components"]["securitySchemes"]
    used = {link["$ref"].rpartition("/")[2] for channel in DOCUMENT["channels"].values() for link in channel["servers"]}
    assert used == set(servers)


@pytest.mark.parametrize("name", LOGGED)
def test_example_fits_its_schema_and_a_takedown_does_too(name: str) -> None:
    payload = MESSAGES[name]["payload"]
    [example] = MESSAGES[name]["examples"]
    check = validator(payload)
    assert [error.message for error in check.iter_errors(example["payload"])] == []
    assert check.is_valid({**example["payload"], "data": None})
    assert not check.is_valid({**example["payload"], "data": {}})
    assert not check.is_valid({**example["payload"], "sequence": "1"})


@pytest.mark.parametrize("name", LOGGED)
def test_nothing_personal_secret_or_under_embargo_leaves(name: str) -> None:
    [example] = MESSAGES[name]["examples"]
    assert findings(example["payload"]) == []
    data = MESSAGES[name]["payload"]["$ref"].rpartition("/")[2].removesuffix("Event")
    assert findings({"type": name, "data": dict(fields_of(SCHEMAS[data], SCHEMAS))}) == []


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
    if "anyOf" not in old and types_of(old, former) != types_of(new, DOCUMENT):
        yield f"{path or 'data'}: type was {types_of(old, former)}, is {types_of(new, DOCUMENT)}"
    for keyword in ("const", "format"):
        if old.get(keyword) != new.get(keyword):
            yield f"{path or 'data'}: {keyword} was {old.get(keyword)}, is {new.get(keyword)}"
    if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{path or 'data'}: no longer among the codes: {sorted(map(str, gone))}"
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


def types_of(schema: Schema, document: Schema) -> set[str]:
    """The types of JSON that a value may have, which a schema says itself or by its alternatives."""
    if "anyOf" in schema:
        return {type for inner in schema["anyOf"] for type in types_of(_resolved(inner, document), document)}
    found = schema.get("type", ())
    return {found} if isinstance(found, str) else set(found)


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
    fields: dict[str, Any] = {"a": text, "b": number, "c": {"type": "array", "items": text}, "e": {"enum": ["x", "y"]}}
    old = {"type": "object", "required": ["a", "b"], "properties": fields}

    def with_fields(**changes: Any) -> Schema:
        return {**old, "properties": {**fields, **changes}}

    assert list(breaks(old, with_fields(d={"type": "null"}), {})) == []
    assert list(breaks(old, with_fields(e={"enum": ["x", "y", "z"]}), {})) == []
    assert list(breaks({"type": ["string", "null"]}, {"anyOf": [text, {"type": "null"}]}, {})) == []
    for new in (
        {**old, "required": ["a"]},
        {**old, "properties": {name: field for name, field in fields.items() if name != "b"}},
        with_fields(b=text),
        with_fields(b={"anyOf": [number, {"type": "null"}]}),
        with_fields(e={"enum": ["x"]}),
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
