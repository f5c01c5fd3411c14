"""How much of a submission is compared."""

from __future__ import annotations

from wsis_consultation.merging import rules


def test_a_huge_submission_is_compared_by_as_much_as_a_small_one() -> None:
    """Each request compares a hundred: whoever has a link to a draft may ask, and fill the edition with long texts."""
    texts = {f"question_{number}": " ".join(f"{word}x{number}" for word in range(3000)) for number in range(10)}
    requests = [{"title": f"Title {number}", "description": "Few words of a request"} for number in range(40)]
    found = rules.profile({**texts, "requests": requests})
    assert len(found.titles) == rules.MAX_TITLES
    assert sum(map(len, found.words)) <= rules.MAX_TEXT


def test_what_is_cut_off_makes_equal_ones_no_different() -> None:
    answers = {"structure_programme": " ".join(f"word{number}" for number in range(2000)), "requests": []}
    assert rules.profile(answers) == rules.profile(dict(answers))
    assert rules.profile({**answers, "requests": [{"title": "Early warnings"}]}).titles == ("early warnings",)
