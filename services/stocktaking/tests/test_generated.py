from __future__ import annotations

from collections import Counter

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.schemas import ContentBody

from . import generated


def test_the_generated_register_is_acceptable_the_same_each_time_and_spread_as_the_real_one() -> None:
    made = dict(generated.entries(2000))
    assert dict(generated.entries(2000)) == made
    assert [content for content in made.values() if ContentBody().load(content) != content] == []
    assert [content for content in made.values() if contents.normalise(content) != content] == []
    regions = Counter(region for content in made.values() for region in contents.regions_of(content))
    lines = Counter(line for content in made.values() for line in contents.lines_of(content))
    assert (len(regions), len(lines)) == (6, 18)
    assert {content["original_language"] for content in made.values()} == {"en", "fr", "es", "ar", "zh", "ru", "pt"}
    assert any("PS" in content["countries"] for content in made.values())
    assert (
        sum(
            "C7.e-agriculture" in contents.lines_of(content)
            and 2 in content["sdgs"]
            and "africa" in contents.regions_of(content)
            for content in made.values()
        )
        >= 20
    )
