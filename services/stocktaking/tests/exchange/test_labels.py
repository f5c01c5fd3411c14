"""Words beside the codes of exports."""

from __future__ import annotations

from wsis_stocktaking.calls.rules import STATES as CALL_STATES
from wsis_stocktaking.exchange.files import CALL_LABELS, OWN_LABELS
from wsis_stocktaking.register.rules import entries


def test_each_state_and_source_has_words() -> None:
    codes = {
        "visibility": [entries.UNPUBLISHED, entries.PUBLIC, entries.WITHDRAWN, entries.MERGED],
        "state": list(entries.STATES),
        "source": [*entries.SOURCES, entries.OFFICER, entries.CONFIRMATION],
    }
    found = OWN_LABELS.titles(codes, "zh")
    assert {column: len(set(words)) for column, words in found.items()} == {
        column: len(known) for column, known in codes.items()
    }
    calls = CALL_LABELS.titles({"state": list(CALL_STATES)}, "zh")["state"]
    assert not [word for words in (*found.values(), calls) for word in words if word.isascii()]
