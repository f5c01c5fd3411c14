"""Officers change an issue at once: nobody overwrites a colleague's text, and different texts are joined."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_testkit import refused

from wsis_notifications.issues.rules import changes, lifecycle

from ..issue_kit import content, section

AT = datetime(2017, 7, 14, 9, tzinfo=UTC)
SHOWN = {"image": {"id": "p1", "alt": {"en": "The hall"}}, "link": {"url": "/v1/entries", "label": {"en": "Open"}}}


def draft(**more: Any) -> Any:
    sections = [section("forum", {"en": "Forum", "fr": "Le Forum"}, {"en": "Text", "fr": "Texte"}, **SHOWN)]
    sections += [section("ungis", {"en": "Group"}, {"en": "Met"})]
    made = {**lifecycle.new("i1", 51, content(), AT), "version": 1, "images": [{"id": "p1"}], **more}
    return {**made, "sections": lifecycle.identified(sections)}


def saved(issue: Any, section: str = "", /, *, version: int, seen: int | None = None, **body: Any) -> Any:
    """The issue after an officer has saved, as the store has it."""
    prefix = f"sections.{section}." if section else ""
    own = lifecycle.content_of(issue)
    fields = changes.merged(issue, own, {"version": version, "seen": seen, **body}, prefix)
    after = lifecycle.with_content(issue, changes.content_of(fields))
    return after if after is issue else {**after, "version": issue["version"] + 1}


def test_contents_are_the_same_by_field() -> None:
    own = lifecycle.content_of(draft())
    assert changes.content_of(changes.fields_of(own)) == own


def test_translators_who_save_at_once_keep_both_texts() -> None:
    french = saved(draft(), "1", version=1, text={"fr": "Texte corrigé"})
    both = saved(french, "1", version=1, title={"es": "El Foro"}, text={"es": "Texto", "fr": "Texte"})
    assert both["sections"][0]["text"] == {"en": "Text", "fr": "Texte corrigé", "es": "Texto"}
    assert both["sections"][0]["title"] == {"en": "Forum", "fr": "Le Forum", "es": "El Foro"}


def test_a_text_that_a_colleague_changed_too_is_not_overwritten_until_it_was_seen() -> None:
    theirs = saved(draft(), "1", version=1, text={"fr": "Le leur"})
    with pytest.raises(Conflict) as clash:
        saved(theirs, "1", version=1, text={"fr": "Le mien"}, title={"fr": "Le Forum"})
    assert clash.value.code == "notifications.issue_changed"
    assert list(clash.value.fields) == ["text.fr"]
    assert saved(theirs, "1", version=1, seen=2, text={"fr": "Le mien"})["sections"][0]["text"]["fr"] == "Le mien"
    once_more = saved(theirs, "1", version=2, text={"fr": "Encore"})
    with refused("notifications.issue_changed"):
        saved(once_more, "1", version=1, seen=2, text={"fr": "Le mien"})


def test_both_who_write_the_same_agree() -> None:
    theirs = saved(draft(), version=1, month="2017-09")
    assert saved(theirs, version=1, month="2017-09") is theirs


def test_a_text_an_image_and_a_link_are_removed() -> None:
    bare = saved(draft(), "1", version=1, text={"fr": None}, image={"id": None}, link={"url": None})
    assert bare["sections"][0]["text"] == {"en": "Text"}
    assert (bare["sections"][0]["image"], bare["sections"][0]["link"]) == (None, None)


def test_an_older_page_than_is_remembered_overwrites_nothing() -> None:
    old = draft(version=9)
    del old["remembered_from"]  # a former version stored it
    with refused("notifications.issue_changed"):
        saved(old, "1", version=8, text={"fr": "Autre"})
    assert saved(old, "1", version=9, text={"fr": "Autre"})["sections"][0]["text"]["fr"] == "Autre"


def test_former_texts_are_forgotten_once_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MAX_REMEMBERED", 30)
    issue = draft()
    for number in range(2, 12):
        issue = saved(issue, "1", version=issue["version"], text={"fr": f"{number:020}"})
    assert [change["version"] for change in issue["changes"]] == [11]
    assert issue["remembered_from"] == 10
    with refused("notifications.issue_changed"):
        saved(issue, "1", version=9, text={"fr": "Autre"})
    with refused("notifications.issue_changed"):
        saved(issue, "1", version=10, text={"fr": "Autre"})
    assert saved(issue, "1", version=11, text={"fr": "Autre"})["version"] == 12


def test_a_section_goes_only_as_it_was_read() -> None:
    changed = saved(draft(), "1", version=1, text={"fr": "Autre"})
    own = lifecycle.content_of(changed)
    with refused("notifications.issue_changed"):
        changes.require_unchanged(changed, own, 1, "sections.1.")
    changes.require_unchanged(changed, own, 1, "sections.2.")
    changes.require_unchanged(changed, own, 2, "sections.1.")


def test_sections_without_an_id_get_one_that_is_free() -> None:
    given = [{"id": id, **section("forum", {}, {})} for id in ("2", None, "2", "abc")]
    assert [each["id"] for each in lifecycle.identified(given)] == ["2", "1", "3", "abc"]
