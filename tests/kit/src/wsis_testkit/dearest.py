"""The dearest requests that can be made of an OpenAPI document: what takes most time to read, compare and refuse."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice
from typing import Any
from urllib.parse import quote

BODY_BYTES = 250_000  # the gateway takes 256 KiB
LINE_BYTES = 7_800  # path and query; the gateway takes 8,190
HEADER_BYTES = 7_000  # of one field; the gateway takes 8,192 of all together, and a token is among them
DEPTH = 30
# Two combining classes in descending order: NFC sorts each mark of the second behind all of the first.
_STARTER, _MARKS = "a", ("\u0315", "\u0316")
_MARKED = _STARTER + _MARKS[0] * 15 + _MARKS[1] * 15  # as many in a row as a text may have
_LONGEST = 400  # characters of a text without a limit of its own
_MOST = 300  # items of a list without one

# Each header that the gateway reads, filled with many small values.
LONG_HEADERS = tuple(
    (name, (part * HEADER_BYTES)[:HEADER_BYTES])
    for name, part in (
        ("Accept-Language", "xx;q=0.1,"),
        ("If-None-Match", 'W/"aaaa",'),
        ("If-Match", '"1-a",'),
        ("X-Forwarded-For", "10.0.0.1,"),
        ("Accept", "text/x;q=0.1,"),
        ("Cookie", "a=b;"),
        ("Range", "bytes=0-1,"),
        ("Traceparent", "0"),
        ("X-Request-ID", "0123456789abcdef"),
        ("Idempotency-Key", "0123456789abcdef"),
        ("Prefer", "x=1,"),
    )
)


@dataclass(frozen=True)
class Request:
    """A request to be sent, and what makes it dear."""

    label: str
    method: str
    path: str
    body: Callable[[], bytes] | None = None  # made when it is sent: most are not
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes | None:
        """What is sent."""
        return self.body and self.body()

    def made(self) -> Request:
        """The same with its body made, for who measures others in this process meanwhile."""
        content = self.content
        return replace(self, body=None if content is None else lambda: content)


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(method, path, operation) of each operation of the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def requests(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any], known: Mapping[str, str]
) -> list[Request]:
    """The requests of one operation. `known`: values of path variables that lead to something."""
    address = re.sub(r"{(\w+)}", lambda found: known.get(found[1], uuid.uuid4().hex), path)
    queries = [(label, _address(address, pairs)) for label, pairs in _queries(document, operation)]
    headers = [Request(f"header: {name}", method, queries[0][1], headers={name: value}) for name, value in LONG_HEADERS]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if method == "GET" or content is None:
        return [*(Request(f"query: {label}", method, line) for label, line in queries), *headers]
    json_type = {"Content-Type": "application/json"}
    return [
        *(
            Request(f"body: {label}", method, queries[0][1], body, json_type)
            for label, body in bodies(document, content["schema"])
        ),
        *headers,
    ]


def bodies(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(label, body): the largest that is nearly acceptable, and those that are dear to refuse."""
    schema = _resolved(document, schema)
    properties = schema.get("properties", {})
    names = list(properties) or ["field"]
    half = (BODY_BYTES - 100) // 2
    # The name that is known to hold a list or an object, where there is one: what is inside is looked at too.
    name = next((name for name, part in properties.items() if _kind(document, part) != "string"), names[0])
    text = next(_free_texts(schema), names[0])
    numbers: Any = [0] * (half // 3)
    yield (
        "largest",
        lambda: _encoded(_shortened({name: largest_value(document, part) for name, part in properties.items()})),
    )
    yield "marks", lambda: _encoded({text: _STARTER + _MARKS[0] * (half // 4) + _MARKS[1] * (half // 4)})
    yield "marked items", lambda: _encoded({name: [_MARKED] * (BODY_BYTES // 70)})
    yield "surrogates", lambda: json.dumps({name: ["\ud800"] * (BODY_BYTES // 10)}).encode()
    yield "numbers", lambda: _encoded({name: [0] * half})
    yield "objects", lambda: _encoded({name: [{}] * (BODY_BYTES // 3 - 20)})
    yield "unknown fields", lambda: _encoded({f"f{number}": 0 for number in range(BODY_BYTES // 11)})
    yield "long name", lambda: _encoded({"k" * half: [0] * (half // 2)})
    yield "deep", lambda: _encoded(reduce(lambda inner, _: {name: inner}, range(DEPTH), numbers))


def _free_texts(schema: Mapping[str, Any]) -> Iterator[str]:
    """Fields for what people write: only such texts are normalised."""
    for name, part in schema.get("properties", {}).items():
        if "maxLength" in part and not part.keys() & {"enum", "format", "pattern"}:
            yield name


def largest_value(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Any:
    """The largest value that a schema accepts, or nearly: patterns are not looked at."""
    schema = _resolved(document, schema)
    if schema.get("enum"):
        return schema["enum"][-1]
    kind = _kind(document, schema)
    if depth > DEPTH // 5:
        return None
    if kind == "object":
        return {name: largest_value(document, part, depth + 1) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        item = largest_value(document, schema.get("items", {}), depth + 1)
        size = len(_encoded(item)) + 1
        return [item] * max(1, min(schema.get("maxItems", _MOST), BODY_BYTES // 4 // size))
    if kind in ("integer", "number"):
        return schema.get("maximum", 2**53 - 1)
    if kind == "boolean":
        return True
    if schema.get("format") == "date-time":
        return "9999-12-31T23:59:59Z"
    if schema.get("format") == "date":
        return "9999-12-31"
    if schema.get("format") == "email":
        return "a@" + "a-a." * 60 + "test"
    if schema.get("format") in ("uri", "url"):
        return ("https://example.org/" + "a/" * 1000)[: schema.get("maxLength", 300)]
    return (_MARKED * 10_000)[: min(schema.get("maxLength", _LONGEST), BODY_BYTES // 16)]


def _queries(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(label, parameters): first the widest that is acceptable, then those that are dear to refuse."""
    every = (_resolved(document, each) for each in operation.get("parameters", []))
    parameters = [each for each in every if each["in"] == "query"]
    wide, marked = [], []
    for each in parameters:
        if (value := _widest(document, each)) is not None:
            wide.append((each["name"], value))
        if _kind(document, each["schema"]) in ("string", "array"):
            marked.append((each["name"], _MARKED * 7))
    yield "widest", wide
    if parameters:
        yield "marks", marked or [(parameters[0]["name"], _MARKED * 7)]
    words = [each["name"] for each in parameters if each["name"] == "q"]
    if words:
        yield "words", [("q", " ".join(f"a{number}" for number in range(20)))]
        yield "phrases", [("q", '"a b" -' * 12 + "wsis*")]
    yield "unknown", [(f"f{number}", "\u0315" * 10) for number in range(49)]


def _widest(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> str | None:
    """The value that asks for most; None where that is to leave the parameter out."""
    name, schema = parameter["name"], _resolved(document, parameter["schema"])
    if name in ("limit", "facets"):
        return str(schema.get("maximum", 100)) if name == "limit" else None
    if schema.get("format") in ("date-time", "date"):
        first = any(part in name for part in ("from", "start", "after", "since"))
        moment = "0001-01-02" if first else "9998-12-31"
        return f"{moment}T00:00:00Z" if schema["format"] == "date-time" else moment
    if parameter.get("required"):
        items = schema.get("items") or schema
        return str(items.get("enum", ["C1"])[-1])
    return None


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    line = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    cut = line[:LINE_BYTES]
    return f"{path}?{cut if cut == line else cut.rpartition('&')[0]}" if pairs else path


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    schema = _resolved(document, schema)
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    return next((kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"), "string")


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while True:
        options = [each for each in schema.get("anyOf", schema.get("allOf", [])) if each.get("type") != "null"]
        if "$ref" in schema:
            _, _, section, name = schema["$ref"].split("/")
            schema = document["components"][section][name]
        elif options:
            schema = options[0]
        else:
            return schema


def _shortened(value: dict[str, Any]) -> dict[str, Any]:
    """As many of the fields as fit into a body."""
    size, kept = 2, {}
    for name, part in islice(value.items(), 100):
        size += len(_encoded({name: part}))
        if size < BODY_BYTES:
            kept[name] = part
    return kept


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
