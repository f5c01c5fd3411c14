"""`python -m tests.contract.released`: write the shape of this version to last_release.json, when it is released.

The shape is what processes of two versions share while they run side by side: collections with the fields of their
documents and their indexes, queues, events, and the methods that gateways and services call.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict

from tests.contract.broker_kit import SCRIPT
from wsis_shared.collection_specs import BUS_COLLECTIONS, CollectionSpec
from wsis_shared.plugin import Plugin, discover
from wsis_testkit.versions import LAST_RELEASE, ROOT, git

SUPPLIED = {"self", "ctx", "blobs", "jobs", "notify", "grants", "stopping"}  # no caller sends them
CALLED = ("read", "write", "command")  # kinds of methods
DEAD_LETTER_KEY = "x-dead-letter-routing-key"  # follows from the name of the queue
DEFAULT = "="  # an argument that has a default


class CollectionShape(TypedDict):
    """`fields` of its documents, at their top; none where the code names no type for them."""

    schema_version: int
    fields: list[str]
    indexes: dict[str, str]  # name -> keys and options


class Shape(TypedDict):
    """What a version has. Keys are `service.name`, events with their version."""

    collections: dict[str, CollectionShape]
    queues: dict[str, list[str]]  # arguments -> names
    events: dict[str, list[str]]  # fields
    methods: dict[str, list[str]]  # arguments, with DEFAULT behind those that a caller may leave out; none of commands


def shape() -> Shape:
    """Of what is installed here."""
    found = list(discover())
    return {
        "collections": dict(_collections(found)),
        "queues": _queues(),
        "events": {
            f"{plugin.name}.{event.key(plugin.name).routing_key}": sorted(event.schema().fields)
            for plugin in found
            for event in plugin.publishes
        },
        "methods": {
            f"{plugin.name}.{name}": sorted(_arguments(method))
            for plugin in found
            for name, method in SCRIPT.entrypoints(plugin.load("service"))
            if method.wsis_kind in CALLED
        },
    }


def _collections(found: list[Plugin]) -> Iterator[tuple[str, CollectionShape]]:
    shared = _fields("wsis_shared")
    yield from (_collection("shared", spec, shared) for spec in BUS_COLLECTIONS)
    for plugin in found:
        fields = _fields(plugin.package, shared)
        yield from (_collection(plugin.name, spec, fields) for spec in plugin.load("collections") or ())


def _collection(service: str, spec: CollectionSpec, fields: Mapping[str, set[str]]) -> tuple[str, CollectionShape]:
    indexes = {}
    for model in spec.indexes:
        options = dict(model.document)
        keys = [key if order == 1 else f"-{key}" for key, order in options.pop("key").items()]
        name = options.pop("name")
        indexes[name] = " ".join([*keys, *([json.dumps(options)] if options else [])])
    known = sorted(fields.get(spec.name, ()))
    return f"{service}.{spec.name}", {"schema_version": spec.schema_version, "fields": known, "indexes": indexes}


def _fields(package: str, inherited: Mapping[str, set[str]] = MappingProxyType({})) -> dict[str, set[str]]:
    """Collection -> the fields of the types with which the code opens it: `collection("books", Book)`. Shared code
    opens some as `collection(self.shelf, Book)`, and a service says `shelf = "books"`: `inherited` are those of shared
    code."""
    root, found = Path(str(importlib.import_module(package).__file__)).parent, dict[str, set[str]]()
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8")
        if "ollection(" not in text and not inherited:
            continue
        parts = [package, *path.relative_to(root).with_suffix("").parts]
        module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(
                    func=ast.Name("Collection") | ast.Attribute(attr="collection"), args=[name, ast.Name(of)]
                ):
                    name = name.slice if isinstance(name, ast.Subscript) else name
                    named = ast.unparse(name)
                    opened = name.value if isinstance(name, ast.Constant) else getattr(module, named, named)
                    found.setdefault(str(opened), set()).update(
                        getattr(getattr(module, of, None), "__annotations__", ())
                    )
                case ast.Assign(targets=[ast.Name(own)], value=ast.Constant(str(opened))):
                    if fields := inherited.get(f"self.{own}"):
                        found.setdefault(opened, set()).update(fields)
    return found


def _queues() -> dict[str, list[str]]:
    found, by_arguments = discover(), dict[str, list[str]]()
    for queue in (queue for plugin in found for queue in SCRIPT.needs(plugin, found).queues):
        arguments = {name: value for name, value in queue.queue_arguments.items() if name != DEAD_LETTER_KEY}
        by_arguments.setdefault(json.dumps(arguments, sort_keys=True), []).append(queue.name)
    return by_arguments


def _arguments(method: Any) -> Iterator[str]:
    parameters = inspect.signature(inspect.unwrap(method)).parameters if method.wsis_kind != "command" else {}
    for name, parameter in parameters.items():
        if name not in SUPPLIED and parameter.kind is not parameter.VAR_KEYWORD:
            yield name if parameter.default is parameter.empty else f"{name}{DEFAULT}"


def broken(former: Shape, present: Shape) -> dict[str, str]:
    """What processes of the former version need and the present one has not: its name -> what is wrong."""
    return dict(
        [
            *_broken_collections(former["collections"], present["collections"]),
            *_broken_queues(former["queues"], present["queues"]),
            *_broken_events(former["events"], present["events"]),
            *_broken_methods(former["methods"], present["methods"]),
        ]
    )


def _broken_collections(
    former: Mapping[str, CollectionShape], present: Mapping[str, CollectionShape]
) -> Iterator[tuple[str, str]]:
    for name, was in former.items():
        now = present.get(name)
        if now is None:
            yield f"collection {name}", "gone"
            continue
        if now["schema_version"] == was["schema_version"]:  # otherwise a migration says what becomes of the fields
            for field in sorted({*was["fields"]} - {*now["fields"]}):
                yield f"field {name}.{field}", "gone without a migration of its collection"
        for index, keys in was["indexes"].items():
            if index not in now["indexes"]:
                yield f"index {name}.{index}", "gone"
            elif now["indexes"][index] != keys:
                yield f"index {name}.{index}", f"was {keys}: give the new one a name of its own"


def _broken_queues(former: Mapping[str, list[str]], present: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    now = {name: arguments for arguments, names in present.items() for name in names}
    for arguments, names in former.items():
        for name in names:
            if name not in now:
                yield f"queue {name}", "gone"
            elif now[name] != arguments:
                yield f"queue {name}", f"was {arguments}: give the new one a name of its own"


def _broken_events(former: Mapping[str, list[str]], present: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, fields in former.items():
        if name not in present:
            yield f"event {name}", "gone: publish it beside its new version"
        for field in sorted({*fields} - {*present.get(name, fields)}):
            yield f"field {name}.{field}", "gone: publish a new version of the event beside this one"


def _broken_methods(former: Mapping[str, list[str]], present: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, arguments in former.items():
        if name not in present:
            yield f"method {name}", "gone"
            continue
        now = {each.removesuffix(DEFAULT) for each in present[name]}
        for argument in (each.removesuffix(DEFAULT) for each in arguments):
            if argument not in now:
                yield f"argument {name}({argument})", "gone"
        for argument in sorted({*present[name]} - {*arguments}):
            if not argument.endswith(DEFAULT):
                yield f"argument {name}({argument})", "former callers do not send it: give it a default"


def main() -> int:
    """Write the shape of this version, and the commit that has it."""
    if git("status", "--porcelain", "--", "services", "shared", "gateway").stdout.strip():
        print("released: commit your changes first, so that a commit has this shape")
        return 1
    version = tomllib.loads((ROOT / "shared/pyproject.toml").read_text("utf-8"))["project"]["version"]
    commit = git("rev-parse", "HEAD").stdout.decode().strip()
    LAST_RELEASE.write_text(text(version, commit, shape()), "utf-8")
    print(f"{LAST_RELEASE.relative_to(ROOT)}: {version}, {commit}")
    return 0


def text(version: str, commit: str, of: Shape) -> str:
    """JSON with a line for each collection, event, ..., so that versions can be compared by eye."""
    kinds = []
    for kind, named in of.items():
        assert isinstance(named, dict)
        lines = [f"{json.dumps(name)}: {json.dumps(named[name], sort_keys=True)}" for name in sorted(named)]
        kinds.append(f"{json.dumps(kind)}: {{\n  " + ",\n  ".join(lines) + "\n}")
    head = json.dumps({"version": version, "commit": commit}, indent=0).removesuffix("\n}")
    return head + ',\n"shape": {\n' + ",\n".join(kinds) + "\n}\n}\n"


if __name__ == "__main__":
    sys.exit(main())
