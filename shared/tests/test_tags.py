"""The mailbox behind a tag."""

from __future__ import annotations

import pytest
from wsis_shared.tags import behind_tag


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("jane+7@ngo.example", "jane@ngo.example"),
        ("jane+8+9@ngo.example", "jane@ngo.example"),
        ("jane@ngo.example", None),
        ("jane+@ngo.example", "jane@ngo.example"),
        ("+7@ngo.example", None),
        ("jane@ngo+7.example", None),
    ],
)
def test_the_mailbox_behind_a_tag(address: str, mailbox: str | None) -> None:
    assert behind_tag(address) == mailbox
