"""The OpenAPI document of all installed plugins: short, descriptive, and of use to those who generate clients."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from wsis_shared.plugin import discover

from wsis_gateway import openapi

# On average; an operation had 3.6 kB while it described the responses of its errors itself. Its words and the codes of
# its errors are no repetition and have limits of their own: a new route need not shorten what others say. Schemas are
# measured apart, too: a service with rich objects has more of them per operation.
BYTES_PER_OPERATION, BYTES_PER_SCHEMA = 820, 500
WORDS = ("description", "x-error-codes")
LONGEST_DESCRIPTION, LONGEST_ERRORS = 700, 800  # characters


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of two shapes that ask for one name: the second would get a number
        return openapi.document(discover())


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By `METHOD path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, by_method in document["paths"].items()
        for method, operation in by_method.items()
    }


def test_document_is_short(document: dict[str, Any], operations: dict[str, Any]) -> None:
    def size(part: Any) -> int:
        return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())

    schemas = document["components"]["schemas"]
    assert size(schemas) < BYTES_PER_SCHEMA * len(schemas)
    words = [size({key: operation.get(key, "") for key in WORDS}) for operation in operations.values()]
    assert size(document) - size(schemas) - sum(words) < BYTES_PER_OPERATION * len(operations)


def test_descriptions_are_short(operations: dict[str, Any]) -> None:
    said = {name: operation["description"].partition("\n\nErrors:") for name, operation in operations.items()}
    assert {name for name, (text, _, _) in said.items() if len(text) > LONGEST_DESCRIPTION} == set()
    assert {name for name, (_, _, errors) in said.items() if len(errors) > LONGEST_ERRORS} == set()


def test_errors_are_shared_by_reference(operations: dict[str, Any]) -> None:
    repeated = [
        f"{name} {status}"
        for name, operation in operations.items()
        for status, response in operation["responses"].items()
        if status[0] in "45" and set(response) != {"$ref"}
    ]
    assert repeated == []


def test_parameters_are_described_once(operations: dict[str, Any]) -> None:
    described = Counter(
        json.dumps(parameter)
        for operation in operations.values()
        for parameter in operation["parameters"]
        if "$ref" not in parameter
    )
    assert [text for text, count in described.items() if count > 1] == []


def test_every_operation_is_described(operations: dict[str, Any]) -> None:
    for name, operation in operations.items():
        assert operation["summary"], name
        assert "Rate limit: `" in operation["description"], name
        assert all(f"`{code}`" in operation["description"] for code in operation.get("x-error-codes", ())), name
        if operation["x-permission"] != "public":
            assert f"`{operation['x-permission']}` (roles: " in operation["description"], name
            assert "(roles: none)" not in operation["description"], name


def test_a_client_is_generated_without_a_warning(document: dict[str, Any]) -> None:
    media = {
        media
        for by_method in document["paths"].values()
        for operation in by_method.values()
        for content in [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in content.get("content", ())
    }
    # Files are bytes: the generator asks to be told so for every media type but JSON, forms and text.
    known = ("application/json", "multipart/form-data")
    files = {name: "application/octet-stream" for name in media if name not in known}
    config = Config.from_sources(
        ConfigFile(content_type_overrides=files),
        MetaType.NONE,
        document_source=Path("openapi.json"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=None,
    )
    read = GeneratorData.from_dict(document, config=config)
    assert isinstance(read, GeneratorData), read
    warnings = [error for tag in read.endpoint_collections_by_tag.values() for error in tag.parse_errors]
    warnings += [
        error for tag in read.endpoint_collections_by_tag.values() for one in tag.endpoints for error in one.errors
    ]
    assert [f"{warning.header}: {warning.detail}" for warning in [*read.errors, *warnings]] == []
    endpoints = sum(len(tag.endpoints) for tag in read.endpoint_collections_by_tag.values())
    assert endpoints == sum(len(by_method) for by_method in document["paths"].values())
