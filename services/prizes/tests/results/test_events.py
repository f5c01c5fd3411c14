"""What events tell, and when."""

from __future__ import annotations

from wsis_prizes.finalists.events import FINALISTS_FIXED
from wsis_prizes.plugin import plugin
from wsis_prizes.results.events import CHAMPIONS_ANNOUNCED, WINNERS_ANNOUNCED


def test_only_the_release_names_winners() -> None:
    for event in plugin.publishes:
        named = "winners" in event.schema().fields
        assert named is (event is WINNERS_ANNOUNCED)
    assert not {"project", "projects", "finalists"} & set(FINALISTS_FIXED.schema().fields)
    assert not {"rank", "votes"} & set(CHAMPIONS_ANNOUNCED.schema().fields["champions"].inner.schema.fields)
