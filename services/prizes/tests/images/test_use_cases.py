"""Submitters give their projects an image, officers remove it, and voters see that of a nominee."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from wsis_shared.blobs.store import BlobStore
from wsis_testkit import actor, publish, refused, wait_for


def files_of(contest: Any, blobs: BlobStore, who: Any, project: str) -> list[tuple[int, int]]:
    """The sides of the files, as a reader gets them."""
    sides = []
    for size in ("small", "large"):
        blob = contest.call("read_image", who, project=project, size=size)["blob"]
        sides.append(Image.open(io.BytesIO(b"".join(blobs.open(blob)))).size)
    return sides


def is_gone(blobs: BlobStore, blob: str) -> bool:
    with refused("suite.blob_unknown"):
        blobs.stat(blob)
    return True


def test_a_project_has_one_image_in_two_widths(
    contest: Any, set_image: Any, form: Any, blobs: BlobStore, upload: Any
) -> None:
    who = actor()
    project = contest.submit(who, form(organization="Image makers", country="WS"))["id"]
    assert contest.call("read_image_details", who, project=project)["image"] is None
    shown = set_image(who, project, upload())["image"]
    address = f"/v1/projects/{project}/image?size="
    assert shown == {
        "alt": "A nurse at a screen",
        "small": {"url": f"{address}small", "width": 480, "height": 240},
        "large": {"url": f"{address}large", "width": 960, "height": 480},
    }
    assert contest.call("read_project", contest.officer, project=project)["image"] == shown
    assert files_of(contest, blobs, who, project) == [(480, 240), (960, 480)]
    former = contest.call("read_image", who, project=project, size="large")["blob"]
    set_image(who, project, upload(300, 300))
    assert files_of(contest, blobs, contest.officer, project) == [(300, 300), (300, 300)]
    assert is_gone(blobs, former)
    last = contest.call("read_image", who, project=project, size="large")["blob"]
    contest.call("remove_own_image", who, project=project)
    assert is_gone(blobs, last)
    with refused("prizes.no_image"):
        contest.call("remove_own_image", who, project=project)


def test_what_is_no_image_leaves_the_former_one(
    contest: Any, set_image: Any, form: Any, blobs: BlobStore, upload: Any
) -> None:
    who = actor()
    project = contest.submit(who, form(organization="Breakers", country="WS"))["id"]
    set_image(who, project, upload())
    with refused("prizes.image_refused") as refusal:
        set_image(who, project, upload(content=b"\x89PNG\r\n\x1a\n and no more"))
    assert list(refusal.value.fields) == ["file"]
    assert files_of(contest, blobs, who, project) == [(480, 240), (960, 480)]


def test_it_is_for_its_readers_and_changes_as_long_as_the_project(
    contest: Any, set_image: Any, form: Any, blobs: BlobStore, upload: Any
) -> None:
    who, other = actor(), actor()
    project = contest.submit(who, form(organization="Keepers", country="WS"))["id"]
    set_image(who, project, upload())
    for method, more in (("read_image", {"size": "small"}), ("remove_own_image", {}), ("read_image_details", {})):
        with refused("prizes.project_unknown"):
            contest.call(method, other, project=project, **more)
    with refused("prizes.project_unknown"):
        set_image(other, project, upload())
    with refused("prizes.nominees_not_published"):
        contest.call("read_nominee_image", edition="2017", project=project, size="small")
    with refused("prizes.submission_closed"):
        set_image(who, project, upload(), at="nomination")
    with refused("prizes.submission_closed"):
        contest.call("remove_own_image", who, at="nomination", project=project)


def test_an_officer_removes_it_and_says_why(
    contest: Any, set_image: Any, form: Any, blobs: BlobStore, upload: Any
) -> None:
    who = actor()
    draft = contest.call("create_project", who, edition="2017", body={"title": "Not sent yet"})["id"]
    set_image(who, draft, upload())
    removal = {"body": {"reason": "It advertises a product"}, "at": "voting"}
    with refused("prizes.project_unknown"):
        contest.call("remove_image", contest.officer, project=draft, **removal)
    project = contest.submit(who, form(organization="Advertisers", country="WS"))["id"]
    set_image(who, project, upload())
    blob = contest.call("read_image", who, project=project, size="small")["blob"]
    contest.call("remove_image", contest.officer, project=project, **removal)
    assert is_gone(blobs, blob)
    shown = contest.call("read_image_details", who, project=project)
    assert (shown["image"], shown["removed_because"]) == (None, "It advertises a product")
    told = [event["data"] for event in contest.published.wait("action_taken")]
    assert [(each["actor"], each["reason"]) for each in told if each["action"] == "prizes.image_removed"] == [
        (contest.officer.id, "It advertises a product")
    ]
    set_image(who, project, upload())
    assert contest.call("read_image_details", who, project=project)["removed_because"] is None


def test_the_image_of_a_draft_goes_with_its_person(
    contest: Any, set_image: Any, blobs: BlobStore, upload: Any, amqp_client: Any
) -> None:
    who = actor()
    draft = contest.call("create_project", who, edition="2017", body={"title": "A draft"})["id"]
    set_image(who, draft, upload())
    blob = contest.call("read_image", who, project=draft, size="small")["blob"]
    publish(amqp_client, "accounts", "account_erased", {"account": who.id})
    wait_for(lambda: contest.call("list_my_projects", who)["items"] == [], what="the draft to go")
    assert is_gone(blobs, blob)
