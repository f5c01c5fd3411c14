"""What voters see of the images of nominees."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from wsis_shared.blobs.store import BlobStore
from wsis_testkit import refused


def test_voters_see_the_image_of_a_nominee(
    contest: Any, set_image: Any, owners: Any, upload: Any, blobs: BlobStore, request: pytest.FixtureRequest
) -> None:
    project, who = next(iter(owners.items()))
    set_image(who, project, upload())
    nominees = request.getfixturevalue("nominees")
    assert project in nominees
    address = f"/v1/editions/2017/nominees/{project}/image?size="
    rows = contest.call("list_nominees", edition="2017", limit=100)["items"]
    [shown] = [row for row in rows if row["image"]]
    assert (shown["project"], shown["image"]["small"]["url"]) == (project, f"{address}small")
    page = contest.call("read_nominee", edition="2017", project=project)
    assert page["image"]["large"] == {"url": f"{address}large", "width": 960, "height": 480}
    blob = contest.call("read_nominee_image", edition="2017", project=project, size="small")["blob"]
    assert Image.open(io.BytesIO(b"".join(blobs.open(blob)))).size == (480, 240)
    removal = {"body": {"reason": "A complaint"}, "at": "voting"}
    contest.call("remove_image", contest.officer, project=project, **removal)
    rows = contest.call("list_nominees", edition="2017", limit=100)["items"]
    assert not [row for row in rows if row["image"]], "every process reads the list anew"
    with refused("prizes.no_image"):
        contest.call("read_nominee_image", edition="2017", project=project, size="small")
