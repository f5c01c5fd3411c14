"""What is published, and in which words."""

from __future__ import annotations

from wsis_shared.reference import languages

from wsis_prizes.finalists.events import FINALISTS_FIXED
from wsis_prizes.plugin import plugin
from wsis_prizes.results.events import CHAMPIONS_ANNOUNCED, WINNERS_ANNOUNCED

LOCALES = [language.code for language in languages()]


def test_only_the_release_names_winners() -> None:
    for event in plugin.publishes:
        named = "winners" in event.schema().fields
        assert named is (event is WINNERS_ANNOUNCED)
    assert not {"project", "projects", "finalists"} & set(FINALISTS_FIXED.schema().fields)
    assert not {"rank", "votes"} & set(CHAMPIONS_ANNOUNCED.schema().fields["champions"].inner.schema.fields)


def test_reasons_have_titles_in_seven_languages() -> None:
    from wsis_prizes.nominations import rules
    from wsis_prizes.projects.use_cases.presenters import reasons

    assert set(rules.REASONS) | {"disqualified"} == set(reasons())
    assert [code for code, texts in reasons().items() if sorted(texts) != sorted(LOCALES)] == []
