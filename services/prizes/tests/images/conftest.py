"""Files as the gateway stores them, and projects that get an image."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from wsis_shared.blobs import store
from wsis_shared.blobs.store import BlobStore


@pytest.fixture(scope="module")
def blobs(environment: dict[str, str]) -> BlobStore:
    return store.of("prizes")


@pytest.fixture
def upload(blobs: BlobStore) -> Callable[..., dict[str, Any]]:
    """A PNG of these sides, or this content, as the gateway has stored it."""

    def put(width: int = 1200, height: int = 600, content: bytes = b"") -> dict[str, Any]:
        file = io.BytesIO()
        Image.new("RGB", (width, height), "teal").save(file, "PNG")
        stored = blobs.put([content or file.getvalue()], owner="upload", filename="picture.png")
        return dict(stored.reference())

    return put


@pytest.fixture
def set_image(contest: Any) -> Callable[..., Any]:
    def call(who: Any, project: str, upload: dict[str, Any], **more: Any) -> Any:
        body = {"alt": "A nurse at a screen"}
        return contest.call("set_image", who, project=project, body=body, upload=upload, **more)

    return call
