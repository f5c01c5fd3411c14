"""Officers compose issues: versions, images, states, what is published."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import Conflict
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, refused, wait_for

from wsis_notifications.issues.rules.announcements import announcement
from wsis_notifications.issues.rules.images import MAX_IMAGES
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.sending import set_state

from ..issue_kit import content, section
from .test_checks import AT, CHAMPIONS


def png(width: int = 600, height: int = 200) -> bytes:
    """A whole PNG, black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress((b"\0" + b"\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def events(published: Callable[..., Any]) -> Any:
    return published("notifications")


@pytest.fixture(scope="module")
def served(events: Any, serve: Callable[..., Any], accounts: Any) -> Any:
    return serve("notifications")


@pytest.fixture(scope="module")
def issues(served: Any, database: Any) -> Issues:
    return Issues(database("notifications"))


@pytest.fixture
def officer() -> Any:
    return actor("officer")


def create(served: Any, officer: Any, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = served.call("create_issue", officer, body=content(**changes))
    return made


def edit(served: Any, officer: Any, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {**made["content"], "version": made["version"], **changes}
    edited: dict[str, Any] = served.call("edit_issue", officer, issue=made["id"], body=body)
    return edited


def move(served: Any, officer: Any, made: dict[str, Any], state: str) -> dict[str, Any]:
    body = {"state": state, "version": made["version"], "reason": "Agreed"}
    moved: dict[str, Any] = served.call("move_issue", officer, issue=made["id"], body=body)
    return moved


def send(issues: Issues, id: str) -> None:
    for state in ("sending", "sent"):
        in_transaction(lambda state=state: set_state(issues, id, state))  # type: ignore[misc]


def upload(bytes_: bytes) -> dict[str, Any]:
    return blob_store.of("notifications").put([bytes_], owner="upload", filename="hall.png").reference()


def names(events: Any, kind: str, id: str) -> list[Any]:
    return [one for one in events.events if one["type"].split(".")[-2] == kind and id in one["subject"]]


def test_numbers_follow_each_other_and_two_officers_do_not_overwrite(served: Any, officer: Any) -> None:
    first, second = create(served, officer), create(served, officer)
    assert second["number"] == first["number"] + 1
    changed = edit(served, officer, first, month="2017-08")
    assert (changed["content"]["month"], changed["version"]) == ("2017-08", first["version"] + 1)
    with refused("notifications.issue_changed"):
        edit(served, actor("officer"), first, month="2017-09")
    assert served.call("read_composition", officer, issue=first["id"])["content"]["month"] == "2017-08"
    # Nothing new: no new version.
    assert edit(served, officer, changed)["version"] == changed["version"]


def test_a_draft_waits_for_officers(served: Any, officer: Any) -> None:
    create(served, officer)
    [drafts] = [row for row in served.call("list_waiting", officer)["items"] if row["code"] == "drafts"]
    assert drafts["count"] > 0
    found = served.call("read_composition", officer, issue=drafts["page"].removeprefix("/desk/newsletter/"))
    assert found["state"] == "draft"


def test_officers_who_begin_issues_at_once_get_different_numbers(served: Any, officer: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = [made["number"] for made in pool.map(lambda _: create(served, officer), range(6))]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 6))


def test_of_officers_who_save_at_once_one_wins(served: Any, officer: Any) -> None:
    made = create(served, officer)

    def save(day: int) -> str:
        try:
            return str(edit(served, officer, made, month=f"2018-{day:02}")["content"]["month"])
        except Conflict:
            return ""

    with ThreadPoolExecutor(6) as pool:
        saved = [month for month in pool.map(save, range(1, 7)) if month]
    assert len(saved) == 1
    assert served.call("read_composition", officer, issue=made["id"])["content"]["month"] == saved[0]


def test_an_issue_with_errors_is_not_ready_and_a_ready_one_is_not_edited(served: Any, officer: Any) -> None:
    faulty = create(served, officer, sections=[])
    with refused("notifications.issue_faulty"):
        move(served, officer, faulty, "ready")
    report = served.call("check_issue", officer, issue=faulty["id"], context={"locale": "fr"})
    assert report["ready"] is False
    assert ("sections_missing", "Le numéro n’a aucune rubrique.") in [
        (one["code"], one["message"]) for one in report["findings"]
    ]
    ready = move(served, officer, create(served, officer), "ready")
    with refused("notifications.issue_not_draft"):
        edit(served, officer, ready, month="2017-10")
    assert move(served, officer, ready, "draft")["state"] == "draft"


def test_an_image_is_of_its_issue_and_goes_with_the_last_one_that_shows_it(
    served: Any, officer: Any, issues: Issues
) -> None:
    made = create(served, officer)
    image = served.call("add_issue_image", officer, issue=made["id"], upload=upload(png()))
    assert (image["width"], image["height"]) == (600, 200)
    shown = section("forum", {"en": "A"}, {"en": "B"}, image={"id": image["id"], "alt": {"en": "The hall"}})
    with refused("notifications.image_unknown"):
        served.call("create_issue", officer, body=content(sections=[shown]))
    now = served.call("read_composition", officer, issue=made["id"])
    shown_now = edit(served, officer, now, sections=[shown])
    assert 'alt="The hall"' in served.call("preview_issue_page", officer, issue=made["id"])["text"]
    copy = served.call("copy_issue", officer, issue=made["id"], body={"month": "2017-09"})
    served.call("delete_issue", officer, issue=shown_now["id"])
    assert served.call("read_issue_image", actor(), image=image["id"]) == {"blob": image["id"]}
    assert blob_store.of("notifications").stat(image["id"]).expires_at is None
    served.call("delete_issue", officer, issue=copy["id"])
    with refused("notifications.image_missing"):
        served.call("read_issue_image", actor(), image=image["id"])
    with refused("suite.blob_unknown"):
        blob_store.of("notifications").stat(image["id"])


def test_a_wrong_image_leaves_nothing(served: Any, officer: Any) -> None:
    made = create(served, officer)
    with refused("notifications.image_too_large"):
        served.call("add_issue_image", officer, issue=made["id"], upload=upload(png(5000, 1)))
    assert served.call("read_composition", officer, issue=made["id"])["images"] == []


def test_an_issue_has_a_limited_number_of_images(served: Any, officer: Any) -> None:
    made = create(served, officer)
    for _ in range(MAX_IMAGES):
        served.call("add_issue_image", officer, issue=made["id"], upload=upload(png()))
    with refused("notifications.too_many_images", most=MAX_IMAGES):
        served.call("add_issue_image", officer, issue=made["id"], upload=upload(png()))


def test_an_unused_image_goes_when_the_issue_is_ready(served: Any, officer: Any) -> None:
    made = create(served, officer)
    served.call("add_issue_image", officer, issue=made["id"], upload=upload(png()))
    ready = move(served, officer, served.call("read_composition", officer, issue=made["id"]), "ready")
    assert ready["images"] == []


def test_an_issue_is_public_once_it_is_sent_and_never_before(
    served: Any, officer: Any, issues: Issues, events: Any
) -> None:
    ready = move(served, officer, create(served, officer), "ready")
    reader, id = actor(), ready["id"]

    def listed() -> list[str]:
        return [one["id"] for one in served.call("list_issues", reader)["items"]]

    for handler in ("read_issue", "render_issue_page"):
        with refused("notifications.issue_unknown"):
            served.call(handler, reader, issue=id)
    in_transaction(lambda: set_state(issues, id, "sending"))
    assert served.call("read_issue", reader, issue=id)["number"] == ready["number"]  # its mails link to it
    assert id not in listed()
    for _ in range(2):  # a repeat changes nothing
        in_transaction(lambda: set_state(issues, id, "sent"))
    assert listed()[0] == id
    issued = wait_for(lambda: names(events, "newsletter_issued", id), 15, "the event")
    assert [one["data"]["number"] for one in issued] == [ready["number"]]
    assert issued[0]["data"]["title"]["fr"].startswith("Résultats")
    with refused("notifications.issue_state_refused"):
        move(served, officer, {**ready, "version": ready["version"] + 2}, "canceled")
    in_transaction(lambda: set_state(issues, id, "sending"))
    assert listed()[0] == id
    assert served.call("list_issues", reader, month="2017-07")["items"][0]["id"] == id
    assert served.call("list_issues", reader, month="2017-06")["items"] == []
    assert id in served.call("issue_feed", reader, context={"locale": "ar"})["text"]


def test_what_officers_do_is_audited_and_a_deleted_draft_is_gone(served: Any, officer: Any, events: Any) -> None:
    made = create(served, officer)
    edit(served, officer, made, month="2017-11")
    served.call("delete_issue", officer, issue=made["id"])
    with refused("notifications.issue_unknown"):
        served.call("read_composition", officer, issue=made["id"])
    assert made["id"] not in [one["id"] for one in served.call("list_compositions", officer, limit=100)["items"]]
    taken = wait_for(lambda: len(found := names(events, "action_taken", made["id"])) == 3 and found, 15, "the audit")
    assert [one["data"]["action"] for one in taken] == [
        f"notifications.issue_{what}" for what in ("created", "edited", "deleted")
    ]
    assert {one["data"]["actor"] for one in taken} == {officer.id}
    assert create(served, officer)["number"] == made["number"]  # the number is free again


def test_an_announcement_is_stored_once(issues: Issues) -> None:
    document = announcement(CHAMPIONS, "announcement-1", AT)
    first, second = issues.add(document), issues.add(document)
    assert first["version"] == second["version"] == 1
    assert issues.read("announcement-1")["number"] is None
    # One without a number beside it.
    assert issues.add(announcement(CHAMPIONS, "announcement-2", AT))["version"] == 1
