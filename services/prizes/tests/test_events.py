"""What is published, and in which words."""

from __future__ import annotations

from wsis_shared.reference import languages

from wsis_prizes import events

LOCALES = [language.code for language in languages()]


def test_only_the_release_names_winners() -> None:
    for event in events.PUBLISHES:
        named = "winners" in event.schema().fields
        assert named is (event is events.WINNERS_ANNOUNCED)
    assert not {"project", "projects", "finalists"} & set(events.FINALISTS_FIXED.schema().fields)
    assert not {"rank", "votes"} & set(events.CHAMPIONS_ANNOUNCED.schema().fields["champions"].inner.schema.fields)


def test_reasons_have_titles_in_seven_languages() -> None:
    from wsis_prizes.rules import nomination
    from wsis_prizes.use_cases.presenters import reasons

    assert set(nomination.REASONS) | {"disqualified"} == set(reasons())
    assert [code for code, texts in reasons().items() if sorted(texts) != sorted(LOCALES)] == []
