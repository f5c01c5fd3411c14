"""An image whose drawing does not end leaves everything as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared import images
from wsis_testkit import actor, make_context, refused
from wsis_testkit.interruptions import InProcess

from wsis_prizes.images.use_cases import DRAWING

AT = datetime(2017, 1, 10, 12, tzinfo=UTC)


@pytest.fixture
def prizes(database: Any, edition: dict[str, Any]) -> InProcess:
    made = InProcess("prizes", database("prizes"), {"accounts": {}})
    made.restore({})
    made.db["editions"].insert_one({**edition, "version": 1})
    return made


def test_what_takes_too_long_is_said_to_and_may_be_sent_again(
    prizes: InProcess, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, body = actor(), {"alt": "A nurse at a screen"}
    project = prizes.call("create_project", who, at=AT, edition="2017", body={"title": "A draft"})["id"]

    def send(key: str) -> Any:
        sent = upload()
        return prizes.call("set_image", who, key=key, at=AT, project=project, body=body, upload=sent)

    with monkeypatch.context() as slow:
        slow.setattr(images, "SECONDS", 0.0)
        with refused("prizes.image_not_drawn"):
            send("first")
    assert prizes.call("read_image_details", who, at=AT, project=project)["image"] is None
    assert send("again")["image"]["large"]["width"] == 960


def test_who_sends_dear_images_holds_up_nobody_else(prizes: InProcess, upload: Any) -> None:
    body = {"alt": "A nurse at a screen"}

    def send(who: Any, title: str) -> Any:
        project = prizes.call("create_project", who, at=AT, edition="2017", body={"title": title})["id"]
        return prizes.call("set_image", who, key=title, at=AT, project=project, body=body, upload=upload())

    ada, bo = actor(), actor()
    with DRAWING.place(make_context(ada)):  # the first of many takes all the time that it may
        with refused("prizes.image_not_drawn", retry_after=10):
            send(ada, "The second")
        assert send(bo, "Another's")["image"]
    assert send(ada, "Once more")["image"]
